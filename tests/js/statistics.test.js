import assert from "node:assert/strict"
import { test } from "node:test"

import { histogram, nearestRank, summary } from "../../ui/browser/js/statistics.js"

test("a percentile is a value that was measured, the smallest that so many do not exceed", () => {
  const ascending = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  assert.equal(nearestRank(ascending, 50), 5)
  assert.equal(nearestRank(ascending, 51), 6)
  assert.equal(nearestRank(ascending, 95), 10)
  assert.equal(nearestRank(ascending, 100), 10)
  assert.equal(nearestRank([7], 1), 7)
})

test("nothing has no percentile, and neither has 0 or 101 %", () => {
  for (const [values, percent] of [[[], 50], [[1], 0], [[1], 101], [[1], NaN]]) {
    assert.throws(() => nearestRank(values, percent), RangeError)
  }
})

test("a summary sorts by number and leaves the samples as they came", () => {
  const samples = [10, 9, 100, 2]
  const { p50_ms, p90_ms, p99_ms, mean_ms } = summary(samples)
  assert.deepEqual([p50_ms, p90_ms, p99_ms, mean_ms], [9, 100, 100, 30.25])
  assert.deepEqual(samples, [10, 9, 100, 2])
})

test("a histogram counts every value; the few above the 99th percentile stand in the last bin", () => {
  const samples = [...Array.from({ length: 99 }, (_, place) => 1 + place / 98), 50]
  const { from, to, counts } = histogram(samples, 4)
  assert.deepEqual([from, to], [1, 2])
  assert.equal(counts.reduce((sum, count) => sum + count), 100)
  assert.deepEqual(counts, [25, 24, 25, 26])
})

test("equal values stand in the first bin", () => {
  assert.deepEqual(histogram([3, 3, 3], 3).counts, [3, 0, 0])
})
