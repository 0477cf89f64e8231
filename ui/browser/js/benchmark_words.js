// What the benchmark says of a run in sentences.

import { ENDED } from "./plan.js"
import { backendName } from "./rows_view.js"
import { decimal, listed, ngettext, t, together } from "./texts.js"
import { RUN } from "./trouble.js"

const ROW_HOLDS = 100

/** What a row has no room for. */
export function reasons(items) {
  const long = items.map(one => one.state === "failed" && one.reason.length > ROW_HOLDS && one.reason)
  return [...new Set([...long, ...items.map(one => one.unsent)].filter(Boolean))]
}

/** What stands beside the bar; waits: another choice is made, which a run that goes on does not take. */
export function doing(items, current, waits) {
  const counted = items.filter(one => one.state !== "skipped")
  const ended = counted.filter(one => ["measured", "failed"].includes(one.state)).length
  const places = current && {
    name: current.name,
    backend: backendName(current),
    place: decimal(Math.min(ended + 1, counted.length)),
    all: decimal(counted.length),
  }
  return together(
    current && t("{place} of {all}: {name}, {backend}.", places),
    waits && t("Your new choice is taken when this run ends."),
  )
}

/** What the sidebar says while a run goes on; away: its page was left, which ends it after a while. */
export function going(items, away) {
  const counted = items.filter(one => one.state !== "skipped")
  const done = counted.filter(one => ENDED.includes(one.state)).length
  const disturbed = counted.filter(one => one.result?.disturbed).length
  const places = { done: decimal(done), all: decimal(counted.length), disturbed: decimal(disturbed) }
  return together(
    disturbed
      ? t("This browser measures: {done} of {all} done, {disturbed} disturbed (≈).", places)
      : t("This browser measures: {done} of {all} done.", places),
    away && t("It ends soon: go back to Benchmark to let it go on."),
  )
}

/** @param {string} label of the device, empty before it measured */
export function summed({ measured, failed, stopped, unsent, disturbed = 0 }, label) {
  const parts = [ngettext("{count} measurement done", "{count} measurements done", measured)]
  if (label && measured > unsent) parts.push(t("kept as “{label}”", { label }))
  if (failed) parts.push(ngettext("{count} failed", "{count} failed", failed))
  if (stopped) parts.push(ngettext("{count} stopped", "{count} stopped", stopped))
  if (unsent) parts.push(ngettext("{count} not taken by the server", "{count} not taken by the server", unsent))
  if (disturbed) parts.push(ngettext("{count} disturbed (≈)", "{count} disturbed (≈)", disturbed))
  return together(
    `${listed(parts, "unit")}.`,
    disturbed && t("Press {button} to measure again, best with nothing else open.", { button: t(RUN) }),
  )
}
