// The Playground of scenes: the same canvas, and masks of teacher and students over what the networks see of it.

import { element } from "./elements.js"
import { Looking } from "./looking.js"
import { maskFromBase64 } from "./masks.js"
import { masksView } from "./masks_view.js"
import { maskDrifted, SCENE_KINDS, sceneDrifted } from "./scene_drift.js"
import { decimal, listed, N_, t } from "./texts.js"

const INTRODUCTION = N_(
  "Turn, move, dim, blur or disturb what the networks see, and see whose mask falls apart first. Your drawing stays as " +
  "it is, and the true mask of a test scene moves along.",
)
const TOOLS = { erasing: N_("Draw in the grey of the ground"), thick: { min: 1, max: 12, step: 1, value: 4 } }
const SHELF = { title: N_("Test scenes"), others: N_("Other scenes"), another: N_("Another one") }

export class Segmenting extends Looking {
  constructor(root, data) {
    const view = masksView({ keep: look => this.tell.setStateValue("look", look), again: () => this.answered() })
    super(root, data, {
      view,
      tools: TOOLS,
      shelf: { words: SHELF, name: called, another: () => this.another() },
      drift: { kinds: SCENE_KINDS, introduction: t(INTRODUCTION), find: undefined },
    })
    if (data.look) view.set(data.look)
  }

  lay(root, live) {
    const { draw, beside } = this.boxes()
    const told = element("div", { class: "told" }, this.answerers.view.box)
    this.drift.box.prepend(this.drift.head)
    const parts = [draw, told, this.sight.box, beside, this.drift.box]
    root.replaceChildren(element("div", { class: "board scenes" }, ...parts), live)
  }

  seen(image) {
    this.plain = image.values.every(value => value === image.values[0])
    this.image = sceneDrifted(image, this.drift.amounts)
    return this.image
  }

  /** Any of the test scenes but this one; Python has it. */
  another() {
    const step = 1 + Math.floor(Math.random() * (this.data.count - 1))
    this.tell.setTriggerValue("picked", ((this.picked ?? 0) + step) % this.data.count)
  }

  answered() {
    const { easel, answerers, image, plain } = this
    if (!image) return
    if (easel.blank) answerers.hush()
    answerers.show(easel.origin, { image, plain, task: easel.task, origin: easel.origin, truth: this.truth() })
  }

  /** The true mask of the test scene on the canvas, as it drifts; null where none is. */
  truth() {
    const { kind, sample } = this.easel.origin
    if (kind !== "sample") return null
    return maskDrifted(maskFromBase64(sample.mask), this.easel.task.size_px, this.drift.amounts)
  }
}

function called({ index, held }, classes) {
  const there = listed(held.map(place => classes[place]), "unit")
  return t("Test scene {index}: {classes}", { index: decimal(index), classes: there })
}
