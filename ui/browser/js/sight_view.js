// What the networks see, and every step from what was drawn or brought to it.

import { element, write } from "./elements.js"
import { toRGBA } from "./image.js"
import { between } from "./pictures.js"

/** @param {{invert: (to: boolean) => void}} told the visitor wants a picture the other way round */
export function sightView({ invert }) {
  const seen = element("canvas", { class: "seen", role: "img" })
  const title = element("h3")
  const numbers = element("p", { class: "small" })
  const steps = element("ol", { class: "steps", "aria-label": "Preparation" })
  const section = { class: "sight", "aria-label": "What the networks see" }
  const box = element("section", section, title, seen, element("div", {}, numbers, steps))
  let shown = null

  /** @param {object} sight {image, tensor, origin, drift: words, task: {size_px, mean, std}} */
  return {
    box,
    show({ image, tensor, origin, drift, task }) {
      put(seen, image)
      const size = `${task.size_px} × ${task.size_px}`
      write(title, `The networks see ${size}`)
      seen.setAttribute("aria-label", `The image as the networks see it, ${size} pixels${drift ? `, ${drift}` : ""}`)
      write(numbers, scaled(task, tensor))
      const stamp = `${origin.kind} ${origin.touched} ${drift} ${size}`
      if (shown?.stamp === stamp && shown.prepared === origin.prepared) return
      const { prepared } = origin
      const { channels } = image
      // Worked out once for a picture: a drift's slider shows it again at every movement.
      const kept = shown !== null && shown.prepared === prepared
      const middle = kept ? shown.middle : prepared && between(prepared, channels)
      shown = { stamp, prepared, middle }
      steps.replaceChildren(...preparation({ origin, middle, drift, size, channels, invert }))
    },
  }
}

function preparation({ origin, middle, drift, size, channels, invert }) {
  const first = origin.kind === "picture" ? brought(origin, middle, channels, invert) : [step(BEFORE[origin.kind])]
  const over = origin.touched && origin.kind !== "blank" && step("drawn over")
  const averaged = step(`${size} by averaging the pixels of each square`)
  return [...first, over, averaged, drift && step(`drifted: ${drift}`)].filter(Boolean)
}

const BEFORE = {
  blank: "drawn bright on black, as the task's images are",
  sample: "a test image: its own pixels, unchanged",
}

function brought({ prepared, width, height }, { plain, lit }, channels, invert) {
  const whole = `${width.toLocaleString("en")} × ${height.toLocaleString("en")}`
  const switched = () => invert(turned.checked)
  const turned = element("input", { type: "checkbox", checked: prepared.inverted, onchange: switched })
  const label = element("label", {}, turned, "inverted")
  const why = prepared.automatic ? `its border is ${prepared.inverted ? "bright" : "dark"}` : "as you chose"
  return [
    step(`the middle square of ${whole}`, prepared.square),
    channels === 1 && step("grey", plain),
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
  return `(x / 255 − ${row(mean)}) / ${row(std)}: ${signed(least)} to ${signed(most)}`
}

function row(values) {
  return values.length > 1 ? `[${values.join(", ")}]` : String(values[0])
}

function signed(value) {
  return value.toFixed(2).replace("-", "−")
}
