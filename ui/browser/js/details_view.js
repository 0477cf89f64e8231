// What a row has no room for: a button opens a line of small text below it. Nothing opens or grows by itself.

import { button, element, write } from "./elements.js"
import { milliseconds, size } from "./format.js"
import { decimal, listed, N_, ngettext, short, t } from "./texts.js"

const MIXED = N_("some operators ran on the CPU: the engine has no other place for them")

/** Everything else that was found of an item. */
export function details({ result, batch }) {
  const times = listed(["p50", "p90", "p95", "p99"].map(name => `${name} ${milliseconds(result[`${name}_ms`])}`), "unit")
  const loads = { size: size(result.size_bytes), time: milliseconds(result.load_ms) }
  const started = { version: result.version, time: milliseconds(result.engine_ms) }
  const parts = [
    samples(result, times),
    result.cached
      ? t("file {size}, load {time} (kept by the browser)", loads)
      : t("file {size}, load {time}", loads),
    t("session {time}", { time: milliseconds(result.session_ms) }),
    t("first run {time}", { time: milliseconds(result.first_ms) }),
    t("engine {version} started in {time}", started),
    t("threads {threads}, batch {batch}", { threads: decimal(result.threads), batch: decimal(batch) }),
    result.agrees !== undefined && t("largest difference from the server's answers {difference}", different(result)),
    result.disturbed && t("≈ something else used the device meanwhile: {what}", { what: result.disturbed }),
    !result.whole_graph && t(MIXED),
  ]
  return parts.filter(Boolean).join(" · ")
}

function samples({ samples: count, runs_per_sample: runs }, times) {
  if (runs <= 1) return ngettext("{times} ({count} sample)", "{times} ({count} samples)", count, { times })
  const together = { times, runs: decimal(runs) }
  return ngettext(
    "{times} ({count} sample, {runs} runs together each)", "{times} ({count} samples, {runs} runs together each)",
    count, together,
  )
}

/** The place of a sentence. */
export function different({ largest_difference: value }) {
  const none = value === null || value === undefined
  return { difference: none ? t("more than a number can say") : short(value, 2) }
}

/** @returns {{opener: Element, line: Element, fill: (item: object, name: string) => void}} */
export function detailsView() {
  const line = element("p", { class: "details", hidden: true })
  const opener = button("›", toggle, { class: "opener", hidden: true, "aria-expanded": "false", title: t("Details") })

  function toggle() {
    line.hidden = !line.hidden
    opener.setAttribute("aria-expanded", String(!line.hidden))
  }

  function fill(one, name) {
    opener.hidden = !one.result
    opener.setAttribute("aria-label", t("Details of {name}", { name }))
    write(line, one.result ? details(one) : "")
  }

  return { opener, line, fill }
}
