import assert from "node:assert/strict"
import { test } from "node:test"

import { chips } from "../../ui/browser/js/chips_view.js"
import { details } from "../../ui/browser/js/details_view.js"
import { about, cores, duration, left, milliseconds, rate, size, step } from "../../ui/browser/js/format.js"
import { backendName, median, parity, scaleOf, spoken } from "../../ui/browser/js/rows_view.js"

test("numbers read as on the other screens", () => {
  assert.deepEqual([0.0312, 0.312, 4.21, 120.4].map(milliseconds), ["0.031 ms", "0.31 ms", "4.2 ms", "120 ms"])
  assert.deepEqual([306_400, 1_234_567, 999_999, 12].map(size), ["306 kB", "1.2 MB", "1.0 MB", "12 B"])
  assert.deepEqual([35.4, 60, 80].map(duration), ["35 s", "1 min", "1 min 20 s"])
  assert.deepEqual([0.2, 7.1, 31, 130].map(about), ["about 1 s", "about 8 s", "about 35 s", "about 2 min 30 s"])
  assert.deepEqual([0, 31].map(left), ["a few seconds left", "about 35 s left"])
  assert.deepEqual([3214, 57.3, 2.34, 99.6].map(rate), ["3,200", "57", "2.3", "100"].map(text => `${text} images/s`))
  assert.equal(rate(57.3, "row"), "57 rows/s")
  assert.equal(rate(57.3, "image"), "57 images/s")
  assert.deepEqual([0.005, 0.1, 1, 0].map(step), ["5 µs", "0.1 ms", "1 ms", "unknown"])
  assert.deepEqual([1, 2].map(cores), ["1 core", "2 cores"])
})

const ITEM = { name: "Student", provider: "wasm", backend: "wasm-n", threads: 4, precision: "float32", numbers: "float32", batch: 1 }
const RIGHT = { p50_ms: 1, p95_ms: 2, agrees: true, largest_difference: 1e-6, whole_graph: true }
const WRONG = { p50_ms: 0.1, p95_ms: 9, agrees: false, largest_difference: 0.31, whole_graph: true }

test("a backend that answers differently is wrong, not fast: it has no part in the scale", () => {
  assert.equal(scaleOf([{ result: RIGHT }, { result: WRONG }, { state: "waiting" }]), 2)
  assert.equal(scaleOf([{ result: WRONG }]), 0)
  assert.equal(parity({ result: WRONG }).text, "✗ outputs differ")
  assert.match(parity({ result: WRONG }).title, /by 0\.31/)
  assert.equal(parity({ result: RIGHT }).text, "✓ agrees")
})

test("answers that no number compares differ all the same", () => {
  assert.match(parity({ result: { ...WRONG, largest_difference: null } }).title, /more than a number can say/)
})

test("what the server has not judged is neither right nor wrong", () => {
  const unjudged = { ...RIGHT, agrees: undefined }
  assert.deepEqual(parity({ result: unjudged, unsent: "The server does not answer.", body: {} }), {
    text: "not told yet",
    title: "The server does not answer.",
  })
  assert.equal(parity({ result: unjudged, unsent: "no cookie", body: null }).text, "not taken")
  assert.equal(scaleOf([{ result: unjudged }]), 2)
})

test("the details say what a row has no room for", () => {
  const times = { p50_ms: 1, p90_ms: 2, p95_ms: 3, p99_ms: 4, samples: 50, runs_per_sample: 8 }
  const loads = { size_bytes: 306_400, load_ms: 30, cached: true, session_ms: 5, first_ms: 6, engine_ms: 70, version: "1.30.0", threads: 4 }
  const told = details({ batch: 2, result: { ...RIGHT, ...times, ...loads } })
  assert.equal(
    told,
    "p50 1.0 ms, p90 2.0 ms, p95 3.0 ms, p99 4.0 ms (50 samples, 8 runs together each) · " +
      "file 306 kB, load 30.0 ms (kept by the browser) · session 5.0 ms · first run 6.0 ms · engine 1.30.0 started in 70.0 ms · " +
      "threads 4, batch 2 · largest difference from the server's answers 0.000001",
  )
  const mixed = details({ batch: 2, result: { ...RIGHT, ...times, ...loads, whole_graph: false, agrees: undefined } })
  assert.match(mixed, /batch 2 · some operators ran on the CPU/)
})

test("a time that something else disturbed is marked", () => {
  const disturbed = "1 of 20 runs took 18.4 times as long as the middle one"
  assert.equal(median({ p50_ms: 1, disturbed: "" }), "1.0 ms")
  assert.equal(median({ p50_ms: 1, disturbed }), "≈ 1.0 ms")
  assert.match(spoken({ ...ITEM, result: { ...RIGHT, disturbed } }), /1\.0 ms agrees disturbed$/)
  const times = { p90_ms: 2, p95_ms: 3, p99_ms: 4, samples: 50, runs_per_sample: 1, size_bytes: 1000, load_ms: 1 }
  const result = { ...RIGHT, ...times, session_ms: 1, first_ms: 1, engine_ms: 1, version: "1", threads: 1, disturbed }
  assert.match(details({ batch: 1, result }), /something else used the device meanwhile: 1 of 20/)
})

test("what took part is in the name", () => {
  assert.equal(backendName(ITEM), "WebAssembly, 4 threads")
  assert.equal(backendName({ ...ITEM, backend: "wasm-1", threads: 1 }), "WebAssembly, 1 thread")
  assert.equal(backendName({ ...ITEM, threads: 1 }), "WebAssembly, n threads", "where the page has none")
  const mixed = { provider: "webgpu", backend: "webgpu", result: { ...RIGHT, whole_graph: false } }
  assert.equal(backendName(mixed), "WebGPU with the CPU")
  assert.equal(backendName({ ...mixed, result: RIGHT }), "WebGPU")
})

test("who listens hears a whole sentence", () => {
  const what = "Student, WebAssembly, 4 threads, float32, batch 1"
  assert.equal(spoken({ ...ITEM, state: "measured", result: RIGHT }), `${what}: 1.0 ms agrees`)
  assert.equal(spoken({ ...ITEM, state: "failed", reason: "It is gone." }), `${what}: It is gone.`)
  assert.equal(spoken({ ...ITEM, state: "warm-up" }), `${what}: warming up`)
})

test("chips say what is there in words, and mark what is not", () => {
  const page = {
    isolated: false,
    threads: 1,
    cores: 8,
    browser: "Chrome 156",
    system: "Android 16",
    user_agent: "Mozilla",
    webgpu: { available: false, reason: "none" },
  }
  assert.deepEqual(
    chips(page, 0.1).map(({ name, value, lacks }) => [name, value, lacks]),
    [
      ["cross-origin isolated", "no", true],
      ["threads", "1", true],
      ["WebGPU", "no", true],
      ["browser", "Chrome 156 on Android 16", false],
      ["processor", "8 cores", false],
      ["clock", "0.1 ms", false],
    ],
  )
  assert.equal(chips(page, undefined).at(-1).value, "…", "it is still being measured")
})

test("a chip says in words that no graphics card stands behind WebGPU", () => {
  const webgpu = { available: true, adapter: "google swiftshader (in software)", float16: true }
  const page = { isolated: true, threads: 4, cores: 8, browser: "Chrome 156", system: "Linux", user_agent: "", webgpu }
  const { value } = chips(page, 0.1).find(chip => chip.name === "WebGPU")
  assert.equal(value, "google swiftshader, computed by the processor: the browser uses no graphics card")
})
