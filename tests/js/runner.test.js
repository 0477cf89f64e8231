import assert from "node:assert/strict"
import { test } from "node:test"

import { run } from "../../ui/browser/js/runner.js"
import { dies, fails, FOUND, opens, plan, ports, server, workshop } from "./workshop.js"

const states = job => job.items.map(one => one.state)

test("items one after the other, in one Worker, each told to the server", async () => {
  const [shop, lab] = [workshop(), server()]
  const job = run(plan("aaaaaaaa", "bbbbbbbb"), ports(shop, lab))
  assert.deepEqual(await job.finished, { measured: 2, failed: 0, stopped: 0, unsent: 0, disturbed: 0 })
  assert.equal(shop.workers.length, 1)
  assert.equal(shop.workers[0].ended, true)
  assert.deepEqual(lab.kept.map(one => [one.run_id, one.threads, one.logits]), [
    ["aaaaaaaa", 1, [[1, 2], [3, 4]]],
    ["bbbbbbbb", 1, [[1, 2], [3, 4]]],
  ])
  assert.equal(job.items[0].result.agrees, true)
  assert.equal(job.items[0].result.p95_ms, 3)
  assert.equal(shop.workers[0].asked[1].model, "http://lab/models/aaaaaaaa/float32.onnx")
})

test("a fresh Worker for each number of threads; what cannot run has none", async () => {
  const [shop, lab] = [workshop(), server()]
  const job = run({ ...plan("aaaaaaaa"), backends: ["wasm-1", "wasm-n", "webgpu"] }, ports(shop, lab))
  assert.deepEqual(await job.finished, { measured: 2, failed: 0, stopped: 0, unsent: 0, disturbed: 0 })
  assert.deepEqual(shop.workers.map(worker => worker.asked[0].threads), [1, 2])
  assert.deepEqual(states(job), ["measured", "measured", "skipped"])
  assert.deepEqual(lab.kept.map(one => one.threads), [1, 2])
})

test("threads that did not come are told, not measured as one thread again", async () => {
  const [shop, lab] = [workshop({ open: opens(1) }), server()]
  const job = run({ ...plan("aaaaaaaa"), backends: ["wasm-1", "wasm-n"] }, ports(shop, lab))
  await job.finished
  assert.deepEqual(states(job), ["measured", "failed"])
  assert.match(job.items[1].reason, /one thread only/)
  assert.equal(lab.kept.length, 1)
})

test("reference images are asked for once for a run and its precision", async () => {
  const [shop, lab] = [workshop(), server()]
  await run({ ...plan("aaaaaaaa"), batches: [1, 8], backends: ["wasm-1", "wasm-n"] }, ports(shop, lab)).finished
  assert.equal(lab.asked.filter(path => path === "/reference/aaaaaaaa/float32").length, 1)
})

test("a Worker that dies takes one item with it; the next has a fresh one", async () => {
  const [shop, lab] = [workshop({ bbbbbbbb: dies }), server()]
  const job = run(plan("aaaaaaaa", "bbbbbbbb", "cccccccc"), ports(shop, lab))
  assert.deepEqual(await job.finished, { measured: 2, failed: 1, stopped: 0, unsent: 0, disturbed: 0 })
  assert.match(job.items[1].reason, /The browser ended the work on bbbbbbbb\. Uncaught Error\./)
  assert.deepEqual(shop.workers.map(worker => worker.ended), [true, true])
})

test("a message that cannot be read is said as such", async () => {
  const [shop, lab] = [workshop({ aaaaaaaa: worker => worker.onmessageerror({}) }), server()]
  const job = run(plan("aaaaaaaa"), ports(shop, lab))
  await job.finished
  assert.match(job.items[0].reason, /could not be read/)
})

