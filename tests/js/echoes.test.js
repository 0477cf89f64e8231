import assert from "node:assert/strict"
import { test } from "node:test"

import { echoes } from "../../ui/browser/js/echoes.js"

test("what Python says by itself is news, once", () => {
  const heard = echoes()
  assert.deepEqual([heard.news(5), heard.news(5), heard.news(7)], [true, false, true])
})

test("an own choice that comes back is none", () => {
  const heard = echoes()
  heard.chose(3)
  assert.equal(heard.news(3), false)
  assert.equal(heard.news(4), true)
})

test("quick choices come back late, or not each of them", () => {
  const heard = echoes()
  for (const value of [1, 2, 3]) heard.chose(value)
  assert.deepEqual([heard.news(1), heard.news(3)], [false, false])
  assert.equal(heard.news(2), true)
})

test("choosing again what stands there waits for nothing", () => {
  const heard = echoes()
  assert.equal(heard.news(1), true)
  heard.chose(1)
  assert.equal(heard.news(2), true)
  assert.equal(heard.news(1), true)
})

test("there and back", () => {
  const heard = echoes()
  heard.news(1)
  heard.chose(2)
  heard.chose(1)
  assert.deepEqual([heard.news(2), heard.news(1), heard.news(null), heard.news(1)], [false, false, false, true])
})
