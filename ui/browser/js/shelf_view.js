// Test images to choose from: buttons, so that a keyboard and a screen reader find them.

import { button, element, icon } from "./elements.js"
import { decimal, t } from "./texts.js"

/** @param {{pick: (sample: object) => void, others: () => void}} told */
export function shelfView({ pick, others }) {
  const shelf = element("div", { class: "shelf", role: "group", "aria-label": t("Test images") })
  const next = button("", others)
  next.append(icon("navigate_next"), t("Other images"))
  const head = element("div", { class: "row" }, element("h3", {}, t("Test images")), next)
  const box = element("section", { class: "samples" }, head, shelf)
  let shown = null
  return {
    box,
    show(samples, classes, chosen) {
      // Python's data are new at each of its runs, mostly with the same images: the buttons then stay.
      if (samples !== shown && String(samples.map(one => one.src)) !== String(shown?.map(one => one.src))) {
        shelf.replaceChildren(...samples.map(sample => thumbnail(sample, classes, pick)))
      }
      shown = samples
      for (const one of shelf.children) one.setAttribute("aria-pressed", String(Number(one.value) === chosen))
    },
  }
}

function thumbnail(sample, classes, pick) {
  const words = t("{label}, test image {index}", { label: classes[sample.label], index: decimal(sample.index) })
  const image = element("img", { src: sample.src, alt: words })
  return element("button", { type: "button", value: sample.index, title: words, onclick: () => pick(sample) }, image)
}
