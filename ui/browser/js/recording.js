// A recording as networks hear it: one channel at 8 kHz, without what is quiet at both ends. The same to the last
// sample but one of rounding as distill_core/tasks/sound/recording.py, so that an upload is heard as what is spoken.

import { decimal, short, t } from "./texts.js"

export const RATE_HZ = 8000
export const LONGEST_SECONDS = 3
const SHORTEST_SECONDS = 0.1
const WINDOW = RATE_HZ / 100
const MARGIN = 400
export const FRAMES = 40
const HOP = 200
const LOUD_DB = 30
const SILENT = 1e-3
// scipy's resample_poly: zero crossings of the sinc at each side, and the shape of its Kaiser window.
const CROSSINGS = 10
const BETA = 5

/** The sound is of no use; ``message`` is a sentence that says why and what to do. */
export class Unheard extends Error {}

/**
 * Samples at 8 kHz, low-passed before they are thinned out: an OfflineAudioContext may interpolate in straight lines,
 * which folds what is above 4 kHz into the voice.
 * @param {Float32Array} samples
 * @param {number} rate of the samples, in Hz
 */
export function resampled(samples, rate) {
  const shared = divisor(rate, RATE_HZ)
  const [up, down] = [RATE_HZ / shared, rate / shared]
  if (up === down) return samples
  const filter = lowPass(Math.max(up, down))
  const half = (filter.length - 1) / 2
  const made = new Float32Array(Math.ceil((samples.length * up) / down))
  for (let place = 0; place < made.length; place++) {
    const centre = place * down
    const first = Math.max(0, Math.ceil((centre - half) / up))
    const last = Math.min(samples.length - 1, Math.floor((centre + half) / up))
    let sum = 0
    for (let from = first; from <= last; from++) sum += samples[from] * filter[half + centre - from * up]
    made[place] = sum * up
  }
  return made
}

/** Where what is loud begins and ends, with a margin: within 30 dB of the loudest hundredth of a second. */
export function loud(samples) {
  if (samples.length < SHORTEST_SECONDS * RATE_HZ) {
    const places = { seconds: decimal(samples.length / RATE_HZ, 2), least: short(SHORTEST_SECONDS) }
    throw new Unheard(t("This is {seconds} s long, and a word takes at least {least} s. Record it once more.", places))
  }
  const powers = Array.from({ length: Math.floor(samples.length / WINDOW) }, (_, window) => power(samples, window))
  const loudest = Math.max(...powers)
  if (Math.sqrt(loudest) < SILENT) {
    throw new Unheard(t("Nothing was heard. Speak nearer to the microphone, or choose another one."))
  }
  const isLoud = one => one >= loudest * 10 ** (-LOUD_DB / 10)
  return {
    from: Math.max(0, powers.findIndex(isLoud) * WINDOW - MARGIN),
    to: Math.min(samples.length, (powers.findLastIndex(isLoud) + 1) * WINDOW + MARGIN),
  }
}

/** How many frames the feature graph makes of samples, as distill_core/tasks/sound/mfcc.py has it. */
export function framesOf(samples) {
  return 1 + Math.floor(samples.length / HOP)
}

/** What networks see of what is kept: a longer recording loses both ends to the middle frames. */
export function middle({ from, to }) {
  const lost = Math.max(0, framesOf({ length: to - from }) - FRAMES)
  const start = from + Math.floor(lost / 2) * HOP
  return lost ? { from: start, to: Math.min(to, start + FRAMES * HOP) } : { from, to }
}

function power(samples, window) {
  let sum = 0
  for (let place = window * WINDOW; place < (window + 1) * WINDOW; place++) sum += samples[place] ** 2
  return sum / WINDOW
}

/** A sinc that ends at 1 / ``most`` of half the rate, under a Kaiser window; its sum is 1. */
function lowPass(most) {
  const half = CROSSINGS * most
  const filter = Float64Array.from({ length: 2 * half + 1 }, (_, place) => {
    const turn = (Math.PI * (place - half)) / most
    const window = bessel(BETA * Math.sqrt(1 - ((place - half) / half) ** 2))
    return (turn === 0 ? 1 : Math.sin(turn) / turn) * window
  })
  const sum = filter.reduce((total, one) => total + one, 0)
  return filter.map(one => one / sum)
}

/** The modified Bessel function of order 0, by its series. */
function bessel(x) {
  let [sum, term] = [1, 1]
  for (let order = 1; term > sum * 1e-16; order++) {
    term *= (x / (2 * order)) ** 2
    sum += term
  }
  return sum
}

function divisor(a, b) {
  return b === 0 ? a : divisor(b, a % b)
}
