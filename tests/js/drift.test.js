import assert from "node:assert/strict"
import { test } from "node:test"

import { amounts, blurred, drifted, gaussian, KINDS, noisy, rotated } from "../../ui/browser/js/drift.js"

const image = (side, values, channels = 1) => ({ width: side, height: side, channels, values })
const rounded = found => [...found.values].map(value => Math.round(value * 1000) / 1000)
const sum = values => values.reduce((total, value) => total + value, 0)

test("no drift is the image itself", () => {
  const one = image(2, [1, 2, 3, 4])
  assert.equal(drifted(one, { rotation: 0, blur: 0, noise: 0 }), one)
})

test("a quarter turn is clockwise and loses nothing", () => {
  assert.deepEqual(rounded(rotated(image(2, [1, 2, 3, 4]), 90)), [3, 1, 4, 2])
  assert.deepEqual(rounded(rotated(image(3, [1, 2, 3, 4, 5, 6, 7, 8, 9]), 90)), [7, 4, 1, 8, 5, 2, 9, 6, 3])
})

test("turning brings black in at the corners and keeps the middle", () => {
  const turned = rotated(image(3, Array(9).fill(100)), 45)
  assert.equal(rounded(turned)[4], 100)
  assert.ok(turned.values[0] < 100)
})

test("channels turn together", () => {
  const turned = rotated(image(2, [1, 10, 2, 20, 3, 30, 4, 40], 2), 90)
  assert.deepEqual(rounded(turned), [3, 30, 1, 10, 4, 40, 2, 20])
})

test("blur keeps what is even, and the light of a dot", () => {
  assert.deepEqual(rounded(blurred(image(3, Array(9).fill(60)), 1.5)), Array(9).fill(60))
  const dot = Array(15 * 15).fill(0)
  dot[7 * 15 + 7] = 255
  const soft = blurred(image(15, dot), 1)
  assert.ok(Math.abs(sum(soft.values) - 255) < 0.01)
  assert.ok(Math.abs(soft.values[7 * 15 + 7] - 255 / (2 * Math.PI)) < 1)
  assert.equal(soft.values[7 * 15 + 6], soft.values[6 * 15 + 7])
})

test("noise is the same at every call, stays in range, and grows with its amount", () => {
  const one = image(40, Array(1600).fill(128))
  assert.deepEqual(noisy(one, 0.1), noisy(one, 0.1))
  const [little, much] = [noisy(one, 0.05).values, noisy(one, 0.1).values]
  for (let place = 0; place < 1600; place++) {
    assert.ok(Math.abs(2 * (little[place] - 128) - (much[place] - 128)) < 1e-3)
  }
  assert.ok(noisy(one, 3).values.every(value => value >= 0 && value <= 255))
})

test("the noise is standard normal", () => {
  const draw = gaussian(1)
  const drawn = Array.from({ length: 20_000 }, draw)
  const mean = sum(drawn) / drawn.length
  assert.ok(Math.abs(mean) < 0.03)
  assert.ok(Math.abs(sum(drawn.map(value => (value - mean) ** 2)) / drawn.length - 1) < 0.05)
})

test("every kind goes from nothing to its most", () => {
  assert.deepEqual(KINDS.map(kind => [amounts(kind)[0], amounts(kind).at(-1), amounts(kind).length]), [
    [0, 90, 19],
    [0, 3, 13],
    [0, 0.5, 21],
  ])
  assert.deepEqual(KINDS.map(kind => kind.amount(amounts(kind)[1])), ["5°", "0.25 px", "2.5 %"])
})
