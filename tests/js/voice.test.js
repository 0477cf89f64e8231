import assert from "node:assert/strict"
import { test } from "node:test"

import { framesOf } from "../../ui/browser/js/recording.js"
import { packed, Words } from "../../ui/browser/js/voice.js"

const NAMES = ["zero", "one", "two"]

test("words are asked for one after the other, each once and then once more", () => {
  const words = new Words(NAMES, 2)
  for (const digit of [0, 1, 2, 0, 1]) {
    assert.equal(words.asked.digit, digit)
    words.put(words.at, {})
  }
  assert.equal(words.there.length, 5)
  words.put(words.at, {})
  assert.equal(words.asked, null)
})

test("one is skipped and asked for again behind the last, and one is said again", () => {
  const words = new Words(NAMES, 1)
  words.put(0, "first")
  words.skip()
  assert.equal(words.asked.digit, 2)
  words.redo(0)
  assert.equal(words.asked.digit, 0)
  words.put(0, "second")
  assert.deepEqual(words.there.map(one => one.word), ["second"])
  words.choose(2)
  words.put(2, "third")
  assert.equal(words.asked.digit, 1)
  words.redo(1)
  assert.equal(words.at, 1)
})

test("a word that comes for another place moves nothing", () => {
  const words = new Words(NAMES, 2)
  words.put(4, {})
  assert.equal(words.at, 0)
})

test("files are named by digit and take", () => {
  const words = new Words(NAMES, 2)
  const places = { "0_1.wav": 0, "0_2.wav": 3, "two-2.mp3": 5, "One (1).ogg": 1, "2_0.flac": 2, "1.wav": 1 }
  for (const [name, place] of Object.entries(places)) assert.equal(words.placeOf(name), place, name)
  for (const name of ["voice.wav", "7_1.wav", "1_3.wav", "12.wav", ""]) assert.equal(words.placeOf(name), -1, name)
  words.put(1, {})
  assert.equal(words.placeOf("1.wav"), 4)
})

test("the lab gets a word's digit, frames and features", () => {
  const features = Float32Array.of(9, 1, -2).subarray(1)
  const { values, ...rest } = packed({ digit: 3, word: { features, frames: framesOf(new Float32Array(401)) } })
  assert.deepEqual(rest, { digit: 3, frames: 3 })
  assert.deepEqual([...new Float32Array(Uint8Array.from(atob(values), one => one.charCodeAt(0)).buffer)], [1, -2])
})
