import assert from "node:assert/strict"
import { mock, test } from "node:test"

import { decodedBy } from "../../ui/browser/js/decoding.js"
import { Refused } from "../../ui/browser/js/pictures.js"

function asked() {
  const worker = { sent: [], postMessage: message => worker.sent.push(message), terminate: () => (worker.over = true) }
  return { worker, answer: decodedBy(() => worker, { most: 5 }) }
}

test("a Worker decodes a picture, and is ended", async () => {
  const { worker, answer } = asked()
  worker.onmessage({ data: { result: "pixels" } })
  assert.equal(await answer, "pixels")
  assert.deepEqual([worker.sent, worker.over], [[{ most: 5 }], true])
})

test("what the picture lacks is no refusal of the Worker's", async () => {
  const { worker, answer } = asked()
  worker.onmessage({ data: { error: "cut off" } })
  await assert.rejects(answer, error => !(error instanceof Refused) && error.message === "cut off")
})

test("a Worker that dies, is not there, or cannot be read says so", async () => {
  const acts = [
    [worker => worker.onerror({ message: "out of memory" }), /stopped \(out of memory\)\. See that the lab/],
    [worker => worker.onerror({}), /stopped \(it could not be loaded\)/],
    [worker => worker.onmessageerror({}), /stopped \(its answer could not be read\)/],
  ]
  for (const [act, told] of acts) {
    const { worker, answer } = asked()
    act(worker)
    await assert.rejects(answer, error => error instanceof Refused && told.test(error.message))
    assert.equal(worker.over, true)
  }
})

test("a Worker that cannot be started says so", async () => {
  const barred = () => {
    throw new Error("not here")
  }
  const told = /could not start \(not here\)/
  await assert.rejects(decodedBy(barred, {}), error => error instanceof Refused && told.test(error.message))
})

test("a silent Worker is ended after 30 s", async () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { worker, answer } = asked()
  mock.timers.tick(29_999)
  assert.equal(worker.over, undefined)
  mock.timers.tick(1)
  await assert.rejects(answer, /not decoded within 30 s\. Save it smaller/)
  assert.equal(worker.over, true)
  mock.timers.reset()
})
