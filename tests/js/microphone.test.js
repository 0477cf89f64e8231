import assert from "node:assert/strict"
import { test } from "node:test"

import { noMicrophone, oneMicrophone } from "../../ui/browser/js/microphone.js"

/** A browser that asks its visitor: each question is answered by the test. */
function asked(longest = 1) {
  const questions = []
  const open = (hear, lost) => {
    questions.push({ ...Promise.withResolvers(), hear, lost })
    return questions.at(-1).promise
  }
  return { microphone: oneMicrophone(open, longest), questions }
}

const live = () => {
  const found = { rate: 4, closed: 0, close: () => found.closed++ }
  return found
}
const told = () => {
  const seen = { seconds: [], ...Promise.withResolvers() }
  return { begun: seen.resolve, heard: seconds => seen.seconds.push(seconds), seen }
}

test("it takes what is said until it is stopped", async () => {
  const { microphone, questions } = asked(5)
  const news = told()
  const recording = microphone.record(news)
  const found = live()
  questions[0].resolve(found)
  await news.seen.promise
  questions[0].hear(Float32Array.of(1, 2))
  questions[0].hear(Float32Array.of(3))
  microphone.stop()
  assert.deepEqual(await recording, { samples: Float32Array.of(1, 2, 3), rate: 4 })
  assert.deepEqual([news.seen.seconds, found.closed], [[0.5, 0.75], 1])
})

test("it ends by itself", async () => {
  const { microphone, questions } = asked(1)
  const news = told()
  const recording = microphone.record(news)
  questions[0].resolve(live())
  await news.seen.promise
  questions[0].hear(Float32Array.of(1, 2, 3, 4))
  assert.equal((await recording).samples.length, 4)
})

test("one that is allowed after it was forgotten is closed", async () => {
  const { microphone, questions } = asked()
  const recording = microphone.record(told())
  microphone.forget()
  const found = live()
  questions[0].resolve(found)
  assert.deepEqual([await recording, found.closed], [null, 1])
})

test("one that is refused tells why, unless nobody waits for it", async () => {
  const { microphone, questions } = asked()
  const first = microphone.record(told())
  questions[0].reject(new Error("not allowed"))
  await assert.rejects(first, /not allowed/)
  const second = microphone.record(told())
  microphone.forget()
  questions[1].reject(new Error("not allowed"))
  assert.equal(await second, null)
})

test("one that is pulled out ends the recording with a sentence", async () => {
  const { microphone, questions } = asked()
  const news = told()
  const recording = microphone.record(news)
  const found = live()
  questions[0].resolve(found)
  await news.seen.promise
  questions[0].lost(new Error("gone"))
  await assert.rejects(recording, /gone/)
  assert.equal(found.closed, 1)
})

test("a browser without it says so", () => {
  const navigator = { mediaDevices: { getUserMedia() {} } }
  const AudioWorkletNode = class {}
  assert.equal(noMicrophone({ isSecureContext: true, navigator, AudioWorkletNode }), null)
  assert.match(noMicrophone({ isSecureContext: false, navigator, AudioWorkletNode }), /https/)
  assert.match(noMicrophone({ isSecureContext: true, navigator: {}, AudioWorkletNode }), /no microphone/)
  assert.match(noMicrophone({ isSecureContext: true, navigator }), /no microphone/)
})

test("a word ends with some quiet, and quiet before it ends nothing", async () => {
  const { microphone, questions } = asked(100)
  const news = told()
  const recording = microphone.record({ ...news, rest: 1 })
  questions[0].resolve(live())
  await news.seen.promise
  const hear = (level, pieces) => pieces && (questions[0].hear(Float32Array.of(level, -level)), hear(level, pieces - 1))
  hear(0.001, 8)
  hear(0.5, 2)
  hear(0.04, 1)
  hear(0.2, 1)
  hear(0.04, 2)
  assert.equal((await recording).samples.length, 2 * (8 + 2 + 1 + 1 + 2))
})
