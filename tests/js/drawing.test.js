import assert from "node:assert/strict"
import { test } from "node:test"

import {
  begun, cleared, emptyDrawing, isBlank, placed, redone, replaced, sideFor, undone,
} from "../../ui/browser/js/drawing.js"

const painted = (drawing, value) => {
  const after = begun(drawing)
  after.now.image.values[0] = value
  return after
}
const first = drawing => drawing.now.image.values[0]

test("undo and redo walk through the strokes", () => {
  const two = painted(painted(emptyDrawing(2, 1), 10), 20)
  assert.deepEqual([first(two), first(undone(two)), first(undone(undone(two)))], [20, 10, 0])
  assert.equal(first(redone(undone(two))), 20)
  assert.equal(undone(emptyDrawing(2, 1)).past.length, 0)
  assert.equal(redone(two), two)
})

test("a new stroke after undo forgets what was undone", () => {
  const other = painted(undone(painted(emptyDrawing(2, 1), 10)), 30)
  assert.equal(other.future.length, 0)
  assert.equal(first(undone(other)), 0)
})

test("clearing can be undone", () => {
  const wiped = cleared(painted(emptyDrawing(2, 1), 10))
  assert.equal(isBlank(wiped, wiped.now.image), true)
  assert.equal(first(undone(wiped)), 10)
})

test("an image comes with its origin; drawing over it says so, and undo takes that back", () => {
  const image = { width: 2, height: 2, channels: 1, values: new Uint8ClampedArray([9, 9, 9, 9]) }
  const shown = placed(emptyDrawing(2, 1), image, { kind: "sample", index: 17 })
  assert.deepEqual(shown.now.origin, { kind: "sample", index: 17, touched: false })
  const over = painted(shown, 1)
  assert.deepEqual(over.now.origin, { kind: "sample", index: 17, touched: true })
  assert.equal(image.values[0], 9)
  assert.equal(undone(over).now.origin.touched, false)
})

test("the sample that a page begins with is no step, since there is nothing to take back", () => {
  const image = value => ({ width: 1, height: 1, channels: 1, values: [value] })
  const shown = placed(emptyDrawing(1, 1), image(9), { kind: "sample", index: 17 })
  assert.equal(shown.past.length, 0)
  assert.equal(undone(placed(shown, image(5), { kind: "sample", index: 18 })).now.origin.index, 17)
  const drawn = painted(emptyDrawing(1, 1), 3)
  assert.equal(first(undone(placed(drawn, image(9), { kind: "sample" }))), 3)
  assert.equal(placed(undone(drawn), image(9), { kind: "sample" }).past.length, 1)
})

test("a switch of the preparation is no step of its own", () => {
  const image = value => ({ width: 1, height: 1, channels: 1, values: [value] })
  const shown = placed(emptyDrawing(1, 1), image(200), { kind: "picture" })
  const turned = replaced(shown, image(55), { kind: "picture" })
  assert.equal(turned.past.length, 1)
  assert.equal(first(turned), 55)
})

test("a black image is not a blank drawing, a wiped one is", () => {
  const image = { width: 1, height: 1, channels: 1, values: new Uint8ClampedArray(1) }
  assert.equal(isBlank(placed(emptyDrawing(1, 1), image, { kind: "sample" }), image), false)
  assert.equal(isBlank(painted(emptyDrawing(1, 1), 0), image), true)
  assert.equal(isBlank(painted(emptyDrawing(1, 1), 1), { values: [1] }), false)
})

test("only so many steps are kept", () => {
  let drawing = emptyDrawing(1, 1)
  for (let step = 1; step <= 60; step++) drawing = painted(drawing, step)
  assert.equal(drawing.past.length, 40)
})

test("a side is whole blocks of the task's pixels", () => {
  assert.deepEqual([28, 8, 32, 224, 1000].map(sideFor), [560, 560, 576, 672, 1000])
})
