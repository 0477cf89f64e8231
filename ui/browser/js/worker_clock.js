// The step of a Worker's clock, as the measurements have it.

import { t } from "./texts.js"
import { plainly } from "./trouble.js"
import { watched } from "./watched.js"

/** @returns {Promise<{clock_ms: number, why: string | null}>} 0, and why, where no Worker answers */
export async function workerClock() {
  let worker = null
  try {
    worker = watched(() => new Worker(new URL("benchmark_worker.js", import.meta.url), { type: "module" }))
    return { clock_ms: (await worker.ask({ task: "clock" })).clock_ms, why: null }
  } catch (trouble) {
    return { clock_ms: 0, why: plainly(trouble, t("the clock")) }
  } finally {
    worker?.end()
  }
}
