// What the server is told of a measurement (distill_core/timed.py), and the telling.

import { t } from "./texts.js"

const PAUSES_MS = [300, 1000]
// A server that hears and says nothing must not hold up the next network, nor a stop.
const PATIENCE_MS = 20_000

/** 32 hexadecimal digits; crypto.randomUUID is missing where the page is plain http. */
export function newUid(crypto = globalThis.crypto) {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, "0")).join("")
}

/**
 * @param {object} item what was measured
 * @param {object} result what the Worker found
 * @param {object} opened the Worker's engine: threads, version, clock_ms
 * @param {object} page what environment() found
 * @param {string} round of all that one run measures
 */
export function report(item, result, opened, page, round) {
  return {
    uid: newUid(),
    round,
    run_id: item.run_id,
    precision: item.precision,
    backend: item.provider,
    whole_graph: result.whole_graph,
    threads: opened.threads,
    batch_size: item.batch,
    size_bytes: result.size_bytes,
    load_ms: result.load_ms,
    session_ms: result.session_ms,
    first_ms: result.first_ms,
    warmup_runs: result.warmup_runs,
    runs_per_sample: result.runs_per_sample,
    samples_ms: result.samples_ms,
    lost: result.lost,
    logits: result.logits,
    browser: {
      browser: page.browser,
      system: page.system,
      cores: page.cores,
      memory_gb: page.memory_gb,
      isolated: page.isolated,
      clock_ms: opened.clock_ms,
      adapter: page.adapter,
      onnxruntime_web: opened.version,
      user_agent: page.user_agent,
    },
  }
}

/**
 * Tell the server, more than once where it does not answer; not again after a stop. "device": the page's own number
 * where the browser keeps no cookie.
 * @returns {Promise<{answer: object} | {reason: string, again: boolean}>} again: another try later may succeed
 */
export async function send(body, { address, fetch, wait, device = null, stop = null }) {
  let last
  for (let attempt = 0; attempt <= PAUSES_MS.length; attempt++) {
    if (attempt) await wait(PAUSES_MS[attempt - 1])
    if (attempt && stop?.aborted) break
    last = await sent(body, { address, fetch, device, stop })
    if (!last.again || stop?.aborted) break
  }
  return last
}

async function sent(body, { address, fetch, device, stop }) {
  try {
    const headers = { "content-type": "application/json", ...(device && { "x-distill-device": device }) }
    const late = AbortSignal.timeout(PATIENCE_MS)
    const cut = new AbortController()
    const end = () => cut.abort()
    if (stop?.aborted) end()
    stop?.addEventListener("abort", end)
    const signal = AbortSignal.any?.([cut.signal, late]) ?? late // before Safari 17.4 there is no "any"
    const response = await fetch(address, { method: "POST", headers, body: JSON.stringify(body), signal })
    stop?.removeEventListener("abort", end) // an answer that has begun is heard to its end
    const told = await response.json().catch(() => ({}))
    if (response.ok) return { answer: told }
    const { status } = response
    return { reason: told.error || t("The server answered {status}.", { status }), again: status >= 500 }
  } catch {
    const stopped = stop?.aborted
    return { reason: stopped ? t("Stopped before the server answered.") : t("The server does not answer."), again: true }
  }
}
