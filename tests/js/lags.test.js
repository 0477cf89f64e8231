import assert from "node:assert/strict"
import { test } from "node:test"

import { lags } from "../../ui/browser/js/lags.js"

const clock = () => {
  const told = []
  return { told, measure: (name, { start, end }) => told.push([name, end - start]), clearMeasures: () => {} }
}

test("a piece is answered by the first answers to an image that holds it", () => {
  const performance = clock()
  const watch = lags(performance)
  watch.began(10)
  const first = watch.asked()
  watch.began(12)
  watch.answered(first, 30)
  assert.deepEqual(performance.told, [["stroke to answer", 20]])
  watch.answered(watch.asked(), 40)
  assert.deepEqual(watch.last(), [20, 28])
})

test("an image that was left out for a newer one is answered by the newer one", () => {
  const performance = clock()
  const watch = lags(performance)
  watch.began(10)
  watch.asked()
  watch.began(11)
  watch.answered(watch.asked(), 31)
  assert.deepEqual(performance.told.map(([, ms]) => ms), [21, 20])
  watch.answered(2, 50)
  assert.equal(performance.told.length, 2)
})

test("what was wiped out is not waited for, and only the last twenty are kept", () => {
  const watch = lags(clock())
  watch.began(1)
  watch.forget()
  watch.answered(watch.asked(), 100)
  assert.deepEqual(watch.last(), [])
  for (let time = 0; time < 30; time++) watch.began(time)
  watch.answered(watch.asked(), 100)
  assert.equal(watch.last().length, 20)
})
