import assert from "node:assert/strict"
import { test } from "node:test"

import { breaking, called, separating, spread, told } from "../../ui/browser/js/breaking.js"

const kind = { name: "rotation", most: 90, step: 5, amount: value => `${value}°` }
const network = (name, at, holds) => ({ name, first: name.replace(/^the/, "The"), at, holds })
const teacher = network("the teacher", 60, 55)
const control = network("the control", 20, 15)
const firm = network("KD", null, 90)

test("a network breaks where its answer first is another one", () => {
  assert.deepEqual(breaking([0, 5, 10, 15], [3, 3, 7, 3]), { at: 10, holds: 5, to: 7 })
  assert.deepEqual(breaking([0, 5, 10], [3, 3, 3]), { at: null, holds: 10, to: null })
})

test("the sentence names who breaks first and who holds longest", () => {
  assert.equal(told(kind, [teacher, control]), "The control changes its answer first, at 20°. The teacher holds to 55°.")
  assert.equal(told(kind, [teacher, control, firm]), "The control changes its answer first, at 20°. KD holds to the end.")
  assert.equal(
    told(kind, [control, { ...control, name: "wild" }, teacher]),
    "The control and wild change their answers first, at 20°. The teacher holds to 55°.",
  )
})

test("nobody, everybody, and one alone", () => {
  assert.equal(told(kind, [firm, { ...firm, name: "b" }]), "Nobody changes the answer up to 90°.")
  assert.equal(told(kind, [firm]), "It holds to the end, 90°.")
  assert.equal(told(kind, [control, { ...control, name: "b" }]), "All 2 change their answer at 20°.")
  assert.equal(told(kind, [control]), "It changes its answer at 20°.")
})

test("the kind that separates most, and where", () => {
  const blur = { ...kind, name: "blur", most: 3, step: 0.25 }
  const results = [
    { kind, found: [teacher, control] },
    { kind: blur, found: [network("the teacher", null, 3), network("the control", 0.5, 0.25)] },
  ]
  assert.ok(Math.abs(spread(kind, results[0].found) - 40 / 90) < 1e-12)
  assert.deepEqual(separating(results), { kind: blur, at: 0.5 })
})

test("nothing separates where all break together or nobody does", () => {
  assert.equal(separating([{ kind, found: [control, control] }, { kind, found: [firm, firm] }]), null)
  assert.equal(separating([]), null)
})

test("teacher and control are called so, students by their names", () => {
  const networks = [{ name: "ResNet-20", role: "teacher" }, { name: "control", role: "control" }, { name: "KD", role: "student" }]
  assert.deepEqual(networks.map(one => called(one, networks).name), ["the teacher", "the control", "KD"])
  const two = [{ name: "control", role: "control" }, { name: "control 2", role: "control" }]
  assert.deepEqual(two.map(one => called(one, two).first), ["control", "control 2"])
})
