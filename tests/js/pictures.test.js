import assert from "node:assert/strict"
import { test } from "node:test"

import { between, brought, MOST_BYTES, prepared, Refused } from "../../ui/browser/js/pictures.js"

const never = () => assert.fail("it must not be decoded")
const named = (name, ...parts) => new File(parts, name)

function png(width, height) {
  const bytes = new Uint8Array(24)
  bytes.set([...("\x89PNG\r\n\x1a\n\0\0\0\rIHDR")].map(character => character.charCodeAt(0)))
  const view = new DataView(bytes.buffer)
  view.setUint32(16, width)
  view.setUint32(20, height)
  return bytes
}

async function refusal(file, decode = never) {
  try {
    await brought(file, decode)
  } catch (error) {
    assert.ok(error instanceof Refused)
    return error.message
  }
  return assert.fail("it was taken")
}

test("an empty file", async () => {
  assert.match(await refusal(named("a.png")), /“a.png” is empty. Choose a PNG, JPEG/)
})

test("a file that was moved away meanwhile", async () => {
  const gone = { name: "a.png", size: 9, slice: () => ({ arrayBuffer: () => Promise.reject(new Error("not found")) }) }
  assert.match(await refusal(gone), /“a.png” could not be read \(not found\)/)
})

test("a file that is no image", async () => {
  assert.match(await refusal(named("a.png", "hello")), /is not an image that this page knows/)
})

test("a picture without a name, as from the clipboard", async () => {
  assert.match(await refusal(new Blob(["hello"])), /^This picture is not an image/)
})

test("too many bytes, before anything is decoded", async () => {
  const file = named("large.png", png(10, 10), new Uint8Array(MOST_BYTES))
  assert.match(await refusal(file), /has 30.0 MB; at most 30.0 MB can be taken. Save it smaller/)
})

test("50 megapixels, before anything is decoded", async () => {
  const told = await refusal(named("b.png", png(10_000, 5000)))
  assert.match(told, /has 10,000 × 5,000 pixels, 50.0 million; at most 40 million can be decoded here. Save it smaller/)
})

test("a damaged header, and a damaged rest", async () => {
  assert.match(await refusal(named("c.png", png(0, 0))), /says no size: it is damaged/)
  const broken = () => Promise.reject(new Error("cut off"))
  const told = await refusal(named("d.png", png(30, 20)), broken)
  assert.match(told, /begins like a PNG of 30 × 20 but could not be decoded \(cut off\)/)
})

test("what a decoder is to blame for is not said of the picture", async () => {
  const late = () => Promise.reject(new Refused("It was not decoded within 30 s."))
  assert.equal(await refusal(named("e.png", png(30, 20)), late), "It was not decoded within 30 s.")
})

test("a good one is decoded", async () => {
  const file = named("e.png", png(30, 20))
  assert.equal(await brought(file, async given => (given === file ? "pixels" : "")), "pixels")
})

const colour = values => {
  const three = values.flatMap(value => [value, value, value])
  return { width: 2, height: 2, channels: 3, values: Float32Array.from(three) }
}

test("dark on light is turned to light on dark, and every step can be shown", () => {
  const found = prepared(colour([255, 255, 255, 155]), { channels: 1, side: 4 })
  const { plain, lit } = between(found, 1)
  assert.equal(found.inverted, true)
  assert.deepEqual([...lit.values].map(Math.round), [0, 0, 0, 100])
  assert.deepEqual([...plain.values].map(Math.round), [255, 255, 255, 155])
  assert.equal(found.image.width, 4)
  assert.ok(found.image.values instanceof Uint8ClampedArray)
  assert.equal(found.image.values[15], 100)
})

test("of a picture its square and what lies on the canvas are kept, and no step between", () => {
  const found = prepared(colour([0, 0, 0, 9]), { channels: 1, side: 2 })
  assert.deepEqual(Object.keys(found), ["square", "inverted", "image"])
  assert.deepEqual([...between(found, 1).lit.values].map(Math.round), [0, 0, 0, 9])
})

test("the visitor's switch goes before the border", () => {
  assert.equal(prepared(colour([255, 255, 255, 0]), { channels: 1, side: 2, invert: false }).inverted, false)
  assert.equal(prepared(colour([0, 0, 0, 9]), { channels: 1, side: 2, invert: true }).inverted, true)
})

test("a colour task keeps its colours", () => {
  assert.equal(prepared(colour([0, 0, 0, 9]), { channels: 3, side: 2 }).image.channels, 3)
})
