// How numbers read, as in ui/words.py.

import { N_, decimal, ngettext, short, t } from "./texts.js"

export const NOTHING = "–"

/** ``0.031 ms``, ``0.31 ms``, ``4.2 ms`` or ``120 ms``. */
export function milliseconds(value) {
  const digits = value < 0.0995 ? 3 : value < 0.995 ? 2 : value < 99.95 ? 1 : 0
  return `${decimal(value, digits)} ms`
}

/** ``306 kB`` or ``1.2 MB`` (1 kB is 1,000 bytes). */
export function size(bytes) {
  for (const [unit, factor] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) {
    if (bytes >= 0.9995 * factor) return `${decimal(bytes / factor, bytes >= 99.95 * factor ? 0 : 1)} ${unit}`
  }
  return `${decimal(bytes)} B`
}

/** ``35 s``, ``1 min 20 s`` or ``2 min``. */
export function duration(seconds) {
  const whole = Math.round(seconds)
  const [minutes, rest] = [decimal(Math.floor(whole / 60)), decimal(whole % 60)]
  if (whole < 60) return t("{seconds} s", { seconds: rest })
  return whole % 60 ? t("{minutes} min {seconds} s", { minutes, seconds: rest }) : t("{minutes} min", { minutes })
}

/** A duration that is a guess, in steps that do not flicker: ``about 35 s``. */
export function about(seconds) {
  return t("about {time}", { time: duration(stepped(seconds)) })
}

/** What is left, as the pages say it: never that nothing is. */
export function left(seconds) {
  return seconds < 5 ? t("a few seconds left") : t("about {time} left", { time: duration(stepped(seconds)) })
}

function stepped(seconds) {
  const step = seconds < 10 ? 1 : seconds < 120 ? 5 : 30
  return Math.max(1, Math.ceil(seconds / step) * step)
}

// By the kind of example of a task.
const RATES = {
  image: N_("{rate} images/s"),
  scene: N_("{rate} scenes/s"),
  sound: N_("{rate} recordings/s"),
  text: N_("{rate} texts/s"),
  question: N_("{rate} questions/s"),
  row: N_("{rate} rows/s"),
}

/** Examples a second with two digits that count: ``3,200 images/s``, ``57 rows/s`` or ``2.3 images/s``. */
export function rate(perSecond, kind) {
  const two = Number(perSecond.toPrecision(2))
  const told = perSecond < 9.95 ? decimal(perSecond, 1) : decimal(two, 0, { grouped: true })
  return t(RATES[kind] ?? RATES.image, { rate: told })
}

/** A clock's step: ``5 µs`` or ``0.1 ms``. */
export function step(ms) {
  if (!ms) return t("unknown")
  return ms < 0.095 ? `${short(1000 * ms, 2)} µs` : `${short(ms, 2)} ms`
}

export function cores(count) {
  return ngettext("{count} core", "{count} cores", count)
}
