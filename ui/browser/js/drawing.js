// A drawing with its past: every step can be taken back, clearing and placing an image too.
// Origins tell where the picture came from: {kind: "blank" | "sample" | "picture", touched, ...}.

import { blank } from "./image.js"

const MOST_STEPS = 40

/**
 * An even square, black unless it has another ground. Sides are a whole number of the task's pixels, so that each of
 * them is the mean of a whole block.
 */
export function emptyDrawing(side, channels, ground = 0) {
  return { now: nothing(side, channels, ground), past: [], future: [] }
}

/** Before a stroke: from here on ``now.image`` may be painted on. */
export function begun(drawing) {
  const { image, origin } = drawing.now
  return next(drawing, { image: copied(image), origin: { ...origin, touched: true } })
}

/** Another image. The sample that a page begins with is no step: there is nothing to take back. */
export function placed(drawing, image, origin) {
  const { now, past, future } = drawing
  const fresh = !past.length && !future.length && now.origin.kind === "blank" && !now.origin.touched
  return fresh && origin.kind === "sample" ? replaced(drawing, image, origin) : next(drawing, { image, origin: { ...origin, touched: false } })
}

/** The same step once more with another image: a switch of its preparation is no step of its own. */
export function replaced(drawing, image, origin) {
  return { ...drawing, now: { image, origin: { ...origin, touched: false } } }
}

export function cleared(drawing, ground = 0) {
  const { image } = drawing.now
  return next(drawing, nothing(image.width, image.channels, ground))
}

export function undone(drawing) {
  if (!drawing.past.length) return drawing
  const past = drawing.past.slice(0, -1)
  return { now: drawing.past.at(-1), past, future: [drawing.now, ...drawing.future] }
}

export function redone(drawing) {
  if (!drawing.future.length) return drawing
  const [now, ...future] = drawing.future
  return { now, past: [...drawing.past, drawing.now], future }
}

/** Nothing was drawn, or all of it was wiped out; ``small`` is the image in any size. */
export function isBlank({ now }, small, ground = 0) {
  return now.origin.kind === "blank" && small.values.every(value => value === ground)
}

function nothing(side, channels, ground) {
  const image = blank(side, side, channels, Uint8ClampedArray)
  image.values.fill(ground)
  return { image, origin: { kind: "blank", touched: false } }
}

function next({ now, past }, after) {
  return { now: after, past: [...past, now].slice(-MOST_STEPS), future: [] }
}

function copied(image) {
  return { ...image, values: image.values.slice() }
}

/** How many pixels a side of the drawing has for a task of so many: about 560, and whole blocks. */
export function sideFor(sizePx) {
  return sizePx * Math.max(1, Math.round(560 / sizePx))
}
