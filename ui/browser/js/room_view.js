// The classes that are recorded: a row each, with its name, its button to hold, and what it has.

import { button, element, icon, keepingFocus, write } from "./elements.js"
import { held } from "./holding.js"
import { counted, parts } from "./room_words.js"
import { shotsOf } from "./shots.js"
import { N_, t } from "./texts.js"

const SHOWN = 5
const LONGEST_NAME = 64
const HOLD = { images: N_("Hold to take pictures"), sounds: N_("Hold to record") }

/** A row of a class. ``onHold`` begins a press and returns what ends it. */
function row(one, kind, { onHold, onName, onUndo, onRemove }) {
  const name = element("input", { type: "text", value: one.name, maxLength: LONGEST_NAME, "aria-label": t("Name of the class") })
  name.placeholder = t("Name of the class")
  name.oninput = () => onName(one, name.value)
  let end = () => {}
  const hold = button("", null, { class: "hold" })
  hold.append(icon(kind === "images" ? "photo_camera" : "mic"), t(HOLD[kind]))
  const release = held(hold, () => (end = onHold(one)), () => end())
  const count = element("output", { class: "count" })
  const undo = button(t("Remove the last"), () => onUndo(one), { title: t("What the last press of this class brought") })
  const remove = button(t("Remove class"), () => onRemove(one))
  const strip = element("div", { class: "strip", "aria-hidden": "true" })
  const node = element(
    "li", {},
    element("div", { class: "row" }, name, count),
    element("div", { class: "row" }, hold, undo, remove),
    strip,
  )

  function update({ ready, busy, held: pressed }) {
    const shots = shotsOf(one)
    write(count, counted(kind, shots.length))
    hold.disabled = !ready || (busy && pressed !== one)
    if (!ready) release()
    keepingFocus([undo, hold, name], () => (undo.disabled = busy || shots.length === 0))
    remove.disabled = busy
    const last = shots.slice(-SHOWN).filter(shot => shot.src)
    if (strip.dataset.last === `${shots.length}`) return
    strip.dataset.last = `${shots.length}`
    strip.replaceChildren(...last.map(shot => element("img", { src: shot.src, alt: "" })))
  }
  return { node, update, name }
}

/** @param {object} acts what a row takes, and onAdd, onRestore, onKeep, onTitle */
export function roomView(root, kind, recorder, acts) {
  const rows = new Map()
  const list = element("ol", { class: "classes", "aria-label": t("Classes") })
  const add = button("", () => acts.onAdd())
  add.append(icon("add"), t("Add a class"))
  const restore = button(t("Undo"), () => acts.onRestore())
  const gone = element("p", { class: "row", role: "status" })
  const title = element("input", { type: "text", maxLength: LONGEST_NAME, "aria-label": t("Name of the data") })
  title.placeholder = t("Name of the data")
  title.oninput = () => acts.onTitle(title.value)
  const keep = button("", () => acts.onKeep(), { class: "primary" })
  keep.append(icon("save"), t("Keep as data of this lab"))
  const todo = element("p", { class: "small", role: "status" })
  const message = element("p", { class: "message", role: "alert", hidden: true })
  root.replaceChildren(
    recorder.box, list, element("div", { class: "row" }, add), gone, message,
    element("p", { class: "small" }, parts(kind)),
    element("div", { class: "row" }, title, keep), todo,
  )

  function update({ shots, ready, held: pressed, sending, said, doing }) {
    const busy = pressed !== null || sending
    for (const one of [...rows.keys()].filter(one => !shots.classes.includes(one))) rows.delete(one)
    const nodes = shots.classes.map(one => {
      if (!rows.has(one)) rows.set(one, row(one, kind, acts))
      return rows.get(one).node
    })
    if (nodes.length !== list.children.length || nodes.some((node, at) => list.children[at] !== node)) {
      list.replaceChildren(...nodes)
    }
    for (const one of rows.values()) one.update({ ready: ready && !sending, busy, held: pressed })
    add.disabled = shots.isFull || sending
    const { removed } = shots
    gone.hidden = !removed
    if (removed && gone.dataset.name !== removed.one.name) {
      gone.dataset.name = removed.one.name
      const told = { name: removed.one.name || "…", count: counted(kind, shotsOf(removed.one).length) }
      gone.replaceChildren(t("Removed {name}: {count}.", told), restore)
    }
    keep.disabled = doing !== "" || busy
    write(todo, sending ? t("Sending …") : doing)
    message.hidden = !said
    write(message, said)
  }
  return { update, entitle: text => (title.value = text), focus: one => rows.get(one)?.name.focus() }
}
