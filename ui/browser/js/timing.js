// How long one run takes, by the protocol of the server's own measurements (distill_core/export/latency.py): the first
// run apart, warm-up apart, then until both the runs and the time are reached. Only time inside a run counts.

import { summary } from "./statistics.js"

const WARM_UP = { runs: 20, ms: 200, mostMs: 5000, fewest: 3 }
const RECORD = { runs: 200, ms: 2000, mostMs: 30_000, fewest: 20 }
// Below this a clock's step is too large a part of one run: runs are timed together until a sample lasts long enough.
const FAST_MS = 1
const SAMPLE_MS = 20
const FAST_STEPS = 10
const SAMPLE_STEPS = 100
const MOST_SAMPLES = 5000
const MOST_TOGETHER = 100_000
const MOST_READINGS = 5_000_000
// So much of the time is the clock looked at between samples, some milliseconds at once, and that much in all tells
// something. Where it stands still for longer than an interrupt, something else had the thread's processor.
const LOOK = { share: 0.05, leastMs: 1, mostMs: 20, tellsMs: 40 }
const INTERRUPT_MS = 0.3

/**
 * @param {() => Promise<unknown>} call one run
 * @param {object} options
 * @param {() => number} options.clock milliseconds
 * @param {number} options.clockMs the clock's smallest step
 * @param {(state: {phase: "first" | "warm-up" | "timing", fraction: number}) => unknown} options.gate called between
 *   samples, untimed and awaited; it may throw to end the work
 * @param {() => {after: (took: number) => void, lost: () => number | null}} options.look what looks at the clock
 *   between the samples that count
 * @returns {Promise<{first_ms: number, warmup_runs: number, runs_per_sample: number, samples_ms: number[],
 *   lost: number | null}>}
 *   samples_ms: of one run each; where runs_per_sample is more than 1, the mean of so many in a row. lost: the share of
 *   the time in which something else had the processor, null where nobody looked
 */
export async function measure(
  call,
  { clock = () => performance.now(), clockMs = 0, gate = () => {}, look = unwatched } = {},
) {
  let looks = { after: () => {} }
  const part = (phase, limits, together = 1) => {
    looks = phase === "timing" ? look() : looks
    return repeated(call, { phase, limits, together, clock, gate, after: looks.after })
  }
  const [first_ms] = await part("first", { runs: 1, ms: 0 })
  const warmUp = await part("warm-up", WARM_UP)
  let runs_per_sample = runsPerSample(settled(warmUp), clockMs)
  let samples_ms = await part("timing", RECORD, runs_per_sample)
  // A run in which the clock made no step took less than one, however slow other work made the others.
  const run_ms = Math.min(...samples_ms) > 0 ? settled(samples_ms) : Math.min(settled(samples_ms), clockMs)
  if (runs_per_sample === 1 && run_ms < FAST_STEPS * clockMs) {
    // Other work slowed the warm-up: a run by itself is quicker than the clock can tell.
    runs_per_sample = runsPerSample(run_ms, clockMs)
    samples_ms = await part("timing", RECORD, runs_per_sample)
  }
  return { first_ms, warmup_runs: warmUp.length, runs_per_sample, samples_ms, lost: looks.lost() }
}

/** How many runs are timed together, from what one took in warm-up: 1 where the clock can time it alone. */
export function runsPerSample(runMs, clockMs = 0) {
  if (runMs >= Math.max(FAST_MS, FAST_STEPS * clockMs)) return 1
  const wanted = Math.max(SAMPLE_MS, SAMPLE_STEPS * clockMs)
  return Math.min(Math.ceil(wanted / runMs), MOST_TOGETHER)
}

/** The smallest step that the clock makes, in its unit: the best of a few. 0 where it does not move at all. */
export function clockStep(clock = () => performance.now(), changes = 20) {
  let smallest = Infinity
  for (let change = 0; change < changes; change++) {
    const before = clock()
    let after = before
    for (let reading = 0; after === before && reading < MOST_READINGS; reading++) after = clock()
    if (after === before) return 0
    smallest = Math.min(smallest, after - before)
  }
  return Number(smallest.toPrecision(3))
}

function unwatched() {
  return { after: () => {}, lost: () => null }
}

/**
 * Looks at the clock between samples: the means of many runs hide what held up a few of them, and runs that are longer
 * than a system's turns are all held up alike.
 */
export function watch(clockMs = 0, clock = () => performance.now()) {
  let [owed, looked, lost] = [0, 0, 0]
  const longest = INTERRUPT_MS + 2 * clockMs
  return {
    after(took) {
      owed = Math.min(owed + LOOK.share * took, LOOK.mostMs)
      if (owed < LOOK.leastMs) return
      const began = clock()
      let last = began
      let missed = 0
      for (let reading = 0; last - began - missed < owed && reading < MOST_READINGS; reading++) {
        const now = clock()
        if (now - last > longest) missed += now - last
        last = now
      }
      looked += last - began
      lost += missed
      owed = 0
    },
    lost: () => (looked - lost >= LOOK.tellsMs ? lost / looked : null),
  }
}

async function repeated(call, { phase, limits, together, clock, gate, after }) {
  const taken = []
  let total = 0
  for (;;) {
    const fraction = reached(limits, taken.length, taken.length * together, total)
    if (fraction >= 1) return taken
    await gate({ phase, fraction })
    const started = clock()
    for (let run = 0; run < together; run++) await call()
    const took = Math.max(0, clock() - started)
    taken.push(took / together)
    total += took
    after(took)
  }
}

/** How much is done, 1 where it is enough. A network that needs seconds for one run gets fewer of them. */
function reached({ runs, ms, mostMs = Infinity, fewest = runs }, samples, done, total) {
  if (samples >= MOST_SAMPLES) return 1
  const full = Math.min(done / runs, ms ? total / ms : 1)
  const shortened = Math.min(done / fewest, total / mostMs)
  return Math.max(full, shortened)
}

/** What a run takes at the end of warm-up: the engine's first runs are slower. A coarse clock may see 0 in most. */
function settled(warmUp) {
  const late = warmUp.slice(Math.floor(warmUp.length / 2))
  const { p50_ms, mean_ms } = summary(late)
  return p50_ms || mean_ms
}
