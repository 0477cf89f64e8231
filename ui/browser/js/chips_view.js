// What this page has, as short texts side by side, and what it lacks in sentences.

import { element } from "./elements.js"
import { IN_SOFTWARE } from "./environment.js"
import { cores, step } from "./format.js"
import { lacking } from "./lacking.js"
import { decimal, N_, t } from "./texts.js"

/** @returns {{name: string, value: string, title: string, lacks: boolean}[]} */
export function chips(page, clock_ms) {
  const { webgpu } = page
  const isolated = page.isolated ? t("yes (threads available)") : t("no")
  const threads = page.threads > 1 ? t("up to {count}", { count: decimal(page.threads) }) : decimal(1)
  const browser = t("{browser} on {system}", { browser: t(page.browser), system: t(page.system) })
  const adapter = webgpu.available ? adapterSaid(webgpu.adapter) : t("no")
  return [
    chip(t("cross-origin isolated"), isolated, t(ISOLATION), !page.isolated),
    chip(t("threads"), threads, t(THREADS), page.threads < 2),
    chip(t("WebGPU"), adapter, webgpuTitle(webgpu), !webgpu.available),
    chip(t("browser"), browser, page.user_agent),
    chip(t("processor"), cores(page.cores), t("As many as the browser tells; some tell fewer than there are.")),
    chip(t("clock"), clock_ms === undefined ? "…" : step(clock_ms), t(CLOCK)),
  ]
}

/** What a measurement keeps of the adapter, in plain words. */
function adapterSaid(adapter) {
  if (!adapter.endsWith(IN_SOFTWARE)) return t(adapter)
  const name = t(adapter.slice(0, -IN_SOFTWARE.length))
  return t("{adapter}, computed by the processor: the browser uses no graphics card", { adapter: name })
}

const ISOLATION = N_(
  "Cross-origin isolation: no other page shares this one's process. Browsers give threads and a fine clock to such " +
  "pages only.",
)
const THREADS = N_(
  "How many threads WebAssembly may use here: the cores, but 4 at most, as the engine's own default.",
)
const CLOCK = N_(
  "The smallest step of the clock in a Worker. Networks that are quicker than 1 ms are timed many runs together.",
)

export function chipsView(page, clock_ms) {
  return chips(page, clock_ms).map(({ name, value, title, lacks }) =>
    element("li", { class: lacks ? "chip lacks" : "chip", title }, element("b", {}, `${name} `), value),
  )
}

export function notesView(page, plan) {
  return lacking(page, plan).map(({ title, why, todo }) => element("li", {}, element("b", {}, `${title}. `), `${why} ${todo}`))
}

function chip(name, value, title, lacks = false) {
  return { name, value, title, lacks }
}

function webgpuTitle({ available, float16 }) {
  if (!available) return t("The graphics processor is out of reach of this page.")
  return float16
    ? t("The graphics processor that the browser offers; 16-bit numbers: yes.")
    : t("The graphics processor that the browser offers; 16-bit numbers: no.")
}
