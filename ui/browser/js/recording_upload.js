// A recording from a file: the lab's server decodes it, since browsers differ in what they can, and keeps nothing.

import { RATE_HZ, Unheard } from "./recording.js"

const MOST_BYTES = 20 * 2 ** 20
const PATIENCE_MS = 30_000

/** @returns {Promise<{samples: Float32Array, rate: number}>} throws Unheard with a sentence */
export async function uploaded(file, address, ask = fetch) {
  if (file.size > MOST_BYTES) {
    throw new Unheard(`This file has ${Math.round(file.size / 2 ** 20)} MB, and at most 20 are taken. Cut it shorter.`)
  }
  let response
  try {
    response = await ask(address, { method: "POST", body: file, signal: AbortSignal.timeout(PATIENCE_MS) })
  } catch (error) {
    throw new Unheard(`The lab did not answer (${error.message}). See that it still runs, then choose the file again.`)
  }
  if (!response.ok) {
    const told = await response.json().catch(() => ({}))
    throw new Unheard(told.error || `The lab answered ${response.status}. Choose another file.`)
  }
  return { samples: new Float32Array(await response.arrayBuffer()), rate: RATE_HZ }
}
