import assert from "node:assert/strict"
import { test } from "node:test"

import { tokens } from "../../ui/browser/js/text_tokens.js"

const read = row => new TextDecoder().decode(Uint8Array.from([...row].filter(Boolean), token => Number(token) - 1))

test("bytes are tokens and zero is padding", () => {
  assert.deepEqual([...tokens("é a", 6)], [196n, 170n, 33n, 98n, 0n, 0n])
  assert.deepEqual([...tokens("", 2)], [0n, 0n])
})

test("a text is cut between two characters", () => {
  assert.equal(read(tokens("a".repeat(70), 64)), "a".repeat(64))
  assert.equal(read(tokens(`${"a".repeat(63)}é`, 64)), "a".repeat(63))
  assert.equal(read(tokens(`${"a".repeat(62)}éb`, 64)), `${"a".repeat(62)}é`)
  assert.equal(read(tokens("日".repeat(30), 64)), "日".repeat(21))
  assert.equal(read(tokens(`${"a".repeat(61)}😀`, 64)), "a".repeat(61))
})

test("half of a pair is what Python has for it", () => {
  assert.equal(read(tokens("a\ud83db", 64)), "a\ufffdb")
})
