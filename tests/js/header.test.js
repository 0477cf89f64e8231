import assert from "node:assert/strict"
import { test } from "node:test"

import { imageHeader } from "../../ui/browser/js/header.js"

const text = characters => [...characters].map(character => character.charCodeAt(0))
const big = (value, bytes) => Array.from({ length: bytes }, (_, place) => (value >>> (8 * (bytes - 1 - place))) & 255)
const little = (value, bytes) => big(value, bytes).reverse()
const read = (...parts) => imageHeader(Uint8Array.from(parts.flat()))

const PNG = [...text("\x89PNG\r\n\x1a\n"), ...big(13, 4), ...text("IHDR")]
const segment = (marker, content) => [0xff, marker, ...big(content.length + 2, 2), ...content]
const frame = (marker, width, height) => segment(marker, [8, ...big(height, 2), ...big(width, 2), 1])

test("PNG", () => {
  assert.deepEqual(read(PNG, big(7000, 4), big(8000, 4)), { type: "PNG", width: 7000, height: 8000 })
})

test("JPEG: behind a camera's segments, baseline and progressive", () => {
  const before = [0xff, 0xd8, ...segment(0xe1, Array(300).fill(7)), ...segment(0xc4, [1, 2, 3])]
  assert.deepEqual(read(before, frame(0xc0, 640, 480)), { type: "JPEG", width: 640, height: 480 })
  assert.deepEqual(read(before, [0xff], frame(0xc2, 20, 30)), { type: "JPEG", width: 20, height: 30 })
})

test("JPEG: a Huffman table is no size", () => {
  assert.deepEqual(read([0xff, 0xd8], segment(0xc4, [9, 9, 9, 9, 9, 9, 9])), { type: "JPEG", width: 0, height: 0 })
})

test("GIF and both kinds of BMP", () => {
  assert.deepEqual(read(text("GIF89a"), little(300, 2), little(200, 2)), { type: "GIF", width: 300, height: 200 })
  const rest = [...text("BM"), ...Array(12).fill(0)]
  assert.deepEqual(read(rest, little(40, 4), little(50, 4), little(-60, 4)), { type: "BMP", width: 50, height: 60 })
  assert.deepEqual(read(rest, little(12, 4), little(50, 2), little(60, 2)), { type: "BMP", width: 50, height: 60 })
})

test("the three kinds of WebP", () => {
  const start = [...text("RIFF"), 0, 0, 0, 0, ...text("WEBP")]
  assert.deepEqual(read(start, text("VP8X"), Array(8).fill(0), little(99, 3), little(49, 3)), { type: "WebP", width: 100, height: 50 })
  const lossless = little(99 | (49 << 14), 4)
  assert.deepEqual(read(start, text("VP8L"), Array(5).fill(0), lossless), { type: "WebP", width: 100, height: 50 })
  const lossy = [...Array(10).fill(0), ...little(100, 2), ...little(50, 2)]
  assert.deepEqual(read(start, text("VP8 "), lossy), { type: "WebP", width: 100, height: 50 })
})

test("what is no image is none", () => {
  assert.equal(read(text("%PDF-1.7")), null)
  assert.equal(read(text("<svg xmlns=")), null)
  assert.equal(read([]), null)
})

test("a header that is cut off has no size", () => {
  assert.deepEqual(read(PNG.slice(0, 14)), { type: "PNG", width: 0, height: 0 })
  assert.deepEqual(read(PNG, [0, 0]), { type: "PNG", width: 0, height: 0 })
  assert.deepEqual(read([0xff, 0xd8, 0xff]), { type: "JPEG", width: 0, height: 0 })
  assert.deepEqual(read([0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff]), { type: "JPEG", width: 0, height: 0 })
  assert.deepEqual(read([0xff, 0xd8, 0xff, 0xe1, 0, 2, 7, 7]), { type: "JPEG", width: 0, height: 0 })
  assert.deepEqual(read(text("RIFF"), [0, 0, 0, 0], text("WEBPJUNK")), { type: "WebP", width: 0, height: 0 })
})
