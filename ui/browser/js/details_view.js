// What a row has no room for: a button opens a line of small text below it. Nothing opens or grows by itself.

import { button, element, write } from "./elements.js"
import { milliseconds, size } from "./format.js"

const MIXED = "some operators ran on the CPU: the engine has no other place for them"

/** Everything else that was found of an item. */
export function details({ result, batch }) {
  const times = ["p50", "p90", "p95", "p99"].map(name => `${name} ${milliseconds(result[`${name}_ms`])}`).join(", ")
  const together = result.runs_per_sample > 1 ? `, ${result.runs_per_sample} runs together each` : ""
  const parts = [
    `${times} (${result.samples} samples${together})`,
    `file ${size(result.size_bytes)}, load ${milliseconds(result.load_ms)}${result.cached ? " (kept by the browser)" : ""}`,
    `session ${milliseconds(result.session_ms)}`,
    `first run ${milliseconds(result.first_ms)}`,
    `engine ${result.version} started in ${milliseconds(result.engine_ms)}`,
    `threads ${result.threads}, batch ${batch}`,
    result.agrees !== undefined && `largest difference from the server's answers ${different(result)}`,
    result.disturbed && `≈ something else used the device meanwhile: ${result.disturbed}`,
    !result.whole_graph && MIXED,
  ]
  return parts.filter(Boolean).join(" · ")
}

export function different({ largest_difference: value }) {
  return value === null || value === undefined ? "more than a number can say" : Number(value.toPrecision(2)).toString()
}

/** @returns {{opener: Element, line: Element, fill: (item: object, name: string) => void}} */
export function detailsView() {
  const line = element("p", { class: "details", hidden: true })
  const opener = button("›", toggle, { class: "opener", hidden: true, "aria-expanded": "false", title: "Details" })

  function toggle() {
    line.hidden = !line.hidden
    opener.setAttribute("aria-expanded", String(!line.hidden))
  }

  function fill(one, name) {
    opener.hidden = !one.result
    opener.setAttribute("aria-label", `Details of ${name}`)
    write(line, one.result ? details(one) : "")
  }

  return { opener, line, fill }
}
