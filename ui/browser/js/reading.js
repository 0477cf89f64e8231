// The Playground of texts: what is typed or pasted goes to the networks at every keystroke.

import { Answerers } from "./answerers.js"
import { element, write } from "./elements.js"
import { characters, losses, without } from "./occlusion.js"
import { readingView } from "./reading_view.js"
import { tokens } from "./text_tokens.js"
import { t } from "./texts.js"
import { turns } from "./turns.js"

const REST_MS = 250

export class Reading {
  looks = turns()

  constructor(root, data) {
    const live = element("p", { class: "hidden", "aria-live": "polite" })
    this.root = root
    this.view = readingView({ typed: () => this.changed(performance.now()) })
    this.answerers = new Answerers({
      live,
      opened: () => this.changed(),
      answered: () => this.show(),
      waiting: t("The answers appear here as you write."),
    })
    const told = element("div", { class: "told" }, this.answerers.view.box)
    root.replaceChildren(element("div", { class: "board" }, this.view.box, told, this.view.decided), live)
    this.view.set(data.text ?? "")
  }

  update({ data }) {
    this.data = data
    this.root.style.colorScheme = data.dark ? "dark" : "light"
    this.answerers.update(data)
    this.changed()
  }

  get length() {
    return this.data.task.shape[0]
  }

  changed(time) {
    if (!this.data) return
    this.looks.forget()
    clearTimeout(this.resting)
    this.read = characters(this.view.text, this.length)
    this.view.count(this.view.text, this.read)
    this.view.mark(this.read)
    if (!this.read.length) {
      this.answerers.hush()
      return this.show()
    }
    if (time !== undefined) this.answerers.lags.began(time)
    this.answerers.ask(tokens(this.view.text, this.length))
    this.resting = setTimeout(() => this.look(), REST_MS)
    return undefined
  }

  show() {
    this.answerers.show({ touched: false })
  }

  /** Which characters decided, once nothing was typed for a moment. */
  async look() {
    const { read, length, answerers } = this
    const wanted = this.looks.begin()
    try {
      const answers = await answerers.scan(without(read, length), read.length)
      if (!wanted()) return
      const known = new Map(answers.filter(one => !one.error).map(one => [one.runId, one]))
      const networks = answerers.networks.filter(one => one.logits && known.has(one.run_id))
      const lost = networks.map(one => ({ ...one, lost: losses(one.logits, known.get(one.run_id)) }))
      this.view.mark(read, lost)
    } catch {
      write(this.view.note, "") // the Worker ended, which is told where the answers are
    }
  }

  leave() {
    clearTimeout(this.resting)
    this.looks.forget()
    this.answerers.close()
  }
}
