// What this page lacks, in sentences: why, and what to do.

import { N_, t } from "./texts.js"

const LAN = N_("Open the https address that make run-lan shows, or http://localhost on the lab's own machine.")
const WORDS = {
  insecure: {
    title: N_("Plain http"),
    why: N_("This page came over plain http from another machine. Browsers give such a page no threads, no WebGPU and a clock of coarser steps."),
    todo: LAN,
  },
  shared: {
    title: N_("Not isolated"),
    why: N_("This page is not kept apart from other pages (cross-origin isolation), so the browser gives it no threads and a clock of coarser steps."),
    todo: N_("Open it in a tab of its own, at the address that the lab shows when it starts; a proxy between must pass on its headers."),
  },
  framed: {
    title: N_("Inside another page"),
    why: N_("This page stands inside a page of another site, so the browser gives it no threads and a clock of coarser steps."),
    todo: N_("Open it in a tab of its own."),
  },
  single: {
    title: N_("One core"),
    why: N_("The browser reports one core: more threads than one would only wait."),
    todo: "",
  },
  none: {
    title: N_("No WebGPU"),
    why: N_("This browser has no WebGPU."),
    todo: N_("Use a current Chrome, Edge, Firefox or Safari; in Chrome on Linux switch on chrome://flags/#enable-unsafe-webgpu."),
  },
  "no adapter": {
    title: N_("No graphics adapter"),
    why: N_("The browser has WebGPU, but no graphics processor that it would use."),
    todo: N_("Switch on hardware acceleration in the browser's settings, or see chrome://gpu for the reason."),
  },
  float16: {
    title: N_("No float16 on WebGPU"),
    why: N_("This graphics adapter cannot compute with 16-bit numbers (no shader-f16)."),
    todo: N_("Measure float32 on WebGPU; float16 still runs on WebAssembly."),
  },
}

function said({ title, why, todo }) {
  return { title: t(title), why: t(why), todo: t(todo) }
}

/** Why this backend with this precision cannot be measured on this page; null where it can. */
export function obstacle(backend, precision, page) {
  const name = hindered(backend, precision, page)
  return name && said(WORDS[name])
}

function hindered(backend, precision, page) {
  if (backend === "wasm-n" && page.threads < 2) return unthreaded(page)
  if (backend !== "webgpu") return null
  if (!page.webgpu.available) return page.secure ? page.webgpu.reason : unthreaded(page)
  return precision === "float16" && !page.webgpu.float16 ? "float16" : null
}

/** Why there is no file of this network in this precision; null where there is. */
export function refused({ file = "float32" }, precision) {
  if (file === "float32" || precision === "float32") return null
  return {
    title: t("Its file is {file}", { file }),
    why: t("This network was quantized: it has one file, which is {file}.", { file }),
    todo: t("Measure it as float32, which stands for a network's own file."),
  }
}

/** What is worth telling before anything runs, each once. */
export function lacking(page, { backends, precisions }) {
  const found = new Set(page.isolated ? [] : [unthreaded(page)])
  for (const backend of backends) for (const precision of precisions) found.add(hindered(backend, precision, page))
  found.delete(null)
  return [...found].map(name => said(WORDS[name]))
}

function unthreaded(page) {
  if (page.isolated) return "single"
  if (page.framed) return "framed"
  return page.secure ? "shared" : "insecure"
}
