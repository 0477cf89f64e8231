// One row an item: how long a run takes as a bar, whether the answers are the server's, and what else was found.

import { detailsView, different } from "./details_view.js"
import { element, write } from "./elements.js"
import { milliseconds, NOTHING, rate, size } from "./format.js"
import { decimal, listed, N_, ngettext, t } from "./texts.js"

const SVG = "http://www.w3.org/2000/svg"
const STATES = {
  waiting: N_("not measured yet"),
  engine: N_("starting the engine"),
  loading: N_("loading the network"),
  session: N_("preparing the network"),
  first: N_("first run"),
  "warm-up": N_("warming up"),
  timing: N_("timing"),
  checking: N_("comparing the answers"),
  stopped: N_("stopped"),
}

/** "WebAssembly, 2 threads", "WebGPU": with what takes part, once it is known. */
export function backendName({ provider, backend, threads, result }) {
  if (provider === "webgpu") return result && !result.whole_graph ? t("WebGPU with the CPU") : t("WebGPU")
  if (backend !== "wasm-1" && threads < 2) return t("WebAssembly, n threads")
  return ngettext("WebAssembly, {count} thread", "WebAssembly, {count} threads", backend === "wasm-1" ? 1 : threads)
}

/** What the parity cell says, and why. */
export function parity({ result, unsent, body }) {
  if (!result) return { text: "", title: "" }
  if (result.agrees === true) {
    const title = t("The largest difference from the server's answers is {difference}.", different(result))
    return { text: t("✓ agrees"), title }
  }
  if (result.agrees === false) {
    const title = t(
      "Not counted as fast: the answers to the reference images differ from the server's by {difference}.",
      different(result),
    )
    return { text: t("✗ outputs differ"), title }
  }
  if (unsent) return { text: body ? t("not told yet") : t("not taken"), title: unsent }
  return { text: "…", title: "" }
}

/** The common end of the bars: the slowest 95th percentile of those that answer rightly. */
export function scaleOf(items) {
  return Math.max(0, ...items.filter(one => one.result && one.result.agrees !== false).map(one => one.result.p95_ms))
}

/** One sentence for those who listen. */
export function spoken(one) {
  const what = called(one)
  if (!one.result) return `${what}: ${word(one)}`
  const { disturbed, p50_ms } = one.result
  const said = [milliseconds(p50_ms), parity(one).text.replace(/[✓✗…] ?/, ""), disturbed && t("disturbed")]
  return `${what}: ${said.filter(Boolean).join(" ")}`
}

function called(one) {
  return listed([one.name, backendName(one), one.numbers, t("batch {batch}", { batch: decimal(one.batch) })], "unit")
}

/** @returns {{node: Element, update: (item: object, scale: number) => void, dress: (network: object) => void}} */
export function rowView() {
  const mark = element("img", { alt: "" })
  const parts = Object.fromEntries(
    ["name", "sub", "p50", "whisker", "done", "word", "median", "rate", "parity", "bytes"].map(name => [name, element("div", { class: name })]),
  )
  const chart = bars()
  const track = element("div", { class: "track" }, parts.p50, parts.whisker, parts.done, parts.word)
  const more = detailsView()
  const row = element(
    "div",
    { class: "row" },
    mark,
    element("div", { class: "what" }, parts.name, parts.sub),
    track,
    element("div", { class: "value" }, parts.median, parts.rate),
    chart,
    parts.parity,
    parts.bytes,
    more.opener,
  )
  const node = element("li", { class: "item" }, row, more.line)
  const dress = ({ mark: source, colour }) => {
    if (mark.src !== source) mark.src = source
    node.style.setProperty("--mark", colour)
  }
  let drawn = null
  const update = (one, scale) => {
    const { state, fraction, reason, unsent, result } = one
    const { p50_ms, agrees, disturbed } = result ?? {}
    const now = JSON.stringify([state, fraction, reason, unsent, p50_ms, agrees, disturbed, scale])
    if (now !== drawn) fill({ node, parts, chart, more }, one, scale)
    drawn = now
  }
  return { node, dress, update }
}

function fill({ node, parts, chart, more }, one, scale) {
  const { result } = one
  const { text, title } = parity(one)
  node.classList.toggle("bare", !result)
  node.classList.toggle("wrong", result?.agrees === false)
  node.classList.toggle("ended", one.state === "failed" || one.state === "skipped")
  node.classList.toggle("skipped", one.state === "skipped")
  node.setAttribute("aria-label", spoken(one))
  write(parts.name, one.name)
  write(parts.sub, `${backendName(one)} · ${one.numbers}`)
  write(parts.median, median(result))
  write(parts.rate, result ? rate((1000 * one.batch) / result.mean_ms, one.kind) : "")
  write(parts.word, result ? "" : (one.state === "skipped" ? one.short : word(one)))
  parts.word.title = one.reason ?? ""
  write(parts.parity, text)
  parts.parity.title = title
  write(parts.bytes, result ? size(result.size_bytes) : "")
  more.fill(one, called(one))
  lay(parts.p50, 0, result?.p50_ms, scale)
  lay(parts.whisker, result?.p50_ms, result?.p95_ms, scale)
  parts.done.style.transform = `scaleX(${!result && one.state === "timing" ? one.fraction : 0})`
  draw(chart, result?.histogram)
}

/** The median, with the mark of a time that something else disturbed. */
export function median(result) {
  return result ? `${result.disturbed ? "≈ " : ""}${milliseconds(result.p50_ms)}` : NOTHING
}

function word(one) {
  return one.reason ?? (STATES[one.state] ? t(STATES[one.state]) : one.state)
}

/** From one value to another on the common scale; one that answers wrongly may go beyond it, and is cut there. */
function lay(bar, from, to, scale) {
  bar.hidden = to === undefined
  if (bar.hidden) return
  const [start, end] = [from, to].map(value => (scale > 0 ? Math.min(100, (100 * value) / scale) : 100))
  bar.style.left = `${start}%`
  bar.style.width = `${end - start}%`
}

function bars() {
  const chart = document.createElementNS(SVG, "svg")
  chart.setAttribute("class", "histogram")
  chart.setAttribute("preserveAspectRatio", "none")
  chart.setAttribute("viewBox", "0 0 16 1")
  chart.setAttribute("aria-hidden", "true")
  chart.append(document.createElementNS(SVG, "path"))
  return chart
}

function draw(chart, { counts = [] } = {}) {
  const most = Math.max(1, ...counts)
  const path = counts.map((count, place) => `M${place + 0.1},1v${-count / most}h.8v${count / most}z`).join("")
  if (chart.firstChild.getAttribute("d") !== path) chart.firstChild.setAttribute("d", path)
}
