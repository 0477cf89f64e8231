// A recording from a file: the lab's server decodes it, since browsers differ in what they can, and keeps nothing.

import { RATE_HZ, Unheard } from "./recording.js"
import { decimal, t } from "./texts.js"

const MOST_BYTES = 20 * 2 ** 20
const PATIENCE_MS = 30_000

/** @returns {Promise<{samples: Float32Array, rate: number}>} throws Unheard with a sentence */
export async function uploaded(file, address, ask = fetch) {
  if (file.size > MOST_BYTES) {
    const places = { size: decimal(Math.round(file.size / 2 ** 20)), most: decimal(MOST_BYTES / 2 ** 20) }
    throw new Unheard(t("This file has {size} MB, and at most {most} are taken. Cut it shorter.", places))
  }
  let response
  try {
    response = await ask(address, { method: "POST", body: file, signal: AbortSignal.timeout(PATIENCE_MS) })
  } catch (error) {
    const places = { why: error.message }
    throw new Unheard(t("The lab did not answer ({why}). See that it still runs, then choose the file again.", places))
  }
  if (!response.ok) {
    const told = await response.json().catch(() => ({}))
    throw new Unheard(told.error || t("The lab answered {status}. Choose another file.", { status: response.status }))
  }
  return { samples: new Float32Array(await response.arrayBuffer()), rate: RATE_HZ }
}
