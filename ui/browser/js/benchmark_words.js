// What the benchmark says of a run in sentences.

import { plural } from "./format.js"
import { ENDED } from "./plan.js"
import { RUN } from "./trouble.js"

const ROW_HOLDS = 100

/** What a row has no room for. */
export function reasons(items) {
  const long = items.map(one => one.state === "failed" && one.reason.length > ROW_HOLDS && one.reason)
  return [...new Set([...long, ...items.map(one => one.unsent)].filter(Boolean))]
}

/** What the sidebar says while a run goes on; away: its page was left, which ends it after a while. */
export function going(items, away) {
  const counted = items.filter(one => one.state !== "skipped")
  const done = counted.filter(one => ENDED.includes(one.state)).length
  const disturbed = counted.filter(one => one.result?.disturbed).length
  const marked = disturbed ? `, ${disturbed} disturbed (≈)` : ""
  const ends = away ? " It ends soon: go back to Benchmark to let it go on." : ""
  return `This browser measures: ${done} of ${counted.length} done${marked}.${ends}`
}

/** @param {string} label of the device, empty before it measured */
export function summed({ measured, failed, stopped, unsent, disturbed = 0 }, label) {
  const kept = label && measured > unsent ? `, kept as “${label}”` : ""
  const parts = [`${plural(measured, "measurement")} done${kept}`]
  if (failed) parts.push(`${failed} failed`)
  if (stopped) parts.push(`${stopped} stopped`)
  if (unsent) parts.push(`${unsent} not taken by the server`)
  if (disturbed) parts.push(`${disturbed} disturbed (≈)`)
  return `${parts.join(", ")}.${disturbed ? ` Press ${RUN} to measure again, best with nothing else open.` : ""}`
}
