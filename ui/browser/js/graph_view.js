// The graph around an entity, once for each network: the same answers in the same order, a line as strong as the
// probability that the network gives to it, whole where the fact is known and dashed where it is not.

import { element } from "./elements.js"
import { percent } from "./probabilities.js"
import { decimal, listed, N_, ngettext, t, together } from "./texts.js"

const SVG = "http://www.w3.org/2000/svg"
const [WIDTH, ROW, TOP, LEFT, RIGHT] = [360, 26, 16, 12, 116]
const LETTERS = 40
const THICK = 9

export const EXPLAINED = N_(
  "Each line leads to an answer and is as strong as its probability: whole where the fact is known, dashed where it is " +
  "not.",
)

/**
 * One network's picture with what it lost.
 * @param {{name: string, mark: string, colour: string}} network
 * @param {string} centre the entity
 * @param {{name: string, share: number, known: boolean}[]} ends
 * @param {string} told below the picture
 */
export function fan({ name, mark, colour }, centre, ends, told) {
  const heading = element("span", { class: "name" }, element("img", { src: mark, alt: "", width: 12, height: 12 }), name)
  const said = listed(ends.map(end => t("{name} {share}", { name: end.name, share: percent(end.share) })), "unit")
  const height = 2 * TOP + ROW * Math.max(1, ends.length - 1)
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": `${centre}: ${said}` })
  const middle = height / 2
  ends.forEach((end, place) => picture.append(...line(end, TOP + ROW * place, middle, colour)))
  picture.append(svg("circle", { cx: LEFT, cy: middle, r: 6, fill: "currentColor" }))
  return element("figure", { class: "fan" }, element("figcaption", {}, heading), picture, element("p", { class: "small" }, told))
}

function line({ name, share, known }, y, middle, colour) {
  const width = Math.max(0.75, THICK * Math.sqrt(share))
  const bend = (LEFT + RIGHT) / 2
  const path = svg("path", {
    d: `M${LEFT},${middle} C${bend},${middle} ${bend},${y} ${RIGHT},${y}`,
    fill: "none",
    stroke: colour,
    "stroke-width": width.toFixed(2),
    "stroke-opacity": (0.25 + 0.75 * share).toFixed(2),
    ...(known ? {} : { "stroke-dasharray": `${(2 + width).toFixed(1)} ${(2 + width).toFixed(1)}` }),
  })
  const label = svg("text", { x: RIGHT + 6, y: y + 4, fill: "currentColor", "font-size": 12 })
  label.textContent = name.length > LETTERS ? `${name.slice(0, LETTERS - 1)}…` : name
  const title = svg("title", {})
  title.textContent = `${name}: ${percent(share)}`
  label.append(title)
  return [path, label]
}

/** How many of the known answers a network holds among its first, and which of the teacher's it does not. */
export function lostTold({ held, lost }, { known, most, classes }) {
  if (!known) return ""
  const count = { known: decimal(known), most: decimal(most) }
  return together(
    ngettext(
      "{count} of {known} known answers is among its first {most}.",
      "{count} of {known} known answers are among its first {most}.",
      held, count,
    ),
    lost.length > 0 && t("Lost against the teacher: {names}.", { names: listed(lost.map(place => classes[place])) }),
  )
}

function svg(tag, attributes) {
  const made = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}
