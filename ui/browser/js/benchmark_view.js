// The benchmark's frame: what the page has, the buttons, how far it is, the rows, and what went wrong.

import { boardView } from "./board_view.js"
import { STYLE } from "./benchmark_style.js"
import { chipsView, notesView } from "./chips_view.js"
import { button, element, keepingFocus, write } from "./elements.js"
import { about } from "./format.js"
import { decimal, listed, t } from "./texts.js"
import { RUN } from "./trouble.js"

export function benchmarkView(root, { onRun, onStop, onAgain }) {
  const board = boardView()
  const chips = element("ul", { class: "chips", "aria-label": t("What this page has") })
  const notes = element("ul", { class: "notes" })
  const runButton = button(t(RUN), onRun, { class: "primary", disabled: true })
  const stopButton = button(t("Stop"), onStop, { disabled: true })
  const againButton = button(t("Retry upload"), onAgain, { hidden: true })
  const fill = element("div")
  const measured = { role: "progressbar", "aria-label": t("Measured"), "aria-valuemin": 0, "aria-valuemax": 100 }
  const bar = element("div", { class: "bar", ...measured }, fill)
  const status = element("span", { class: "status" })
  const left = element("span", { class: "left" })
  const heard = element("div", { class: "heard", role: "status", "aria-live": "polite" })
  const troubles = element("ul", { class: "notes" })
  root.replaceChildren(
    element("style", { textContent: STYLE }),
    chips,
    notes,
    element("div", { class: "controls" }, runButton, stopButton),
    bar,
    element("div", { class: "told" }, status, left),
    heard,
    board.node,
    troubles,
    againButton,
  )
  return {
    board,
    has: (page, clock_ms, plan) => {
      chips.replaceChildren(...chipsView(page, clock_ms))
      notes.replaceChildren(...notesView(page, plan))
    },
    buttons: ({ seconds, ready, running, unsent, telling }) => {
      // Not disabled, which would drop the focus.
      againButton.setAttribute("aria-disabled", String(telling))
      write(runButton, seconds ? `${t(RUN)} · ${about(seconds)}` : t(RUN))
      keepingFocus([runButton, stopButton, againButton], () => {
        runButton.disabled = !ready || running
        stopButton.disabled = !running
        againButton.hidden = !unsent || running
      })
    },
    progress: (part, text, time) => {
      const percent = Math.round(100 * part)
      fill.style.transform = `scaleX(${part})`
      bar.setAttribute("aria-valuenow", percent)
      bar.setAttribute("aria-valuetext", listed([t("{value} %", { value: decimal(percent) }), time].filter(Boolean), "unit"))
      write(left, time)
      write(status, text)
    },
    say: text => write(heard, text),
    troubles: texts => troubles.replaceChildren(...texts.map(text => element("li", {}, text))),
  }
}
