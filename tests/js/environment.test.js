import assert from "node:assert/strict"
import { test } from "node:test"

import { adapterName, browserName, environment, systemName } from "../../ui/browser/js/environment.js"
import { lacking, obstacle } from "../../ui/browser/js/lacking.js"

const AGENTS = {
  chrome: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
  edge: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36 Edg/150.0.1.2",
  firefox: "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
  iphone:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1",
  mac: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.1 Safari/605.1.15",
}

test("browsers by their own name, not by the one that they imitate", () => {
  assert.equal(browserName(AGENTS.chrome), "Chrome 156")
  assert.equal(browserName(AGENTS.edge), "Edge 150")
  assert.equal(browserName(AGENTS.firefox), "Firefox 140")
  assert.equal(browserName(AGENTS.iphone), "Safari 18")
  assert.equal(browserName(""), "unknown browser")
})

test("a brand that is none is passed over", () => {
  const brands = [
    { brand: "Not)A;Brand", version: "8" },
    { brand: "Chromium", version: "150" },
    { brand: "Google Chrome", version: "150" },
  ]
  assert.equal(browserName("", { brands }), "Chrome 150")
  assert.equal(browserName("", { brands: brands.slice(0, 2) }), "Chromium 150")
})

test("systems, with the phone's model where the browser tells it", () => {
  assert.equal(systemName(AGENTS.chrome), "Linux")
  assert.equal(systemName(AGENTS.edge), "Windows")
  assert.equal(systemName(AGENTS.firefox), "Android 14")
  assert.equal(systemName(AGENTS.iphone), "iPhone, iOS 18.5")
  assert.equal(systemName(AGENTS.mac), "macOS")
  assert.equal(systemName(AGENTS.mac, {}, 5), "iPad, iPadOS", "an iPad says that it is a Mac")
  const hints = { platform: "Android", platformVersion: "16.0.0", model: "Pixel 9" }
  assert.equal(systemName("", hints), "Android 16.0.0, Pixel 9")
})

test("an adapter without names", () => {
  assert.equal(adapterName({}), "unnamed adapter")
  assert.equal(adapterName({ vendor: "apple", architecture: "metal-3" }), "apple metal-3")
  assert.equal(adapterName({ vendor: "google", architecture: "swiftshader", isFallbackAdapter: true }), "google swiftshader (in software)")
})

const navigator = { userAgent: AGENTS.chrome, hardwareConcurrency: 12, deviceMemory: 8 }
const adapter = { info: { vendor: "amd" }, features: new Set(["shader-f16"]) }
const gpu = { requestAdapter: async () => adapter }

test("an isolated page has threads, no more than four of them", async () => {
  const page = await environment({
    navigator: { ...navigator, gpu },
    crossOriginIsolated: true,
    SharedArrayBuffer,
    isSecureContext: true,
  })
  assert.deepEqual(page, {
    browser: "Chrome 156",
    system: "Linux",
    cores: 12,
    memory_gb: 8,
    isolated: true,
    adapter: "amd",
    user_agent: AGENTS.chrome,
    secure: true,
    framed: false,
    threads: 4,
    webgpu: { available: true, reason: null, adapter: "amd", float16: true },
  })
  assert.deepEqual(lacking(page, { backends: ["wasm-1", "wasm-n", "webgpu"], precisions: ["float32", "float16"] }), [])
})

test("inside another site's page: one thread, and a tab of its own would help", async () => {
  const [self, top] = [{}, {}]
  const page = await environment({ navigator, self, top, crossOriginIsolated: false, isSecureContext: true })
  assert.deepEqual([page.framed, page.threads], [true, 1])
  const told = lacking(page, { backends: ["wasm-1", "wasm-n"], precisions: ["float32"] })
  assert.deepEqual(told.map(one => one.title), ["Inside another page"])
  assert.equal((await environment({ navigator, self, top: self })).framed, false)
})

test("plain http from another machine: one thread, no WebGPU, and what to do", async () => {
  const page = await environment({ navigator, crossOriginIsolated: false, isSecureContext: false })
  assert.deepEqual([page.isolated, page.threads, page.webgpu.available], [false, 1, false])
  const told = lacking(page, { backends: ["wasm-1", "wasm-n", "webgpu"], precisions: ["float32"] })
  assert.equal(told.length, 1, "one cause is told once")
  assert.match(told[0].why, /plain http/)
  assert.match(told[0].todo, /make run-lan/)
})

test("a page that answers no request for an adapter, and one whose browser throws", async () => {
  for (const requestAdapter of [async () => null, async () => Promise.reject(new Error("blocked"))]) {
    const page = await environment({ navigator: { ...navigator, gpu: { requestAdapter } }, isSecureContext: true })
    assert.equal(page.webgpu.reason, "no adapter")
    assert.match(obstacle("webgpu", "float32", page).todo, /hardware acceleration/)
  }
})

const page = { secure: true, isolated: true, threads: 4, webgpu: { available: true, reason: null, float16: false } }

test("only what cannot run has an obstacle", () => {
  assert.equal(obstacle("wasm-1", "float16", page), null)
  assert.equal(obstacle("wasm-n", "float32", page), null)
  assert.equal(obstacle("webgpu", "float32", page), null)
  assert.match(obstacle("webgpu", "float16", page).why, /shader-f16/)
})

test("more threads are not tried where there is one, for the reason that holds", () => {
  assert.match(obstacle("wasm-n", "float32", { ...page, threads: 1 }).why, /one core/)
  assert.match(obstacle("wasm-n", "float32", { ...page, threads: 1, isolated: false }).why, /isolation/)
  assert.match(obstacle("wasm-n", "float32", { ...page, threads: 1, isolated: false, secure: false }).why, /http/)
  assert.equal(obstacle("wasm-1", "float32", { ...page, threads: 1, isolated: false, secure: false }), null)
})
