// What one draws with: undo, redo, clear, the eraser, thickness and shade.

import { button, element, icon, keepingFocus, slider } from "./elements.js"
import { decimal, N_, short, t } from "./texts.js"

export const THICK = { min: 0.5, max: 6, step: 0.5, value: 2 }
const WHITE = 255

/**
 * @param {{undo: () => void, redo: () => void, clear: () => void, brush: () => void}} told
 *   brush: thickness or shade are others now
 * @param {{erasing: string, thick: object}} [brush] what the eraser draws in, and the range of thickness
 */
export function toolsView(told, { erasing = N_("Draw in black"), thick = THICK } = {}) {
  const eraser = button("", toggle, { title: t(erasing), "aria-pressed": "false" })
  eraser.append(icon("ink_eraser"), t("Eraser"))
  const undo = tool("undo", t("Undo"), told.undo, t("Take the last step back (Ctrl+Z)"))
  const redo = tool("redo", t("Redo"), told.redo, t("Do it again (Ctrl+Shift+Z)"))
  const clear = tool("delete", t("Clear"), told.clear, t("Wipe everything out; Undo brings it back"))
  const state = { thickness: thick.value, shade: WHITE, erasing: false }

  function toggle() {
    state.erasing = !state.erasing
    eraser.setAttribute("aria-pressed", String(state.erasing))
    told.brush()
  }

  const thickness = slider({
    label: t("Thickness"),
    ...thick,
    words: value => `${short(value)} px`,
    title: t("In pixels of what the networks see"),
    oninput: value => {
      state.thickness = value
      told.brush()
    },
  })
  const shade = slider({
    label: t("Shade"),
    min: 5,
    max: 100,
    step: 5,
    value: 100,
    words: value => (value === 100 ? t("white") : t("{value} %", { value: decimal(value) })),
    title: t("How bright the brush is: 100 % is white"),
    oninput: value => {
      state.shade = (WHITE * value) / 100
      told.brush()
    },
  })
  const box = element(
    "div",
    { class: "tools" },
    element("div", { class: "row" }, undo, redo, clear, eraser),
    element("div", { class: "row" }, thickness.box, shade.box),
  )
  return {
    box,
    state,
    show({ past, future }, blank) {
      keepingFocus([undo, redo, clear], () => {
        undo.disabled = !past.length
        redo.disabled = !future.length
        clear.disabled = blank
      })
    },
  }
}

function tool(sign, text, onclick, title) {
  const made = button("", onclick, { title })
  made.append(icon(sign), text)
  return made
}
