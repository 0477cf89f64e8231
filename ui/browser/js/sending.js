// What was recorded goes to the lab, which reads it as it reads an upload.

import { t } from "./texts.js"

const PATIENCE_MS = 60_000

/** @returns {Promise<void>} throws with a sentence */
export async function sent(blob, address, ask = fetch) {
  let response
  try {
    response = await ask(address, { method: "POST", body: blob, signal: AbortSignal.timeout(PATIENCE_MS) })
  } catch (error) {
    throw new Error(t("The lab did not answer ({why}). See that it still runs, then try again.", { why: error.message }), {
      cause: error,
    })
  }
  if (response.ok) return
  const told = await response.json().catch(() => ({}))
  throw new Error(told.error || t("The lab answered {status}. Try again.", { status: response.status }))
}