test("a Worker that falls silent is ended after its patience, counted in ticks", async () => {
  const ticks = []
  const timers = { every: tick => ticks.push(tick), never: () => {} }
  const reached = Promise.withResolvers()
  const act = worker => {
    worker.tell({ type: "news", phase: "timing", fraction: 0.5 })
    reached.resolve()
  }
  const shop = workshop({ aaaaaaaa: act })
  const job = run(plan("aaaaaaaa", "bbbbbbbb"), ports(shop, server(), { timers }))
  await reached.promise
  for (let second = 0; second < 19; second++) ticks.at(-1)()
  assert.equal(job.items[0].state, "timing")
  ticks.at(-1)()
  await job.finished
  assert.deepEqual(states(job), ["failed", "measured"])
  assert.match(job.items[0].reason, /for 20 s/)
  assert.deepEqual([shop.workers.length, shop.workers[0].ended], [2, true])
})

test("an engine that does not start fails its backend once, and the next backend goes on", async () => {
  let opened = 0
  const open = (worker, message) => (opened++ ? opens(message.threads)(worker) : fails("start", "no wasm")(worker))
  const [shop, lab] = [workshop({ open }), server()]
  const job = run({ ...plan("aaaaaaaa", "bbbbbbbb"), backends: ["wasm-1", "wasm-n"] }, ports(shop, lab))
  await job.finished
  assert.deepEqual(states(job), ["failed", "failed", "measured", "measured"])
  assert.match(job.items[1].reason, /The engine could not start\. no wasm\./)
  assert.equal(shop.workers.length, 2)
})

test("a network deleted meanwhile is said so, and its Worker goes on with the next", async () => {
  const gone = () => ({ ok: false, status: 404, json: async () => ({ error: "no run named 'aaaaaaaa'" }) })
  const lab = server({ refuse: path => (path === "/reference/aaaaaaaa/float32" ? gone : null) })
  const shop = workshop({ bbbbbbbb: fails("gone", "no run named 'bbbbbbbb'") })
  const job = run(plan("aaaaaaaa", "bbbbbbbb", "cccccccc"), ports(shop, lab))
  await job.finished
  assert.deepEqual(states(job), ["failed", "failed", "measured"])
  assert.match(job.items[0].reason, /aaaaaaaa is no longer on the server/)
  assert.equal(shop.workers.length, 1)
})

test("a file that is no network, or too large for the memory, ends with its Worker", async () => {
  const shop = workshop({ aaaaaaaa: fails("engine", "ERROR_CODE: 7, protobuf"), bbbbbbbb: fails("engine", "bad_alloc") })
  const job = run(plan("aaaaaaaa", "bbbbbbbb", "cccccccc"), ports(shop, server()))
  await job.finished
  assert.deepEqual(states(job), ["failed", "failed", "measured"])
  assert.match(job.items[0].reason, /damaged/)
  assert.match(job.items[1].reason, /too little memory/)
  assert.equal(shop.workers.length, 3)
})

test("a server that is gone: the measurement stays, and can be told again", async () => {
  let there = false
  const down = () => Promise.reject(new TypeError("Failed to fetch"))
  const lab = server({ refuse: path => (path === "/measurements" && !there ? down : null) })
  const job = run(plan("aaaaaaaa", "bbbbbbbb"), ports(workshop(), lab))
  assert.deepEqual(await job.finished, { measured: 2, failed: 0, stopped: 0, unsent: 2, disturbed: 0 })
  assert.equal(job.items[0].result.p50_ms, 2, "its own numbers are shown")
  assert.equal(job.items[0].unsent, "The server does not answer.")
  assert.equal(await job.sendAgain(), 2)
  there = true
  assert.equal(await job.sendAgain(), 0)
  assert.deepEqual(lab.kept.map(one => one.run_id), ["aaaaaaaa", "bbbbbbbb"])
  assert.equal(job.items[1].unsent, null)
  assert.equal(job.items[1].result.agrees, true)
})

test("what was not taken during the run is told at its end", async () => {
  let posts = 0
  const down = () => Promise.reject(new TypeError("Failed to fetch"))
  const lab = server({ refuse: path => (path === "/measurements" && ++posts <= 3 ? down : null) })
  const job = run(plan("aaaaaaaa", "bbbbbbbb"), ports(workshop(), lab))
  assert.deepEqual(await job.finished, { measured: 2, failed: 0, stopped: 0, unsent: 0, disturbed: 0 })
  assert.deepEqual(lab.kept.map(one => one.run_id), ["bbbbbbbb", "aaaaaaaa"])
})

