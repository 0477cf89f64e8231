import assert from "node:assert/strict"
import { test } from "node:test"

import { paint } from "../../ui/browser/js/brush.js"
import { blank } from "../../ui/browser/js/image.js"

const square = (side, channels = 1) => blank(side, side, channels, Uint8ClampedArray)
const at = (image, x, y) => image.values[(y * image.width + x) * image.channels]

test("a dot is round and white, and nothing outside its box changes", () => {
  const image = square(20)
  const box = paint(image, { x: 10, y: 10 }, { x: 10, y: 10 }, { radius: 3, shade: 255 })
  assert.deepEqual(box, { left: 6, top: 6, width: 8, height: 8 })
  assert.equal(at(image, 10, 10), 255)
  assert.equal(at(image, 10, 6), 0)
  assert.ok(at(image, 7, 10) > 0)
  assert.equal(at(image, 6, 6), 0)
})

test("a line covers everything between its ends", () => {
  const image = square(20)
  paint(image, { x: 2, y: 10 }, { x: 18, y: 10 }, { radius: 1, shade: 200 })
  for (let x = 2; x < 18; x++) assert.equal(at(image, x, 10), 200)
  assert.equal(at(image, 10, 14), 0)
})

test("the eraser paints black over white", () => {
  const image = square(8)
  image.values.fill(255)
  paint(image, { x: 4, y: 4 }, { x: 4, y: 4 }, { radius: 2, shade: 0 })
  assert.equal(at(image, 4, 4), 0)
  assert.equal(at(image, 0, 0), 255)
})

test("all channels of a colour task are painted", () => {
  const image = square(4, 3)
  paint(image, { x: 2.5, y: 2.5 }, { x: 2.5, y: 2.5 }, { radius: 1, shade: 90 })
  assert.deepEqual([...image.values.slice(3 * (2 * 4 + 2), 3 * (2 * 4 + 2) + 3)], [90, 90, 90])
})

test("a stroke outside changes nothing, one over the edge is cut", () => {
  const image = square(8)
  assert.equal(paint(image, { x: 30, y: 30 }, { x: 40, y: 30 }, { radius: 2, shade: 255 }), null)
  assert.ok(image.values.every(value => value === 0))
  const cut = paint(image, { x: 0, y: 0 }, { x: 0, y: 0 }, { radius: 1, shade: 255 })
  assert.deepEqual(cut, { left: 0, top: 0, width: 2, height: 2 })
})
