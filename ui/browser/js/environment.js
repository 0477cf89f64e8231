// What this page has: the browser's name, the cores, and whether it gives WebAssembly threads and WebGPU.

import { N_ } from "./texts.js"

// The engine's own default goes no further either. On a phone half of eight cores are slow ones, and the slowest thread
// decides when a run is done.
const MOST_THREADS = 4
const LONGEST_TEXT = 120
const BROWSERS = [
  ["Edge", /\bEdg(?:A|iOS)?\/([\d.]+)/],
  ["Opera", /\bOPR\/([\d.]+)/],
  ["Samsung Internet", /\bSamsungBrowser\/([\d.]+)/],
  ["Firefox", /\b(?:Firefox|FxiOS)\/([\d.]+)/],
  ["Chrome", /\b(?:HeadlessChrome|Chrome|CriOS)\/([\d.]+)/],
  ["Safari", /\bVersion\/([\d.]+).*\bSafari\//],
]
const SYSTEMS = [
  ["Android", /\bAndroid ([\d.]+)/],
  ["iPhone, iOS", /\biPhone.* OS ([\d_]+)/],
  ["iPad, iPadOS", /\biPad.* OS ([\d_]+)/],
  ["ChromeOS", /\bCrOS\b()/],
  ["Windows", /\bWindows\b()/],
  ["macOS", /\bMac OS X\b()/],
  ["Linux", /\bLinux\b()/],
]

/**
 * @param {object} scope the page's or a Worker's globals
 * @returns {Promise<object>} the fields of a Timed's browser but for the clock and the engine's version, and: secure,
 *   framed (inside another page), threads (the most that are tried; 1 where there are none), webgpu {available,
 *   reason, adapter, float16}
 */
export async function environment(scope = globalThis) {
  const { navigator } = scope
  const cores = navigator.hardwareConcurrency || 1
  const isolated = scope.crossOriginIsolated === true && typeof scope.SharedArrayBuffer === "function"
  const secure = scope.isSecureContext === true
  const hints = await hinted(navigator)
  const webgpu = await graphics(navigator.gpu)
  return {
    browser: clipped(browserName(navigator.userAgent, hints)),
    system: clipped(systemName(navigator.userAgent, hints, navigator.maxTouchPoints)),
    cores,
    memory_gb: navigator.deviceMemory ?? null,
    isolated,
    adapter: webgpu.adapter,
    user_agent: navigator.userAgent.slice(0, 400),
    secure,
    framed: Boolean(scope.top) && scope.top !== scope.self,
    threads: isolated ? Math.min(cores, MOST_THREADS) : 1,
    webgpu,
  }
}

/** "Chrome 156": from the brands that Chromium tells, else from the user agent. */
export function browserName(userAgent, { brands = [] } = {}) {
  const known = brands.filter(({ brand }) => !/not.?a.?brand/i.test(brand.replace(/[^\w ]/g, " ")))
  const own = known.find(({ brand }) => brand !== "Chromium") ?? known[0]
  if (own) return `${own.brand.replace(/^(Google|Microsoft) /, "")} ${own.version}`
  for (const [name, pattern] of BROWSERS) {
    const found = pattern.exec(userAgent)
    if (found) return `${name} ${found[1].split(".")[0]}`
  }
  return N_("unknown browser")
}

/** "Android 14, Pixel 7": Chromium keeps version and model out of the user agent and tells them when asked. */
export function systemName(userAgent, { platform, platformVersion, model } = {}, touchPoints = 0) {
  if (platform === "Android") return [`Android ${platformVersion}`.trim(), model].filter(Boolean).join(", ")
  if (/\bMacintosh\b/.test(userAgent) && touchPoints > 1) return "iPad, iPadOS"
  for (const [name, pattern] of SYSTEMS) {
    const found = pattern.exec(userAgent)
    if (found) return `${name} ${found[1].replaceAll("_", ".")}`.trim()
  }
  return platform || N_("unknown system")
}

async function hinted(navigator) {
  const data = navigator.userAgentData
  if (!data) return {}
  const asked = await data.getHighEntropyValues?.(["model", "platformVersion"]).catch(() => ({}))
  return { brands: data.brands, platform: data.platform, ...asked }
}

async function graphics(gpu) {
  if (!gpu) return { available: false, reason: "none", adapter: null, float16: false }
  const adapter = await gpu.requestAdapter().catch(() => null)
  if (!adapter) return { available: false, reason: "no adapter", adapter: null, float16: false }
  const name = adapterName(adapter.info)
  return { available: true, reason: null, adapter: name, float16: adapter.features.has("shader-f16") }
}

/** Ends the stored name of an adapter that no graphics card stands behind; pages say it in words. */
export const IN_SOFTWARE = " (in software)"

/** A browser may keep the names to itself. */
export function adapterName({ vendor, architecture, device, description, isFallbackAdapter } = {}) {
  const name = description || [vendor, architecture, device].filter(Boolean).join(" ") || N_("unnamed adapter")
  return clipped(isFallbackAdapter ? `${name}${IN_SOFTWARE}` : name)
}

function clipped(text) {
  return text.trim().slice(0, LONGEST_TEXT)
}
