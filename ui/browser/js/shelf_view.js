// Test images to choose from: buttons, so that a keyboard and a screen reader find them.

import { button, element, icon } from "./elements.js"
import { decimal, N_, t } from "./texts.js"

const IMAGES = { title: N_("Test images"), others: N_("Other images") }

/**
 * @param {object} told
 * @param {(sample: object) => void} told.pick
 * @param {() => void} told.others
 * @param {() => void} [told.another] one that is not among these
 * @param {{title: string, others: string, another?: string}} [told.words]
 * @param {(sample: object, classes: string[]) => string} [told.name]
 */
export function shelfView({ pick, others, another, words = IMAGES, name = called }) {
  const shelf = element("div", { class: "shelf", role: "group", "aria-label": t(words.title) })
  const next = labelled("navigate_next", t(words.others), others)
  const one = another && labelled("shuffle", t(words.another), another)
  const buttons = element("div", { class: "row" }, one, next)
  const head = element("div", { class: "row" }, element("h3", {}, t(words.title)), buttons)
  const box = element("section", { class: "samples" }, head, shelf)
  let shown = null
  return {
    box,
    show(samples, classes, chosen) {
      // Python's data are new at each of its runs, mostly with the same images: the buttons then stay.
      if (samples !== shown && String(samples.map(one => one.src)) !== String(shown?.map(one => one.src))) {
        shelf.replaceChildren(...samples.map(sample => thumbnail(sample, name(sample, classes), pick)))
      }
      shown = samples
      for (const one of shelf.children) one.setAttribute("aria-pressed", String(Number(one.value) === chosen))
    },
  }
}

function called({ label, index }, classes) {
  return t("{label}, test image {index}", { label: classes[label], index: decimal(index) })
}

function labelled(sign, text, onclick) {
  const made = button("", onclick)
  made.append(icon(sign), text)
  return made
}

function thumbnail(sample, words, pick) {
  const image = element("img", { src: sample.src, alt: words })
  return element("button", { type: "button", value: sample.index, title: words, onclick: () => pick(sample) }, image)
}
