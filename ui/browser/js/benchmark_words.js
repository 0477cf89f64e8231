// What the benchmark says of a run in sentences.

import { plural } from "./format.js"

const ROW_HOLDS = 100

/** What a row has no room for. */
export function reasons(items) {
  const long = items.map(one => one.state === "failed" && one.reason.length > ROW_HOLDS && one.reason)
  return [...new Set([...long, ...items.map(one => one.unsent)].filter(Boolean))]
}

/** @param {string} label of the device, empty before it measured */
export function summed({ measured, failed, stopped, unsent }, label) {
  const kept = label && measured > unsent ? `, kept as “${label}”` : ""
  const parts = [`${plural(measured, "measurement")} done${kept}`]
  if (failed) parts.push(`${failed} failed`)
  if (stopped) parts.push(`${stopped} stopped`)
  if (unsent) parts.push(`${unsent} not taken by the server`)
  return `${parts.join(", ")}.`
}