test("asked twice to tell again, what was told meanwhile is not told as nothing", async () => {
  const down = () => Promise.reject(new TypeError("Failed to fetch"))
  const held = Promise.withResolvers()
  const bodies = []
  let there = false
  const lab = server({ refuse: path => (path === "/measurements" && !there ? down : null) })
  const fetch = async (address, options) => {
    if (there) bodies.push(options.body)
    if (bodies.length === 2) await held.promise
    return lab.fetch(address, options)
  }
  const job = run(plan("aaaaaaaa", "bbbbbbbb"), ports(workshop(), { fetch }))
  await job.finished
  there = true
  const [first, second] = [job.sendAgain(), job.sendAgain()]
  assert.equal(await first, 0)
  held.resolve()
  assert.equal(await second, 0)
  assert.deepEqual(bodies.map(body => JSON.parse(body)?.run_id), ["aaaaaaaa", "aaaaaaaa", "bbbbbbbb"])
})

test("a stop does not wait for a silent server; what it did not take can be told later", async () => {
  const posts = []
  const reached = Promise.withResolvers()
  const [lab, silent] = [server(), Promise.withResolvers()]
  const fetch = (address, options) => {
    if (options.method !== "POST" || posts.length) return lab.fetch(address, options)
    posts.push(options)
    options.signal.onabort = () => silent.reject(options.signal.reason)
    reached.resolve()
    return silent.promise
  }
  const job = run(plan("aaaaaaaa", "bbbbbbbb"), ports(workshop(), { fetch }))
  await reached.promise
  job.stop()
  assert.equal(posts[0].signal.aborted, true)
  assert.deepEqual(await job.finished, { measured: 1, failed: 0, stopped: 1, unsent: 1, disturbed: 0 })
  assert.equal(job.items[0].unsent, "Stopped before the server answered.")
  assert.deepEqual(lab.kept, [])
  assert.equal(await job.sendAgain(), 0)
  assert.deepEqual(lab.kept.map(one => one.run_id), ["aaaaaaaa"])
})

test("what the server refuses is not told again", async () => {
  const no = () => ({ ok: false, status: 422, json: async () => ({ error: "no cookie" }) })
  const job = run(plan("aaaaaaaa"), ports(workshop(), server({ refuse: path => (path === "/measurements" ? no : null) })))
  assert.equal((await job.finished).unsent, 1)
  assert.deepEqual([job.items[0].unsent, job.items[0].body], ["no cookie", null])
})

test("stop ends the Worker within a run; what was measured stays", async () => {
  const reached = Promise.withResolvers()
  const shop = workshop({ bbbbbbbb: () => reached.resolve() })
  const job = run(plan("aaaaaaaa", "bbbbbbbb", "cccccccc"), ports(shop, server()))
  await reached.promise
  job.stop()
  job.stop()
  assert.deepEqual(await job.finished, { measured: 1, failed: 0, stopped: 2, unsent: 0, disturbed: 0 })
  assert.deepEqual(states(job), ["measured", "stopped", "stopped"])
  assert.equal(shop.workers[0].ended, true)
})

test("every change is told, and a skipped item is none", async () => {
  const seen = []
  const act = worker => {
    worker.tell({ type: "news", phase: "first" })
    worker.tell({ type: "news", phase: "timing", fraction: 0.5 })
    worker.tell(FOUND)
  }
  const job = run(
    plan("aaaaaaaa"),
    ports(workshop({ aaaaaaaa: act }), server(), { onState: one => seen.push([one.state, one.fraction]) }),
  )
  await job.finished
  assert.deepEqual([...new Set(seen.map(([state]) => state))], ["engine", "loading", "first", "timing", "checking", "measured"])
  assert.deepEqual(seen.find(([state]) => state === "timing"), ["timing", 0.5])
})
