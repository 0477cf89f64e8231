// What a Worker found, made ready there: the page's thread has only to pass it on.

import { histogram, summary } from "./statistics.js"

/**
 * @param {{samples_ms: number[]}} times as measure() gives them
 * @param {{logits: Float32Array, classes: number}} answered
 * @returns {object} the times to the nanosecond, percentiles, histogram, and the answers in rows
 */
export function findings({ samples_ms, ...times }, { logits, classes }) {
  return {
    ...times,
    ...summary(samples_ms),
    samples_ms: samples_ms.map(value => Number(value.toFixed(6))),
    histogram: histogram(samples_ms),
    logits: rows(logits, classes),
  }
}

/** A row an image; null where a number is not finite, which JSON has no word for. */
export function rows(values, classes) {
  const all = Array.from(values, value => (Number.isFinite(value) ? value : null))
  return Array.from({ length: all.length / classes }, (_, row) => all.slice(row * classes, (row + 1) * classes))
}
