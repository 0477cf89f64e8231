import assert from "node:assert/strict"
import { test } from "node:test"

import {
  borderMean, fromBase64, fromRGBA, hasBrightBorder, inChannels, inverted, middleSquare, normalised, resized, toRGBA,
} from "../../ui/browser/js/image.js"

const grey = (width, height, values) => ({ width, height, channels: 1, values })

test("the middle square of a wide, a tall and a square picture", () => {
  assert.deepEqual(middleSquare(10, 4), { left: 3, top: 0, side: 4 })
  assert.deepEqual(middleSquare(3, 8), { left: 0, top: 2, side: 3 })
  assert.deepEqual(middleSquare(5, 5), { left: 0, top: 0, side: 5 })
})

test("a canvas's bytes become three channels and come back", () => {
  const data = [1, 2, 3, 255, 4, 5, 6, 255]
  const image = fromRGBA({ width: 2, height: 1, data })
  assert.deepEqual([...image.values], [1, 2, 3, 4, 5, 6])
  assert.equal(image.values.BYTES_PER_ELEMENT, 1)
  assert.deepEqual([...toRGBA(image)], data)
})

test("a grey image shows the same in all colours", () => {
  assert.deepEqual([...toRGBA(grey(1, 1, [7]))], [7, 7, 7, 255])
})

test("colour to grey is luma; grey to colour repeats; the same number of channels is the same image", () => {
  const colour = { width: 1, height: 1, channels: 3, values: [100, 200, 50] }
  const luma = 0.299 * 100 + 0.587 * 200 + 0.114 * 50
  assert.ok(Math.abs(inChannels(colour, 1).values[0] - luma) < 1e-4)
  assert.deepEqual([...inChannels(grey(1, 1, [9]), 3).values], [9, 9, 9])
  assert.equal(inChannels(colour, 3), colour)
})

test("the border decides whether a picture is dark on light", () => {
  const paper = grey(3, 3, [255, 255, 255, 255, 0, 255, 255, 255, 255])
  assert.equal(borderMean(paper), 255)
  assert.equal(hasBrightBorder(paper), true)
  assert.equal(hasBrightBorder(inverted(paper)), false)
  assert.deepEqual([...inverted(paper).values], [0, 0, 0, 0, 255, 0, 0, 0, 0])
})

test("the border of a single pixel, row and column", () => {
  assert.equal(borderMean(grey(1, 1, [5])), 5)
  assert.equal(borderMean(grey(3, 1, [1, 2, 6])), 3)
  assert.equal(borderMean(grey(1, 3, [1, 2, 6])), 3)
})

test("halving averages blocks of four", () => {
  const image = grey(4, 2, [0, 4, 8, 8, 8, 4, 0, 0])
  assert.deepEqual([...resized(image, 2, 1).values], [4, 4])
})

test("three pixels in two: the middle one belongs half to each", () => {
  assert.deepEqual([...resized(grey(3, 1, [0, 30, 90]), 2, 1).values], [10, 70])
})

test("channels are averaged apart", () => {
  const image = { width: 2, height: 1, channels: 3, values: [0, 10, 20, 10, 20, 40] }
  assert.deepEqual([...resized(image, 1).values], [5, 15, 30])
})

test("a block of equal pixels comes back exactly: a test image on the canvas goes in unchanged", () => {
  const image = grey(28, 28, Uint8Array.from({ length: 784 }, (_, place) => (place * 37) % 256))
  const large = resized(image, 560)
  const shown = { ...large, values: Uint8ClampedArray.from(large.values) }
  assert.deepEqual(resized(shown, 28).values, Float32Array.from(image.values))
})

test("every size keeps the mean", () => {
  const image = grey(7, 5, Float32Array.from({ length: 35 }, (_, place) => (place * 11) % 200))
  const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length
  for (const [width, height] of [[3, 2], [7, 5], [1, 1], [13, 4]]) {
    assert.ok(Math.abs(mean(resized(image, width, height).values) - mean(image.values)) < 1e-3)
  }
})

test("normalised: (x / 255 - mean) / std, a channel after the other", () => {
  const image = { width: 2, height: 1, channels: 3, values: [0, 51, 102, 255, 204, 153] }
  const tensor = normalised(image, { mean: [0.5, 0.2, 0.4], std: [0.5, 0.1, 0.2] })
  const wanted = [-1, 1, 0, 6, 0, 1]
  wanted.forEach((value, place) => assert.ok(Math.abs(tensor[place] - value) < 1e-6))
})

test("base64 of another size is refused", () => {
  assert.deepEqual([...fromBase64(btoa("\x01\xff"), 2, 1, 1).values], [1, 255])
  assert.throws(() => fromBase64(btoa("\x01"), 2, 1, 1), /an image of 1 bytes/)
})
