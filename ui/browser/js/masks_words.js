// What masks show, in sentences.

import { called } from "./breaking.js"
import { percent } from "./probabilities.js"
import { decimal, listed, N_, ngettext, t, together } from "./texts.js"

// Classes with less of a mask are not named.
const SEEN = 0.005

/** "Ground 71 %, Top 20 %": the classes of a mask, the largest first. */
export function contents(shares, classes) {
  const order = shares.map((_, place) => place).sort((a, b) => shares[b] - shares[a] || a - b)
  const there = order.filter(place => shares[place] >= SEEN)
  return listed(there.map(place => t("{label} {share}", { label: classes[place], share: percent(shares[place]) })), "unit")
}

/**
 * How far the others agree with the teacher; of one network alone what it sees.
 * @param {{name: string, role: string, shares: number[], same?: number}[]} given those with a mask; ``same``: the share
 *   of pixels with the teacher's class
 */
export function verdict(given, classes) {
  const named = given.map(one => ({ ...one, ...called(one, given) }))
  const others = named.filter(one => one.same !== undefined)
  if (!given.length) return ""
  if (!others.length) return together(...named.map(one => sees(one, classes)))
  if (others.length === 1) {
    const [{ first, same }] = others
    return t("{name} gives {share} of the pixels the teacher's class.", { name: first, share: percent(same) })
  }
  const order = [...others].sort((a, b) => b.same - a.same)
  const [most, least] = [order[0], order.at(-1)]
  const places = { most: most.first, high: tenths(most.same), least: least.name, low: tenths(least.same) }
  if (places.high === places.low) {
    return ngettext(
      "{count} other network gives {high} of the pixels the teacher's class.",
      "All {count} others give {high} of the pixels the teacher's class.",
      others.length, places,
    )
  }
  return t("{most} agrees with the teacher most, on {high} of the pixels, and {least} least, on {low}.", places)
}

function sees({ first, shares }, classes) {
  return t("{name} sees: {classes}.", { name: first, classes: contents(shares, classes) })
}

/** What the masks are held against. */
export function truthTold({ origin, plain, size }) {
  const { kind, touched, sample, width, height } = origin
  if (plain && kind !== "blank") {
    return t("All of it is one shade: there is nothing to tell apart, and what the networks say of it means nothing.")
  }
  if (kind === "sample") {
    const places = { index: decimal(sample.index) }
    return touched
      ? t("Test scene {index}, drawn over: its true mask is that of before.", places)
      : t("Test scene {index}: its true mask stands beside the networks'.", places)
  }
  const small = kind === "picture" && Math.min(width, height) < size
  return together(
    small && t(SMALL, { pixels: t("{width} × {height}", { width: decimal(width), height: decimal(height) }), size: decimal(size) }),
    t("Nobody drew a true mask of this: the students are held against the teacher."),
  )
}

const SMALL = N_("The picture has {pixels} pixels, and the networks see {size} of a side: it was enlarged.")

/** Of a mask, for who does not see it. */
export function described({ name, shares, same, iou }, classes) {
  const places = { name, classes: contents(shares, classes) }
  return together(
    t("Mask of {name}: {classes}.", places),
    iou !== undefined && t("Mean IoU {iou}.", { iou: tenths(iou) }),
    same !== undefined && t("{share} of the pixels differ from the teacher.", { share: tenths(1 - same) }),
  )
}

/** ``74.6 %``: shares of pixels are many and close to each other. */
export function tenths(share) {
  return Number.isNaN(share) ? "–" : t("{value} %", { value: decimal(100 * share, 1) })
}

// What is drawn, by its id.
export const LOOKS = {
  classes: { title: N_("Classes"), told: N_("The likeliest class of each pixel: the same at every T.") },
  shares: {
    title: N_("Probabilities"),
    told: N_("The colours of all classes, mixed by their probabilities at T = {temperature}: the higher T, the softer the rims."),
  },
  entropy: {
    title: N_("Entropy"),
    told: N_("How uncertain each pixel is at T = {temperature}: 0 bits where one class has it all, {most} bits where all are alike."),
  },
}
