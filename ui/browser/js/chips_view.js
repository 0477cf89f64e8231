// What this page has, as short texts side by side, and what it lacks in sentences.

import { element } from "./elements.js"
import { plural, step } from "./format.js"
import { lacking } from "./lacking.js"

/** @returns {{name: string, value: string, title: string, lacks: boolean}[]} */
export function chips(page, clock_ms) {
  const { webgpu } = page
  return [
    chip("cross-origin isolated", page.isolated ? "yes (threads available)" : "no", "Cross-origin isolation: no other page shares this one's process. Browsers give threads and a fine clock to such pages only.", !page.isolated),
    chip("threads", page.threads > 1 ? `up to ${page.threads}` : "1", "How many threads WebAssembly may use here: the cores, but 4 at most, as the engine's own default.", page.threads < 2),
    chip("WebGPU", webgpu.available ? webgpu.adapter : "no", webgpuTitle(webgpu), !webgpu.available),
    chip("browser", `${page.browser} on ${page.system}`, page.user_agent),
    chip("processor", plural(page.cores, "core"), "As many as the browser tells; some tell fewer than there are."),
    chip("clock", clock_ms === undefined ? "…" : step(clock_ms), "The smallest step of the clock in a Worker. Networks that are quicker than 1 ms are timed many runs together."),
  ]
}

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
  if (!available) return "The graphics processor is out of reach of this page."
  return `The graphics processor that the browser offers; 16-bit numbers: ${float16 ? "yes" : "no"}.`
}
