import assert from "node:assert/strict"
import { test } from "node:test"

import {
  agreement, argmax, median, mostLikely, percent, softmax, temperatureTold,
} from "../../ui/browser/js/probabilities.js"

const close = (found, wanted) => found.forEach((value, place) => assert.ok(Math.abs(value - wanted[place]) < 1e-12))

test("softmax by hand, at T = 1 and at T = 2", () => {
  close(softmax([Math.log(1), Math.log(3)]), [0.25, 0.75])
  close(softmax([Math.log(1), Math.log(16)], 2), [0.2, 0.8])
})

test("large logits do not overflow", () => {
  close(softmax([1000, 1000]), [0.5, 0.5])
})

test("a high T keeps the order and evens the shares out", () => {
  const cool = softmax([1, 5, 3], 1)
  const warm = softmax([1, 5, 3], 20)
  assert.equal(argmax(cool), argmax(warm))
  assert.ok(Math.max(...warm) < Math.max(...cool))
})

test("the first of equals; nothing where a number is none", () => {
  assert.equal(argmax([2, 7, 7]), 1)
  assert.equal(argmax([NaN, 1]), -1)
  assert.equal(argmax([]), -1)
})

test("the likeliest classes are the same for all networks, in the task's order", () => {
  assert.deepEqual(mostLikely([[0.6, 0.1, 0.3, 0], [0, 0.1, 0.2, 0.7]], 2), [0, 3])
  assert.deepEqual(mostLikely([[0.5, 0.5]], 5), [0, 1])
  assert.deepEqual(mostLikely([], 5), [])
})

test("the median of odd and even, by the nearest rank", () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 2, 3]), 2)
})

test("percent never calls a rest nothing or a part all", () => {
  const read = ["0 %", "< 1 %", "1 %", "82 %", "> 99 %", "100 %", "–"]
  assert.deepEqual([0, 0.004, 0.0051, 0.824, 0.996, 1, NaN].map(percent), read)
})

const one = (role, answer) => ({ role, answer, name: role })
const classes = ["Coat", "Shirt"]

test("agreement counts those who give the teacher's answer", () => {
  const teacher = one("teacher", 0)
  const [same, other] = [one("student", 0), one("control", 1)]
  assert.equal(agreement([teacher, same, other, other], classes), "1 of 3 other networks gives the teacher's answer: Coat.")
  assert.equal(agreement([teacher, same, same, other], classes), "2 of 3 other networks give the teacher's answer: Coat.")
  assert.equal(agreement([teacher, same, same], classes), "All 2 other networks give the teacher's answer: Coat.")
  assert.equal(agreement([teacher, other, other], classes), "None of 2 other networks gives the teacher's answer: Coat.")
  assert.equal(agreement([teacher, other], classes), "The control does not give the teacher's answer: Coat.")
  assert.equal(agreement([teacher], classes), "The teacher says Coat.")
})

test("without a teacher the students are held against each other", () => {
  assert.equal(agreement([one("student", 1), one("student", 1)], classes), "All say Shirt.")
  assert.equal(agreement([one("student", 1), one("student", 0)], classes), "They give 2 different answers.")
  assert.equal(agreement([], classes), "")
})

test("what T does is said", () => {
  assert.match(temperatureTold(1), /the networks' own/)
  assert.match(temperatureTold(4), /T = 4: softer/)
  assert.match(temperatureTold(0.5), /T = 0.5: sharper/)
})
