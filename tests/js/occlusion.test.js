import assert from "node:assert/strict"
import { test } from "node:test"

import { characters, losses, without } from "../../ui/browser/js/occlusion.js"
import { tokens } from "../../ui/browser/js/text_tokens.js"

test("only what a network reads can decide", () => {
  assert.deepEqual(characters("aé😀b", 64), ["a", "é", "😀", "b"])
  assert.deepEqual(characters("aé😀b", 7), ["a", "é", "😀"])
  assert.deepEqual(characters("aé😀b", 6), ["a", "é"])
  assert.deepEqual(characters("", 64), [])
})

test("each row lacks one character", () => {
  const input = without(["a", "é", "b"], 8)
  const rows = [0, 1, 2].map(row => input.slice(8 * row, 8 * row + 8))
  assert.deepEqual(rows, [tokens("éb", 8), tokens("ab", 8), tokens("aé", 8)])
  assert.equal(without([], 8).length, 0)
})

test("what it loses is told of the answer to the whole text", () => {
  const log = shares => shares.map(Math.log)
  const rows = [log([0.5, 0.5]), log([0.9, 0.1]), log([0.1, 0.9])].flat()
  const lost = losses(log([0.8, 0.2]), { logits: rows, classes: 2 })
  assert.deepEqual(lost.map(one => Math.round(100 * one)), [30, -10, 70])
})
