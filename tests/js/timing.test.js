import assert from "node:assert/strict"
import { test } from "node:test"

import { clockStep, measure, runsPerSample, watch } from "../../ui/browser/js/timing.js"

/** A clock that moves only while a network runs: ``took(n)`` ms for its run number n, from 0. */
function scene(took) {
  let now = 0
  let runs = 0
  return {
    clock: () => now,
    call: async () => {
      now += took(runs)
      runs += 1
    },
    pass: ms => {
      now += ms
    },
    runs: () => runs,
  }
}

test("first run apart, 20 warm-up runs, then 200 for the record", async () => {
  const { clock, call, runs } = scene(run => (run === 0 ? 500 : run <= 20 ? 30 : 12))
  const times = await measure(call, { clock })
  assert.equal(times.first_ms, 500)
  assert.equal(times.warmup_runs, 20)
  assert.equal(times.runs_per_sample, 1)
  assert.deepEqual(times.samples_ms, new Array(200).fill(12))
  assert.equal(runs(), 221)
})

test("until two seconds where 200 runs take less", async () => {
  const { clock, call } = scene(() => 4)
  const times = await measure(call, { clock })
  assert.equal(times.warmup_runs, 50, "0.2 s of warm-up")
  assert.equal(times.samples_ms.length, 500, "2 s of timing")
})

test("a network under a millisecond is timed in batches of about 20 ms, a sample being the mean of one", async () => {
  const { clock, call, runs } = scene(() => 0.25)
  const times = await measure(call, { clock })
  assert.equal(times.runs_per_sample, 80)
  assert.equal(times.samples_ms.length, 100, "2 s in samples of 20 ms")
  assert.ok(times.samples_ms.every(sample => sample === 0.25))
  assert.equal(runs(), 1 + times.warmup_runs + 8000)
})

test("slow runs at the start of warm-up do not hide that a network is quick", async () => {
  const { clock, call } = scene(run => (run < 10 ? 15 : 0.5))
  assert.equal((await measure(call, { clock })).runs_per_sample, 40)
})

test("a warm-up that other work slowed does not leave runs that the clock cannot tell", async () => {
  const { clock, call } = scene(run => (run < 150 ? 3 : 0.03))
  const times = await measure(call, { clock: () => Math.floor(10 * clock()) / 10, clockMs: 0.1 })
  assert.ok(times.runs_per_sample > 100)
  assert.ok(times.samples_ms.every(sample => sample > 0.02))
})

test("nor does other work that goes on while some runs come through between two steps of the clock", async () => {
  const { clock, call } = scene(run => (run < 900 && run % 10 ? 3 : 0.03))
  const times = await measure(call, { clock: () => Math.floor(10 * clock()) / 10, clockMs: 0.1 })
  assert.ok(times.runs_per_sample > 100)
  assert.ok(times.samples_ms.every(sample => sample > 0))
})

test("a coarse clock needs longer samples", () => {
  assert.equal(runsPerSample(0.5, 0.005), 40)
  assert.equal(runsPerSample(5, 0.005), 1)
  assert.equal(runsPerSample(5, 1), 20, "steps of 1 ms are a fifth of a run of 5 ms")
  assert.equal(runsPerSample(0, 1), 100_000, "never endless")
})

test("a network that takes seconds gets fewer runs, and at least 20", async () => {
  const slow = await measure(...protocol(() => 1000))
  assert.deepEqual([slow.warmup_runs, slow.samples_ms.length], [5, 30])
  const slower = await measure(...protocol(() => 4000))
  assert.deepEqual([slower.warmup_runs, slower.samples_ms.length], [3, 20])
})

function protocol(took) {
  const { clock, call } = scene(took)
  return [call, { clock }]
}

test("no more than 5,000 samples, as many as the server takes", async () => {
  const times = await measure(...protocol(run => (run < 60 ? 10 : 0.01)))
  assert.equal(times.samples_ms.length, 5000)
})

test("what the gate does is not timed, and it hears how far the work is", async () => {
  const { clock, call, pass } = scene(() => 10)
  const heard = []
  const times = await measure(call, {
    clock,
    gate: async state => {
      pass(1000)
      heard.push(state)
    },
  })
  assert.ok(times.samples_ms.every(sample => sample === 10))
  assert.deepEqual(heard[0], { phase: "first", fraction: 0 })
  assert.deepEqual(heard[1], { phase: "warm-up", fraction: 0 })
  assert.deepEqual(heard.at(-1), { phase: "timing", fraction: 0.995 })
})

test("a gate that throws ends the work between two runs", async () => {
  const { clock, call, runs } = scene(() => 10)
  const gate = ({ phase, fraction }) => {
    if (phase === "timing" && fraction >= 0.5) throw new Error("stopped")
  }
  await assert.rejects(measure(call, { clock, gate }), /stopped/)
  assert.equal(runs(), 121)
})

test("a run that fails ends the measurement with its own error", async () => {
  await assert.rejects(measure(async () => Promise.reject(new Error("lost device"))), /lost device/)
})

test("the clock's step is the smallest that it makes", () => {
  const readings = [0, 0, 0.1, 0.1, 0.1, 0.2, 0.2, 0.4, 0.4, 0.5, 0.5]
  let place = 0
  assert.equal(clockStep(() => readings[Math.min(place++, readings.length - 1)], 3), 0.1)
})

test("a clock that stands still has no step", () => {
  assert.equal(clockStep(() => 7, 1), 0)
})

/** A clock of which something else takes ``share`` in turns of 3 ms, read every 0.01 ms. */
function shared(share, turn = 3) {
  let worked = 0
  return () => {
    worked += 0.01
    return worked + Math.floor(worked / turn) * (turn / (1 - share) - turn)
  }
}

function lost(clock, samples, took) {
  const looks = watch(0.005, clock)
  for (let sample = 0; sample < samples; sample++) looks.after(took)
  return looks.lost()
}

test("what had the processor in between is seen, though every sample is as long as the other", () => {
  const half = lost(shared(0.5), 100, 20)
  assert.ok(half > 0.4 && half < 0.6, String(half))
  assert.equal(lost(shared(0), 100, 20), 0)
})

test("a look of too short a time tells nothing, and a coarse step is no hole", () => {
  assert.equal(lost(shared(0.5), 10, 20), null)
  const fine = shared(0)
  const looks = watch(1, () => Math.floor(fine()))
  for (let sample = 0; sample < 100; sample++) looks.after(20)
  assert.equal(looks.lost(), 0)
})

test("the look comes between the samples that count, a twentieth of their time", async () => {
  const seen = []
  const { clock, call } = scene(() => 12)
  const look = () => ({ after: took => seen.push(took), lost: () => 0.25 })
  const times = await measure(call, { clock, look })
  assert.deepEqual([times.lost, seen.length, seen[0]], [0.25, 200, 12])
  assert.equal((await measure(...protocol(() => 12))).lost, null)
})
