// Questions to a knowledge graph, as the server reads them.

import assert from "node:assert/strict"
import { test } from "node:test"

import { about, answers, example, firsts, kept, placeOf, similar, surest, unpacked } from "../../ui/browser/js/facts.js"

// 3 entities, 2 relations: head, relation, tail. Two facts of training, one of validation, one of the test.
const PACKED = Buffer.from([0, 0, 1, 0, 0, 2, 2, 1, 1, 1, 0, 2]).toString("base64")
const FACTS = unpacked(PACKED)
const COUNTS = [2, 1, 1]
const SIZES = { entities: 3, relations: 2 }

test("a question is an entity, and a relation behind all entities, backwards behind all relations", () => {
  assert.deepEqual([...example({ entity: 2, relation: 1, turned: false }, SIZES)], [2n, 4n])
  assert.deepEqual([...example({ entity: 2, relation: 1, turned: true }, SIZES)], [2n, 6n])
})

test("known answers come with the part of their fact, from both ends", () => {
  assert.deepEqual([...answers(FACTS, COUNTS, { entity: 0, relation: 0, turned: false })], [[1, 0], [2, 0]])
  assert.deepEqual([...answers(FACTS, COUNTS, { entity: 2, relation: 0, turned: true })], [[0, 0], [1, 2]])
  assert.deepEqual([...answers(FACTS, COUNTS, { entity: 1, relation: 1, turned: true })], [[2, 1]])
  assert.equal(answers(FACTS, COUNTS, { entity: 0, relation: 1, turned: false }).size, 0)
})

test("an entity has each relation, and each backwards", () => {
  assert.deepEqual(about(1, 2).map(one => [one.relation, one.turned]), [[0, false], [1, false], [0, true], [1, true]])
})

test("names are found whatever their case and spaces, and similar ones are offered", () => {
  const names = ["disease or syndrome", "organism", "organism function", "age group"]
  assert.equal(placeOf("  Disease_or  Syndrome ", names), 0)
  assert.equal(placeOf("", names), -1)
  assert.equal(placeOf("illness", names), -1)
  assert.deepEqual(similar("organ", names), ["organism", "organism function"])
  assert.deepEqual(similar("function of an organism", names), ["organism", "organism function"])
  assert.deepEqual(similar("zzz", names), [])
  assert.deepEqual(similar("  ", names), [])
})

test("what a student lost are known answers that stand among the teacher's first and not among its own", () => {
  const known = new Map([[0, 0], [2, 2]])
  assert.deepEqual(firsts([0.2, 0.5, 0.3], 2), [1, 2])
  assert.deepEqual(kept([0.6, 0.3, 0.1], [0.4, 0.1, 0.5], known, 2), { held: 1, lost: [2] })
  assert.deepEqual(kept([0.4, 0.1, 0.5], null, known, 2), { held: 2, lost: [] })
})

test("of all relations the pairs come that networks are surest of, on the mean", () => {
  const one = [[0.9, 0.1], [0.5, 0.5]]
  const other = [[0.1, 0.9], [0.2, 0.8]]
  assert.deepEqual(surest([one, other], 1), [{ question: 1, place: 1, mean: 0.65, shares: [0.5, 0.8] }])
  assert.deepEqual(surest([], 3), [])
})
