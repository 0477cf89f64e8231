// How numbers read, as in ui/words.py.

export const NOTHING = "–"

/** ``0.031 ms``, ``0.31 ms``, ``4.2 ms`` or ``120 ms``. */
export function milliseconds(value) {
  const digits = value < 0.0995 ? 3 : value < 0.995 ? 2 : value < 99.95 ? 1 : 0
  return `${value.toFixed(digits)} ms`
}

/** ``306 kB`` or ``1.2 MB`` (1 kB is 1,000 bytes). */
export function size(bytes) {
  for (const [unit, factor] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) {
    if (bytes >= 0.9995 * factor) return `${(bytes / factor).toFixed(bytes >= 99.95 * factor ? 0 : 1)} ${unit}`
  }
  return `${Math.round(bytes)} B`
}

/** ``under 1 s``, ``35 s`` or ``1 min 20 s``. */
export function duration(seconds) {
  const whole = Math.round(seconds)
  if (whole < 1) return "under 1 s"
  if (whole < 60) return `${whole} s`
  return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`
}

/** A duration that is a guess, in steps that do not flicker: ``about 35 s``. */
export function about(seconds) {
  const step = seconds < 10 ? 1 : seconds < 120 ? 5 : 30
  return `about ${duration(Math.max(1, Math.ceil(seconds / step) * step))}`
}

/** What is left, as the pages say it: never that nothing is. */
export function left(seconds) {
  return seconds < 5 ? "a few seconds left" : `${about(seconds)} left`
}

/** Images a second with two digits that count: ``3,200``, ``57`` or ``2.3``. */
export function rate(perSecond) {
  if (perSecond < 9.95) return perSecond.toFixed(1)
  return String(Number(perSecond.toPrecision(2))).replace(/\B(?=(\d{3})+$)/g, ",")
}

/** A clock's step: ``5 µs`` or ``0.1 ms``. */
export function step(ms) {
  if (!ms) return "unknown"
  return ms < 0.095 ? `${Number((1000 * ms).toPrecision(2))} µs` : `${Number(ms.toPrecision(2))} ms`
}

export function plural(number, word) {
  return `${number} ${word}${number === 1 ? "" : "s"}`
}
