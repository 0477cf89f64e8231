// The drawing canvas: mouse, touch and pen, and a brush that the keyboard moves. It reports strokes and draws nothing
// of its own but what it is shown.

import { element } from "./elements.js"
import { toRGBA } from "./image.js"
import { N_, t } from "./texts.js"

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const FAR = 4
const ERASER_BUTTON = 32
const LABEL = N_(
  "Drawing canvas. Arrow keys move the brush by one pixel of the network, with Shift by four. Space puts the brush " +
  "down and lifts it. Control Z takes a step back.",
)

/**
 * @param {object} told
 * @param {() => void} told.begin a stroke begins
 * @param {(from: object, to: object, pen: {pressure: number, eraser: boolean}, time: number) => void} told.paint
 * @param {(text: string) => void} told.say what a screen reader says
 */
export function canvasView({ begin, paint, say }) {
  const named = { role: "application", "aria-roledescription": t("drawing"), "aria-label": t(LABEL) }
  const canvas = element("canvas", { tabIndex: 0, ...named })
  const brush = element("div", { class: "brush" })
  const hint = element("p", { class: "hint", "aria-hidden": "true" }, t("Draw here"))
  const box = element("div", { class: "stage" }, canvas, hint, brush)
  const context = canvas.getContext("2d")
  const cursor = { x: 0, y: 0, down: false, step: 1, radius: 1 }
  let stroke = null

  function place({ clientX, clientY }) {
    const { left, top, width, height } = canvas.getBoundingClientRect()
    return { x: ((clientX - left) / width) * canvas.width, y: ((clientY - top) / height) * canvas.height }
  }

  function draw(event) {
    const pressure = event.pointerType === "pen" ? event.pressure : 0
    const pen = { pressure, eraser: (event.buttons & ERASER_BUTTON) > 0 }
    const to = place(event)
    paint(stroke.last, to, pen, event.timeStamp)
    stroke.last = to
  }

  canvas.onpointerdown = event => {
    if (stroke || (event.pointerType === "mouse" && event.button !== 0)) return
    canvas.setPointerCapture(event.pointerId)
    lift()
    begin()
    stroke = { id: event.pointerId, last: place(event) }
    draw(event)
  }
  canvas.onpointermove = event => {
    if (stroke?.id !== event.pointerId) return
    const steps = event.getCoalescedEvents?.() ?? []
    for (const step of steps.length ? steps : [event]) draw(step)
  }
  canvas.onpointerup = canvas.onpointercancel = canvas.onlostpointercapture = event => {
    if (stroke?.id === event.pointerId) stroke = null
  }

  function move(dx, dy, time) {
    const from = { x: cursor.x, y: cursor.y }
    cursor.x = Math.min(Math.max(cursor.x + dx * cursor.step, 0), canvas.width)
    cursor.y = Math.min(Math.max(cursor.y + dy * cursor.step, 0), canvas.height)
    showBrush()
    if (cursor.down) paint(from, { x: cursor.x, y: cursor.y }, { pressure: 0, eraser: false }, time)
  }

  function lift() {
    if (cursor.down) say(t("Brush lifted."))
    stroke = null
    cursor.down = false
    showBrush()
  }

  function toggle(time) {
    if (cursor.down) return lift()
    begin()
    cursor.down = true
    say(t("Brush down."))
    move(0, 0, time)
  }

  canvas.onkeydown = event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const [dx, dy] = KEYS[event.key] ?? []
    const far = event.shiftKey ? FAR : 1
    if (dx !== undefined) move(dx * far, dy * far, event.timeStamp)
    else if (event.key === " " || event.key === "Enter") toggle(event.timeStamp)
    else if (event.key === "Escape") lift()
    else return
    event.preventDefault()
  }
  canvas.onblur = lift

  function showBrush() {
    brush.style.left = `${(100 * cursor.x) / canvas.width}%`
    brush.style.top = `${(100 * cursor.y) / canvas.height}%`
    brush.style.width = `${(200 * cursor.radius) / canvas.width}%`
    brush.classList.toggle("down", cursor.down)
  }

  return {
    box,
    /** End the stroke, with whatever it is drawn. */
    lift,
    /** All of it, or what changed (``part`` as from brush.js). */
    show(image, part) {
      if (canvas.width !== image.width) {
        Object.assign(canvas, { width: image.width, height: image.height })
        Object.assign(cursor, { x: image.width / 2, y: image.height / 2 })
        showBrush()
      }
      const { left, top, width, height } = part ?? { left: 0, top: 0, ...image }
      context.putImageData(new ImageData(toRGBA(cut(image, left, top, width, height)), width, height), left, top)
    },
    setBrush({ radius, step }) {
      Object.assign(cursor, { radius, step })
      showBrush()
    },
    setBlank: blank => (hint.hidden = !blank),
  }
}

function cut({ width: full, channels, values }, left, top, width, height) {
  const rows = Array.from({ length: height }, (_, row) => {
    const start = ((top + row) * full + left) * channels
    return values.subarray(start, start + width * channels)
  })
  const part = new Uint8ClampedArray(width * height * channels)
  rows.forEach((row, place) => part.set(row, place * width * channels))
  return { width, height, channels, values: part }
}
