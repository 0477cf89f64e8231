import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"

import { asking, Ended } from "../../ui/browser/js/asking.js"

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }))
afterEach(() => mock.timers.reset())

function opened(makeWorker) {
  const worker = { sent: [], postMessage: message => worker.sent.push(message), terminate: () => (worker.over = true) }
  const told = { answers: [], steps: [], ends: [] }
  const lane = asking({
    makeWorker: makeWorker ?? (() => worker),
    onAnswers: (answers, stamp) => told.answers.push([answers, stamp]),
    onStep: step => told.steps.push(step),
    onEnd: message => told.ends.push(message),
  })
  const reply = (result, error) => worker.onmessage({ data: { id: worker.sent.at(-1).id, result, error } })
  return { worker, told, lane, reply }
}

test("one message at a time, and of images only the newest waits", () => {
  const { worker, told, lane, reply } = opened()
  for (const number of [1, 2, 3]) lane.ask([number], [1], number)
  assert.deepEqual(worker.sent.map(({ input }) => input), [[1]])
  reply("first")
  assert.deepEqual(worker.sent.map(({ input }) => input), [[1], [3]])
  reply("third")
  assert.deepEqual(told.answers, [["first", 1], ["third", 3]])
})

test("a question goes before what has still to be opened", () => {
  const { worker, told, lane, reply } = opened()
  lane.start({ engine: "/engine/" })
  lane.open({ runId: "a" })
  lane.open({ runId: "b" })
  reply({ threads: 1 })
  lane.ask([1], [1], 1)
  reply({ bytes: 5 })
  assert.deepEqual(worker.sent.map(message => message.kind), ["start", "open", "ask"])
  reply([])
  assert.equal(worker.sent.at(-1).runId, "b")
  assert.deepEqual(told.steps.map(({ kind, runId }) => [kind, runId]), [["start", undefined], ["open", "a"]])
})

test("a network that is gone is told, and the next one is opened", () => {
  const { worker, told, lane } = opened()
  lane.open({ runId: "a" })
  lane.open({ runId: "b" })
  worker.onmessage({ data: { id: 1, error: "no run 'a'", gone: true } })
  assert.deepEqual(told.steps, [{ kind: "open", runId: "a", error: "no run 'a'", gone: true }])
  assert.equal(worker.sent.at(-1).runId, "b")
})

test("a scan is answered, and is not forgotten for newer images", async () => {
  const { worker, lane, reply } = opened()
  lane.ask([1], [1], 1)
  const scan = lane.scan([7, 8], [1], 2)
  lane.ask([2], [1], 2)
  reply([])
  reply([])
  assert.equal(worker.sent.at(-1).count, 2)
  reply(["found"])
  assert.deepEqual(await scan, ["found"])
})

test("a Worker that dies is told once, and a scan that waits fails", async () => {
  const { worker, told, lane } = opened()
  const scan = lane.scan([7], [1], 1)
  worker.onerror({ message: "out of memory" })
  worker.onerror({ message: "again" })
  await assert.rejects(scan, /out of memory/)
  assert.deepEqual(told.ends, ["out of memory"])
  assert.equal(worker.over, true)
  lane.ask([1], [1], 1)
  assert.equal(worker.sent.length, 1)
})

test("silence is taken for the end of a Worker: at an answer, a start, an opening and a closing", () => {
  const silences = [
    [lane => lane.ask([1], [1], 1), 20, "it gave no answer within 20 s"],
    [lane => lane.start({}), 180, "the engine did not start within 180 s"],
    [lane => lane.open({ runId: "a" }), 60, "a network did not open within 60 s"],
    [lane => lane.close("a"), 20, "it gave no answer within 20 s"],
  ]
  for (const [act, seconds, said] of silences) {
    const { worker, told, lane } = opened()
    act(lane)
    mock.timers.tick(1000 * seconds - 1)
    assert.deepEqual(told.ends, [])
    mock.timers.tick(1)
    assert.deepEqual([told.ends, worker.over], [[said], true])
  }
})

test("patience begins anew with each message, and ends with the answer", () => {
  const { told, lane, reply } = opened()
  lane.start({})
  lane.open({ runId: "a" })
  mock.timers.tick(179_000)
  reply({})
  mock.timers.tick(59_000)
  reply({})
  mock.timers.tick(600_000)
  assert.deepEqual(told.ends, [])
})

test("a Worker that dies while it starts is told, and a scan that waits fails", async () => {
  const { worker, told, lane } = opened()
  lane.start({})
  const scan = lane.scan([7], [1], 1)
  worker.onerror({})
  await assert.rejects(scan, /could not be loaded/)
  assert.deepEqual([told.ends, told.steps, worker.over], [["it could not be loaded"], [], true])
})

test("a Worker that cannot be made is told once its lane is there, unless that was ended before", async () => {
  const barred = () => {
    throw new Error("not here")
  }
  const { told, lane } = opened(barred)
  lane.start({})
  const other = opened(barred)
  other.lane.end()
  assert.deepEqual(told.ends, [])
  await null
  assert.deepEqual([told.ends, other.told.ends], [["not here"], []])
})

test("after it was ended on purpose nothing is told", () => {
  const { worker, told, lane } = opened()
  lane.ask([1], [1], 1)
  lane.end()
  worker.onmessage({ data: { id: 1, result: [] } })
  assert.deepEqual([told.answers, told.ends, worker.over], [[], [], true])
})

test("scans that fly or wait fail where it is ended on purpose, and that is no end to tell", async () => {
  const { told, lane } = opened()
  const failures = []
  for (const number of [7, 8]) lane.scan([number], [1], 1).catch(error => failures.push(error.message))
  lane.end()
  await null
  assert.deepEqual([failures, told.ends], [["it was closed", "it was closed"], []])
})

test("features wait for the engine, and go before what has still to be opened after it", async () => {
  const { worker, lane, reply } = opened()
  lane.start({ engine: "/engine/" })
  const first = lane.features("/features.onnx", [1])
  reply({ threads: 1 })
  assert.deepEqual(worker.sent.map(message => message.kind), ["start", "features"])
  lane.open({ runId: "a" })
  lane.open({ runId: "b" })
  const second = lane.features("/features.onnx", [2])
  reply("first")
  assert.equal(await first, "first")
  assert.deepEqual(worker.sent.at(-1), { id: 3, kind: "features", address: "/features.onnx", samples: [2] })
  reply("second")
  assert.equal(await second, "second")
})

test("whoever waits for features hears that the Worker ended", async () => {
  const { lane } = opened()
  lane.start({ engine: "/engine/" })
  const features = lane.features("/features.onnx", [1])
  lane.end()
  await assert.rejects(features, Ended)
})
