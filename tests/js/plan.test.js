import assert from "node:assert/strict"
import { test } from "node:test"

import { crews, expand, part, secondsLeft } from "../../ui/browser/js/plan.js"

const PAGE = { secure: true, isolated: true, threads: 4, webgpu: { available: true, reason: null, float16: true } }
const NO_GPU = { ...PAGE, webgpu: { available: false, reason: "none", float16: false } }
const PLAN = {
  networks: [
    { run_id: "aaaaaaaa", name: "Teacher" },
    { run_id: "bbbbbbbb", name: "Student" },
  ],
  backends: ["webgpu", "wasm-1"],
  batches: [1, 32],
  precisions: ["float32"],
}

test("one Worker's items stand together, and within them one network's, so that its file is fetched once", () => {
  const items = expand(PLAN, PAGE)
  assert.deepEqual(
    items.map(one => one.key),
    [
      "aaaaaaaa/wasm-1/1/float32",
      "aaaaaaaa/wasm-1/32/float32",
      "bbbbbbbb/wasm-1/1/float32",
      "bbbbbbbb/wasm-1/32/float32",
      "aaaaaaaa/webgpu/1/float32",
      "aaaaaaaa/webgpu/32/float32",
      "bbbbbbbb/webgpu/1/float32",
      "bbbbbbbb/webgpu/32/float32",
    ],
  )
  assert.deepEqual(crews(items).map(crew => crew.length), [4, 4])
})

test("the threads that are wanted follow from the page", () => {
  const items = expand({ ...PLAN, backends: ["wasm-1", "wasm-n", "webgpu"], batches: [1] }, PAGE)
  assert.deepEqual(items.map(one => [one.provider, one.threads]).filter((_, place) => place % 2 === 0), [
    ["wasm", 1],
    ["wasm", 4],
    ["webgpu", 1],
  ])
})

test("what cannot run is skipped with the reason and what to do, and has no Worker", () => {
  const items = expand(PLAN, NO_GPU)
  const skipped = items.filter(one => one.state === "skipped")
  assert.equal(skipped.length, 4)
  assert.equal(skipped[0].short, "No WebGPU")
  assert.match(skipped[0].reason, /no WebGPU\. Use a current Chrome/)
  assert.deepEqual(crews(items).map(crew => crew[0].backend), ["wasm-1"])
})

test("a quantized network has its own file, which is named, and no other", () => {
  const networks = [{ run_id: "cccccccc", name: "Small", file: "int8" }]
  const plan = { ...PLAN, networks, backends: ["wasm-1"], batches: [1], precisions: ["float32", "float16"] }
  const items = expand(plan, PAGE)
  assert.deepEqual(
    items.map(one => [one.precision, one.numbers, one.state, one.short]),
    [
      ["float32", "int8", "waiting", undefined],
      ["float16", "float16", "skipped", "Its file is int8"],
    ],
  )
  assert.match(items[1].reason, /one file, which is int8\. Measure it as float32/)
})

test("names that Python does not know of are left out", () => {
  assert.deepEqual(expand({ ...PLAN, backends: ["webgl"] }, PAGE), [])
  assert.deepEqual(expand({ ...PLAN, networks: [] }, PAGE), [])
})

test("about three seconds an item and the start of each engine, before anything is known", () => {
  assert.equal(secondsLeft(expand(PLAN, PAGE)), 8 * 3 + 1 + 2)
  assert.equal(secondsLeft(expand(PLAN, NO_GPU)), 4 * 3 + 1)
})

test("then what was measured tells: the same network and batch, else the same batch", () => {
  const items = expand({ ...PLAN, backends: ["wasm-1"] }, PAGE)
  Object.assign(items[0], { state: "measured", took_s: 2 })
  Object.assign(items[1], { state: "measured", took_s: 10 })
  assert.equal(secondsLeft(items), 2 + 10)
  const again = expand({ ...PLAN, backends: ["wasm-1"] }, PAGE)
  assert.equal(secondsLeft(again, items), 1 + 2 + 10 + 2 + 10)
})

test("and within an item its own pace", () => {
  const items = expand({ ...PLAN, backends: ["wasm-1"], batches: [1], networks: [PLAN.networks[0]] }, PAGE)
  Object.assign(items[0], { state: "timing", fraction: 0.25, phase_s: 5 })
  assert.equal(secondsLeft(items), 15)
})

test("how much is done counts what has ended, and a part of what is timed", () => {
  const items = expand(PLAN, NO_GPU)
  assert.equal(part(items), 0)
  Object.assign(items[0], { state: "failed" })
  Object.assign(items[1], { state: "timing", fraction: 0.5 })
  assert.equal(part(items), 1.5 / 4)
  assert.equal(part([]), 1)
})
