import assert from "node:assert/strict"
import { test } from "node:test"

import { oneCamera } from "../../ui/browser/js/camera.js"

/** A browser that asks its visitor: each question is answered by the test. */
function asked() {
  const questions = []
  const open = () => {
    questions.push(Promise.withResolvers())
    return questions.at(-1).promise
  }
  return { camera: oneCamera(open), questions }
}

const live = playing => {
  const found = { stopped: 0, playing, shoot: most => ({ width: most }), stop: () => found.stopped++ }
  return found
}

test("it shows, takes a photograph, and is stopped when it is closed", async () => {
  const { camera, questions } = asked()
  const opening = camera.open()
  assert.equal(camera.on, false)
  const found = live()
  questions[0].resolve(found)
  assert.equal(await opening, true)
  assert.equal(camera.on, true)
  assert.deepEqual(camera.shoot(5), { width: 5 })
  camera.close()
  camera.close()
  assert.deepEqual([camera.on, found.stopped], [false, 1])
})

test("one that is allowed after the page was left does not go on", async () => {
  const { camera, questions } = asked()
  const opening = camera.open()
  camera.close()
  const found = live()
  questions[0].resolve(found)
  assert.equal(await opening, false)
  assert.deepEqual([camera.on, found.stopped], [false, 1])
})

test("of two that were asked for the first is stopped, in whatever order they come", async () => {
  for (const order of [[0, 1], [1, 0]]) {
    const { camera, questions } = asked()
    const openings = [camera.open(), camera.open()]
    const found = [live(), live()]
    for (const place of order) questions[place].resolve(found[place])
    assert.deepEqual(await Promise.all(openings), [false, true])
    assert.deepEqual(found.map(one => one.stopped), [1, 0])
    camera.close()
    assert.deepEqual(found.map(one => one.stopped), [1, 1])
  }
})

test("one that never begins to play can be closed", async () => {
  const { camera, questions } = asked()
  const played = Promise.withResolvers()
  const found = live(played.promise)
  const opening = camera.open()
  questions[0].resolve(found)
  await questions[0].promise
  camera.close()
  played.resolve()
  assert.equal(await opening, false)
  assert.equal(found.stopped, 1)
})

test("a refusal is told to whom it concerns", async () => {
  const { camera, questions } = asked()
  const first = camera.open()
  const second = camera.open()
  questions[0].reject(new Error("not allowed"))
  assert.equal(await first, false)
  questions[1].reject(new Error("not allowed"))
  await assert.rejects(second, /not allowed/)
})
