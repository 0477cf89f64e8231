// What the networks see, and every step from what was drawn or brought to it.

import { element, write } from "./elements.js"
import { toRGBA } from "./image.js"
import { between } from "./pictures.js"
import { decimal, N_, short, t } from "./texts.js"

/** @param {{invert: (to: boolean) => void}} told the visitor wants a picture the other way round */
export function sightView({ invert }) {
  const seen = element("canvas", { class: "seen", role: "img" })
  const title = element("h3")
  const numbers = element("p", { class: "small" })
  const steps = element("ol", { class: "steps", "aria-label": t("Preparation") })
  const section = { class: "sight", "aria-label": t("What the networks see") }
  const box = element("section", section, title, seen, element("div", {}, numbers, steps))
  let shown = null

  /** @param {object} sight {image, tensor, origin, drift: words, task: {size_px, mean, std}} */
  return {
    box,
    show({ image, tensor, origin, drift, task }) {
      put(seen, image)
      const size = `${task.size_px} × ${task.size_px}`
      write(title, t("The networks see {size}", { size }))
      const label = drift ? N_("The image as the networks see it, {size} pixels, {drift}") : N_("The image as the networks see it, {size} pixels")
      seen.setAttribute("aria-label", t(label, { size, drift }))
      write(numbers, scaled(task, tensor))
      const stamp = `${origin.kind} ${origin.touched} ${drift} ${size}`
      if (shown?.stamp === stamp && shown.prepared === origin.prepared) return
      const { prepared } = origin
      const { channels } = image
      // Worked out once for a picture: a drift's slider shows it again at every movement.
      const kept = shown !== null && shown.prepared === prepared
      const middle = kept ? shown.middle : prepared && between(prepared, channels)
      shown = { stamp, prepared, middle }
      steps.replaceChildren(...preparation({ origin, middle, drift, size, task, invert }))
    },
  }
}

function preparation({ origin, middle, drift, size, task, invert }) {
  const before = task.ground === undefined ? BEFORE : ON_GROUND
  const first = origin.kind === "picture" ? brought(origin, middle, task, invert) : [step(t(before[origin.kind]))]
  const over = origin.touched && origin.kind !== "blank" && step(t("drawn over"))
  const averaged = step(t("{size} by averaging the pixels of each square", { size }))
  return [...first, over, averaged, drift && step(t("drifted: {drift}", { drift }))].filter(Boolean)
}

const BEFORE = {
  blank: N_("drawn bright on black, as the task's images are"),
  sample: N_("a test image: its own pixels, unchanged"),
}
const ON_GROUND = {
  blank: N_("drawn on grey, the mean of all scenes"),
  sample: N_("a test scene: its own pixels, unchanged"),
}

function brought({ prepared, width, height }, { plain, lit }, { channels, ground }, invert) {
  const [across, down] = [width, height].map(side => decimal(side, 0, { grouped: true }))
  const switched = () => invert(turned.checked)
  const turned = element("input", { type: "checkbox", checked: prepared.inverted, onchange: switched })
  const label = element("label", {}, turned, t("inverted"))
  const seen = prepared.inverted ? t("its border is bright") : t("its border is dark")
  const came = ground === undefined ? seen : t("left as it came")
  const why = prepared.automatic ? came : t("as you chose")
  return [
    step(t("the middle square of {size}", { size: `${across} × ${down}` }), prepared.square),
    channels === 1 && step(t("grey"), plain),
    step(label, lit, element("span", { class: "small" }, why)),
  ]
}

function step(words, image, more) {
  const picture = image && put(element("canvas", { "aria-hidden": "true" }), image)
  return element("li", {}, picture, element("span", {}, words, more))
}

function put(canvas, image) {
  const { width, height } = image
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  canvas.getContext("2d").putImageData(new ImageData(toRGBA(image), width, height), 0, 0)
  return canvas
}

/** "(x / 255 − 0.286) / 0.353: from −0.81 to 2.02", a pair of numbers a channel. */
function scaled({ mean, std }, tensor) {
  let [least, most] = [Infinity, -Infinity]
  for (const value of tensor) {
    if (value < least) least = value
    if (value > most) most = value
  }
  const places = { mean: row(mean), std: row(std), least: signed(least), most: signed(most) }
  return t("(x / 255 − {mean}) / {std}: {least} to {most}", places)
}

function row(values) {
  const written = values.map(value => short(value))
  return written.length > 1 ? `[${written.join(", ")}]` : written[0]
}

function signed(value) {
  return decimal(value, 2).replace("-", "−")
}
