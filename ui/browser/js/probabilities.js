// From logits to what a visitor reads.

import { nearestRank } from "./statistics.js"

/** Shares of 1 for each class; logits are divided by T first. */
export function softmax(logits, T = 1) {
  const largest = Math.max(...logits)
  const powers = Array.from(logits, logit => Math.exp((logit - largest) / T))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map(power => power / sum)
}

/** The place of the largest number, the first of equals; -1 where one is not a number. */
export function argmax(values) {
  let best = 0
  for (let place = 0; place < values.length; place++) {
    if (Number.isNaN(values[place])) return -1
    if (values[place] > values[best]) best = place
  }
  return values.length ? best : -1
}

/** The classes with the largest mean share over the networks, at most so many, in the task's order. */
export function mostLikely(sharesByNetwork, most) {
  const classes = sharesByNetwork[0]?.length ?? 0
  const means = Array.from({ length: classes }, (_, place) => mean(sharesByNetwork.map(shares => shares[place])))
  const order = means.map((_, place) => place).sort((a, b) => means[b] - means[a] || a - b)
  return order.slice(0, most).sort((a, b) => a - b)
}

function mean(values) {
  return values.reduce((total, value) => total + value, 0) / values.length
}

/** The middle one, by the nearest rank as everywhere in the lab. */
export function median(values) {
  return nearestRank([...values].sort((a, b) => a - b), 50)
}

/** A share as "82 %"; what is neither nothing nor all never reads as if it were. */
export function percent(share) {
  if (Number.isNaN(share)) return "–"
  if (share > 0 && share < 0.005) return "< 1 %"
  if (share < 1 && share >= 0.995) return "> 99 %"
  return `${Math.round(100 * share)} %`
}

/**
 * How far the others agree with the teacher, in a sentence; without a teacher, with each other.
 * @param {{name: string, role: string, answer: number}[]} given the answers so far, a class index each
 */
export function agreement(given, classes) {
  const teacher = given.find(one => one.role === "teacher")
  const others = given.filter(one => one !== teacher)
  if (!teacher) return others.length ? among(others, classes) : ""
  if (!others.length) return `The teacher says ${classes[teacher.answer]}.`
  const same = others.filter(one => one.answer === teacher.answer).length
  return `${howMany(same, others)} the teacher's answer: ${classes[teacher.answer]}.`
}

/** The control is among the others, and no student of the teacher. */
function howMany(same, others) {
  const all = others.length
  if (all === 1) return `The ${others[0].role} ${same ? "gives" : "does not give"}`
  if (same === all) return `All ${all} other networks give`
  return `${same || "None"} of ${all} other networks ${same > 1 ? "give" : "gives"}`
}

function among(others, classes) {
  const answers = new Set(others.map(one => one.answer))
  if (answers.size === 1) return `All say ${classes[others[0].answer]}.`
  return `They give ${answers.size} different answers.`
}

/** What T does to the numbers on the screen. */
export function temperatureTold(T) {
  if (T === 1) return "Probabilities at T = 1: the networks' own."
  const other = T > 1 ? "softer" : "sharper"
  return `Probabilities at T = ${T}: ${other} than the networks' own. The order of the classes is the same at every T.`
}
