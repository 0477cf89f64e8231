import assert from "node:assert/strict"
import { test } from "node:test"

import { going, summed } from "../../ui/browser/js/benchmark_words.js"
import { tellBeside } from "../../ui/browser/js/beside.js"
import showMeasuring from "../../ui/browser/js/components/measuring.js"

const COUNTS = { measured: 3, failed: 0, stopped: 0, unsent: 0, disturbed: 0 }

test("the sidebar says how far a run is, what was disturbed, and that it ends where its page was left", () => {
  const items = [
    { state: "measured", result: { disturbed: "" } },
    { state: "measured", result: { disturbed: "1 of 20 runs" } },
    { state: "timing" },
    { state: "skipped" },
  ]
  assert.equal(going(items, false), "This browser measures: 2 of 3 done, 1 disturbed (≈).")
  assert.match(going(items.slice(2), true), /^This browser measures: 0 of 1 done\. It ends soon: go back to Benchmark/)
})

test("what was disturbed is counted at the end, and can be measured again", () => {
  assert.equal(summed(COUNTS, "Phone"), "3 measurements done, kept as “Phone”.")
  assert.match(summed({ ...COUNTS, disturbed: 2 }, ""), /^3 measurements done, 2 disturbed \(≈\)\. Press Run on this device/)
})

test("the sidebar is written to once for each thing told, by whatever page stands beside it", () => {
  const window = (globalThis.window = new EventTarget())
  const writes = []
  const box = {
    get textContent() {
      return writes.at(-1) ?? ""
    },
    set textContent(text) {
      writes.push(text)
    },
    setAttribute: (name, value) => writes.push(...(value === "polite" ? ["aloud:"] : [])),
  }
  const parentElement = { querySelector: () => box }
  const tell = (text, aloud = false) => tellBeside(text, { aloud, place: window })
  const leave = showMeasuring({ parentElement })
  for (const text of ["one", "one", "two"]) tell(text)
  tell("three", true)
  leave()
  tell("four")
  showMeasuring({ parentElement })
  assert.deepEqual(writes, ["one", "two", "aloud:", "three", "four"])
})
