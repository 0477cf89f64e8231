// What a Worker found, made ready there: the page's thread has only to pass it on.

import { histogram, summary } from "./statistics.js"

/**
 * @param {{samples_ms: number[]}} times as measure() gives them
 * @param {Float32Array} logits of the reference examples, one after the other
 * @param {number} examples how many these are
 * @returns {object} the times to the nanosecond, percentiles, histogram, and the answers in rows
 */
export function findings({ samples_ms, ...times }, logits, examples) {
  return {
    ...times,
    ...summary(samples_ms),
    samples_ms: samples_ms.map(value => Number(value.toFixed(6))),
    histogram: histogram(samples_ms),
    logits: rows(logits, examples),
  }
}

// Of an example with an answer for each position every so-manieth number is compared; as in browser_measurement.py.
const MOST_LOGITS = 1024

/** A row an example; null where a number is not finite, which JSON has no word for. */
export function rows(values, examples) {
  const width = values.length / examples
  const step = Math.ceil(width / MOST_LOGITS)
  const told = value => (Number.isFinite(value) ? value : null)
  const row = start => Array.from({ length: Math.ceil(width / step) }, (_, place) => told(values[start + place * step]))
  return Array.from({ length: examples }, (_, place) => row(place * width))
}
