import assert from "node:assert/strict"
import { test } from "node:test"

import { amounts } from "../../ui/browser/js/drift.js"
import { maskDrifted, SCENE_KINDS, sceneDrifted } from "../../ui/browser/js/scene_drift.js"

const image = (side, values, channels = 1) => ({ width: side, height: side, channels, values })
const rounded = found => [...found.values].map(value => Math.round(value * 1000) / 1000)
const NINE = [1, 2, 3, 4, 5, 6, 7, 8, 9]

test("no drift is the scene itself, and its mask", () => {
  const one = image(2, [1, 2, 3, 4])
  assert.equal(sceneDrifted(one, { rotation: 0, shift: 0, brightness: 0, blur: 0, noise: 0 }), one)
  assert.equal(maskDrifted(one.values, 2, {}), one.values)
})

test("a quarter turn takes the mask along", () => {
  assert.deepEqual(rounded(sceneDrifted(image(3, NINE), { rotation: 90 })), [7, 4, 1, 8, 5, 2, 9, 6, 3])
  assert.deepEqual(maskDrifted(NINE, 3, { rotation: 90 }), [7, 4, 1, 8, 5, 2, 9, 6, 3])
})

test("beyond the edge a scene is mirrored, as its mask is", () => {
  assert.deepEqual(rounded(sceneDrifted(image(3, NINE), { shift: 1 })), [2, 1, 2, 5, 4, 5, 8, 7, 8])
  assert.deepEqual(maskDrifted(NINE, 3, { shift: 1 }), [2, 1, 2, 5, 4, 5, 8, 7, 8])
  assert.deepEqual(rounded(sceneDrifted(image(3, Array(9).fill(60)), { rotation: 45 })), Array(9).fill(60))
})

test("turned first, then moved: scene and mask alike", () => {
  const both = { rotation: 90, shift: 1 }
  assert.deepEqual(rounded(sceneDrifted(image(3, NINE), both)), [4, 7, 4, 5, 8, 5, 6, 9, 6])
  assert.deepEqual(maskDrifted(NINE, 3, both), [4, 7, 4, 5, 8, 5, 6, 9, 6])
})

test("brightness goes both ways and stays between black and white", () => {
  assert.deepEqual(rounded(sceneDrifted(image(2, [0, 100, 200, 255]), { brightness: 0.2 })), [51, 151, 251, 255])
  assert.deepEqual(rounded(sceneDrifted(image(2, [0, 100, 200, 255]), { brightness: -0.2 })), [0, 49, 149, 204])
})

test("blur and noise are those of images", () => {
  assert.deepEqual(rounded(sceneDrifted(image(3, Array(9).fill(60)), { blur: 1 })), Array(9).fill(60))
  assert.notDeepEqual(rounded(sceneDrifted(image(2, [60, 60, 60, 60]), { noise: 0.1 })), [60, 60, 60, 60])
})

test("every kind has its range, and a value reads with its sign and unit", () => {
  const known = Object.fromEntries(SCENE_KINDS.map(kind => [kind.name, kind]))
  assert.deepEqual(Object.keys(known), ["rotation", "shift", "brightness", "blur", "noise"])
  assert.deepEqual([0.15, 0, -0.15].map(known.brightness.amount), ["+15 %", "0 %", "−15 %"])
  assert.equal(known.shift.amount(amounts(known.shift).at(-1)), "16 px")
})
