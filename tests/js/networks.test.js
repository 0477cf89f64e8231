import assert from "node:assert/strict"
import { test } from "node:test"

import {
  answered,
  answersOf,
  chosen,
  closed,
  inTurn,
  loading,
  missing,
  opened,
  silent,
} from "../../ui/browser/js/networks.js"

const wanted = (...ids) => ids.map(run_id => ({ run_id, name: run_id.toUpperCase(), colour: "#000" }))
const open = (...ids) => {
  const { networks } = chosen([], wanted(...ids))
  return ids.reduce((found, runId) => opened(found, { runId }), networks)
}
const states = networks => networks.map(one => one.status)

test("those that stay keep what is known of them, in the new order and with new colours", () => {
  const before = answered(open("a", "b"), [{ runId: "a", logits: [1, 2], ms: 3 }])
  const dark = wanted("c", "a").map(one => ({ ...one, colour: "#fff" }))
  const { networks, added, removed } = chosen(before, dark)
  assert.deepEqual(networks.map(one => [one.run_id, one.status, one.logits, one.colour]), [
    ["c", "waiting", null, "#fff"],
    ["a", "open", [1, 2], "#fff"],
  ])
  assert.deepEqual([added.map(one => one.run_id), removed], [["c"], ["b"]])
})

test("a deleted network says so, and the others stay open", () => {
  const networks = opened(open("a", "b"), { runId: "b", error: "no run 'b'", gone: true })
  assert.deepEqual(states(networks), ["open", "refused"])
  assert.match(networks[1].message, /deleted meanwhile/)
  assert.equal(opened(networks, { runId: "a", error: "out of memory" })[0].message, "out of memory")
})

test("answers and the last twenty times are kept; a network that fails says why", () => {
  let networks = open("a", "b")
  for (let ms = 1; ms <= 25; ms++) networks = answered(networks, [{ runId: "a", logits: [ms], ms }])
  assert.deepEqual([networks[0].times.length, networks[0].times[0], networks[0].logits], [20, 6, [25]])
  assert.deepEqual(networks[1].logits, null)
  networks = answered(networks, [{ runId: "b", error: "wrong shape" }])
  assert.deepEqual([networks[1].status, networks[1].message], ["failed", "wrong shape"])
  assert.equal(answered(networks, [{ runId: "b", logits: [1], ms: 1 }])[1].status, "open")
})

test("without an image there are no answers; the times stay", () => {
  const [one] = silent(answered(open("a"), [{ runId: "a", logits: [1], ms: 2 }]))
  assert.deepEqual([one.logits, one.times], [null, [2]])
})

test("a new Worker has to open them again, but not those that are gone", () => {
  const networks = opened(open("a", "b"), { runId: "b", error: "gone", gone: true })
  assert.deepEqual(states(closed(networks)), ["waiting", "refused"])
})

test("one that did not come is told with what to do, and a new Worker opens it again", () => {
  const networks = opened(open("a", "b"), { runId: "b", error: "Failed to fetch", gone: false })
  assert.deepEqual([states(networks), networks[1].message], [["open", "failed"], "Failed to fetch"])
  assert.match(missing(networks), /: B\. See that the lab still runs, then start again/)
  assert.deepEqual(states(closed(networks)), ["waiting", "waiting"])
  assert.equal(loading(networks, true), null)
})

test("of a deleted one there is nothing to try again", () => {
  assert.equal(missing(opened(open("a"), { runId: "a", error: "no run 'a'", gone: true })), "")
})

test("how far the opening is", () => {
  const { networks } = chosen([], wanted("a", "b", "c"))
  assert.deepEqual(loading(networks, false).share, 0)
  assert.deepEqual(loading(opened(networks, { runId: "a" }), true), { what: "Opening B", share: 0.5 })
  assert.equal(loading(open("a", "b"), true), null)
  assert.match(loading(open("a"), false).what, /engine/)
})

test("the answers to a batch, a row an image", () => {
  assert.deepEqual(answersOf({ logits: [0, 2, 1, 5, 4, 3], classes: 3 }), [1, 0])
})

test("who answers with few bytes is opened before the teacher", () => {
  const { networks } = chosen([], wanted("t", "a", "b"))
  const roles = { t: "teacher", a: "control", b: "student" }
  const given = networks.map(one => ({ ...one, role: roles[one.run_id] }))
  assert.deepEqual(inTurn(given).map(one => one.run_id), ["a", "b", "t"])
  assert.equal(loading(given, true).what, "Opening A")
})
