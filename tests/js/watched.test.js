import assert from "node:assert/strict"
import { test } from "node:test"

import { plainly, Trouble } from "../../ui/browser/js/trouble.js"
import { watched } from "../../ui/browser/js/watched.js"

test("a Worker that cannot be started is told plainly", () => {
  const barred = () => {
    throw new Error("Access is denied")
  }
  assert.throws(() => watched(barred), error => {
    assert.ok(error instanceof Trouble)
    assert.match(plainly(error, "a"), /lets the page start no Worker.* Access is denied\. Use another browser\./)
    return true
  })
})
