// The Playground of images: what is drawn or brought goes through the preparation to the networks, and their answers to
// the eye.

import { Answerers } from "./answerers.js"
import { drifted } from "./drift.js"
import { driftView } from "./drift_view.js"
import { Easel } from "./easel.js"
import { echoes } from "./echoes.js"
import { element, write } from "./elements.js"
import { normalised } from "./image.js"
import { scanned } from "./scanning.js"
import { shelfView } from "./shelf_view.js"
import { sightView } from "./sight_view.js"
import { listed, t } from "./texts.js"
import { turns } from "./turns.js"

// Instead of the number of a test image, where another image lies on the canvas; as in ui/screens/playground/stage.py.
const NONE = -1

export class Looking {
  picks = echoes()
  picked = null // the number of the test image on the canvas
  found = false
  searches = turns()

  /** @param {{view?: object, tools?: object, shelf?: object, drift?: object}} [own] what another kind has there */
  constructor(root, data, { view, tools, ...own } = {}) {
    const live = element("p", { class: "hidden", "aria-live": "polite" })
    this.root = root
    this.answerers = new Answerers({ live, view, opened: () => this.changed(false), answered: () => this.answered() })
    this.easel = new Easel(data.task, {
      changed: other => this.changed(other),
      stroke: time => {
        this.forget()
        this.answerers.lags.began(time)
      },
      say: text => write(live, text),
      tools,
    })
    this.sight = sightView({ invert: to => this.easel.invert(to) })
    this.shelf = shelfView({
      pick: sample => this.easel.placeSample(sample),
      others: () => this.tell.setTriggerValue("others", true),
      ...own.shelf,
    })
    this.drift = driftView({
      drift: () => this.changed(false),
      keep: amounts => this.tell.setStateValue("drift", amounts),
      find: () => this.find(),
      ...own.drift,
    })
    if (data.drift) this.drift.set(data.drift, true)
    this.lay(root, live)
    this.easel.listen(root)
  }

  lay(root, live) {
    const { draw, beside } = this.boxes()
    const told = element("div", { class: "told" }, this.answerers.view.box, this.drift.head)
    const parts = [draw, told, this.drift.box, this.sight.box, beside]
    root.replaceChildren(element("div", { class: "board" }, ...parts), live)
  }

  boxes() {
    const { canvas, tools, bringing } = this.easel
    return {
      draw: element("section", { class: "draw", "aria-label": t("Drawing") }, canvas.box, tools.box),
      beside: element("div", { class: "beside" }, bringing.box, this.shelf.box),
    }
  }

  /** What Python says: at first, and whenever it changes. */
  update({ data, ...tell }) {
    this.tell = tell
    this.data = data
    this.root.style.colorScheme = data.dark ? "dark" : "light"
    if (data.task.name !== this.easel.task.name) this.easel.turnTo(data.task)
    if (this.answerers.update(data)) this.forget()
    if (this.picks.news(data.sample?.index ?? null)) {
      this.picked = data.sample.index
      this.easel.placeSample(data.sample)
    }
    this.easel.show()
    this.changed(false)
  }

  /** Python keeps the number of the test image, for its field and for the address. */
  pick() {
    const { kind, sample } = this.easel.origin
    const index = kind === "sample" ? sample.index : null
    if (index === this.picked) return
    this.picked = index
    this.picks.chose(index)
    this.tell.setTriggerValue("picked", index ?? NONE)
  }

  /** Once a frame at most, whatever happened since the last one. */
  changed(other) {
    if (other) {
      this.forget()
      this.pick()
    }
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      this.look()
    })
  }

  /** What the networks see of an image. */
  seen(image) {
    return drifted(image, this.drift.amounts)
  }

  look() {
    const { easel, answerers, drift } = this
    const image = this.seen(easel.look())
    const { blank, origin, task } = easel
    const tensor = normalised(image, task)
    this.shelf.show(this.data.samples, this.data.classes, origin.kind === "sample" ? origin.sample.index : null)
    this.sight.show({ image, tensor, origin, drift: inWords(drift), task })
    if (blank) answerers.hush()
    else answerers.ask(tensor)
    this.answered()
  }

  answered() {
    if (this.easel.blank) this.answerers.hush()
    this.answerers.show(this.easel.origin)
    this.drift.setReady(this.answerers.complete && !this.easel.blank)
  }

  async find() {
    if (this.searching) return
    const { easel, answerers, drift } = this
    const wanted = this.searches.begin()
    this.searching = true
    drift.setBusy(true)
    drift.say(t("Asking every network about every step …"))
    try {
      const ask = (input, count) => answerers.scan(input, count)
      const results = await scanned(easel.look(), easel.task, answerers.networks, ask, wanted)
      this.found = results !== null
      if (this.found) drift.show(results, this.data.classes)
      else drift.say("")
    } catch {
      drift.say("") // the Worker ended, which is told where the answers are
    } finally {
      this.searching = false
      drift.setBusy(false)
      this.answered()
    }
  }

  /** What was found, or is being searched, belongs to another image, or to other networks. */
  forget() {
    this.searches.forget()
    if (this.found) this.drift.show([], this.data.classes)
    this.found = false
  }

  leave() {
    cancelAnimationFrame(this.frame)
    this.easel.leave()
    this.answerers.close()
  }
}

function inWords({ kinds, amounts }) {
  const moved = kinds.filter(({ name }) => amounts[name] !== 0)
  return listed(moved.map(kind => t(kind.at, { amount: kind.amount(amounts[kind.name]) })), "unit")
}
