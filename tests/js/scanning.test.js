import assert from "node:assert/strict"
import { test } from "node:test"

import { batch, scanned } from "../../ui/browser/js/scanning.js"
import { turns } from "../../ui/browser/js/turns.js"

const task = { size_px: 2, mean: [0], std: [1] }
const image = { width: 2, height: 2, channels: 1, values: Float32Array.of(255, 0, 0, 0) }
const networks = [{ run_id: "firm", name: "firm" }, { run_id: "loose", name: "loose" }, { run_id: "gone", name: "gone" }]

test("images of a batch follow each other", () => {
  assert.deepEqual([...batch([Float32Array.of(1, 2), Float32Array.of(3, 4)])], [1, 2, 3, 4])
})

test("every open network is asked about every step, and found where its answer breaks", async () => {
  const asked = []
  const ask = async (input, count) => {
    asked.push([input.length / count, count])
    // One looks at nothing, the other at whether the first pixel is still bright.
    const loose = Array.from({ length: count }, (_, step) => (input[4 * step] > 0.5 ? [1, 0] : [0, 1])).flat()
    return [
      { runId: "firm", logits: Array(2 * count).fill(0), classes: 2 },
      { runId: "loose", logits: loose, classes: 2 },
      { runId: "gone", error: "deleted" },
    ]
  }
  const [rotation, blur] = await scanned(image, task, networks, ask)
  assert.deepEqual(asked, [[4, 19], [4, 13], [4, 21]])
  assert.deepEqual(rotation.found.map(one => [one.name, one.at, one.to]), [["firm", null, null], ["loose", 40, 1]])
  assert.equal(blur.kind.name, "blur")
})

test("a Worker that ends is the caller's to tell", async () => {
  await assert.rejects(scanned(image, task, networks, () => Promise.reject(new Error("gone"))), /gone/)
})

test("a search that nobody waits for any longer asks no more and finds nothing", async () => {
  const searches = turns()
  let asked = 0
  const ask = async () => {
    if (++asked === 2) searches.forget()
    return []
  }
  assert.equal(await scanned(image, task, networks, ask, searches.begin()), null)
  assert.equal(asked, 2)
})
