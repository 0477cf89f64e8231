// From logits to what a visitor reads.

import { nearestRank } from "./statistics.js"
import { decimal, N_, ngettext, short, t, together } from "./texts.js"

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
  return Number.isNaN(share) ? "–" : t("{value} %", { value: inPercent(share) })
}

/** ``percent`` without its unit. */
export function inPercent(share) {
  if (share > 0 && share < 0.005) return "< 1"
  if (share < 1 && share >= 0.995) return "> 99"
  return decimal(Math.round(100 * share))
}

/**
 * How far the others agree with the teacher, in a sentence; without a teacher, with each other.
 * @param {{name: string, role: string, answer: number}[]} given the answers so far, a class index each
 */
export function agreement(given, classes) {
  const teacher = given.find(one => one.role === "teacher")
  const others = given.filter(one => one !== teacher)
  if (!teacher) return others.length ? among(others, classes) : ""
  const label = classes[teacher.answer]
  if (!others.length) return t("The teacher says {label}.", { label })
  const same = others.filter(one => one.answer === teacher.answer).length
  if (others.length === 1) return t(ALONE[others[0].role === "control" ? "control" : "student"][same], { label })
  return howMany(same, others.length, label)
}

// Of one network beside the teacher: it gives another answer, or the teacher's.
const ALONE = {
  student: [
    N_("The student does not give the teacher's answer: {label}."),
    N_("The student gives the teacher's answer: {label}."),
  ],
  control: [
    N_("The control does not give the teacher's answer: {label}."),
    N_("The control gives the teacher's answer: {label}."),
  ],
}

/** The control is among the others, and no student of the teacher. */
function howMany(same, all, label) {
  const places = { label, all: decimal(all) }
  if (same === all) return t("All {all} other networks give the teacher's answer: {label}.", places)
  if (!same) return t("None of {all} other networks gives the teacher's answer: {label}.", places)
  return ngettext(
    "{count} of {all} other networks gives the teacher's answer: {label}.",
    "{count} of {all} other networks give the teacher's answer: {label}.",
    same, places,
  )
}

function among(others, classes) {
  const answers = new Set(others.map(one => one.answer))
  if (answers.size === 1) return t("All say {label}.", { label: classes[others[0].answer] })
  return ngettext("They give {count} answer.", "They give {count} different answers.", answers.size)
}

/** What T does to the numbers on the screen. */
export function temperatureTold(T) {
  const places = { temperature: short(T) }
  if (T === 1) return t("Probabilities at T = 1: the networks' own.")
  return together(
    T > 1
      ? t("Probabilities at T = {temperature}: softer than the networks' own.", places)
      : t("Probabilities at T = {temperature}: sharper than the networks' own.", places),
    t("The order of the classes is the same at every T."),
  )
}
