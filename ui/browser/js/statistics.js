// What a set of times says: percentiles by the nearest rank, as the server computes them, and a histogram.

/** The smallest of the ascending values that ``percent`` (1 to 100) of them do not exceed. */
export function nearestRank(ascending, percent) {
  if (!ascending.length || !(percent >= 1 && percent <= 100)) {
    throw new RangeError(`a percentile: expected 1 to 100 % of 1 or more values, got ${percent} % of ${ascending.length}`)
  }
  return ascending[Math.ceil((percent * ascending.length) / 100) - 1]
}

export function summary(samples_ms) {
  const ascending = Float64Array.from(samples_ms).sort()
  const total = ascending.reduce((sum, value) => sum + value, 0)
  return {
    p50_ms: nearestRank(ascending, 50),
    p90_ms: nearestRank(ascending, 90),
    p95_ms: nearestRank(ascending, 95),
    p99_ms: nearestRank(ascending, 99),
    mean_ms: total / ascending.length,
  }
}

/**
 * How many values fall into each of so many bins of one width, from the least to the 99th percentile; the few slower
 * ones are counted in the last bin, since one of them would press all others into the first.
 * @returns {{from: number, to: number, counts: number[]}}
 */
export function histogram(samples, bins = 16) {
  const ascending = Float64Array.from(samples).sort()
  const from = ascending[0]
  const to = nearestRank(ascending, 99)
  const counts = new Array(bins).fill(0)
  for (const value of ascending) {
    const place = to > from ? Math.floor(((value - from) / (to - from)) * bins) : 0
    counts[Math.min(place, bins - 1)] += 1
  }
  return { from, to, counts }
}
