import assert from "node:assert/strict"
import { test } from "node:test"

import { turns } from "../../ui/browser/js/turns.js"

test("only the newest counts, whichever ends first", () => {
  const pictures = turns()
  const slow = pictures.begin()
  const quick = pictures.begin()
  assert.deepEqual([slow(), quick()], [false, true])
})

test("what was forgotten counts no longer, and the next one does", () => {
  const pictures = turns()
  const before = pictures.begin()
  pictures.forget()
  assert.equal(before(), false)
  assert.equal(pictures.begin()(), true)
})
