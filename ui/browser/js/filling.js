// The Playground of tables: a row is filled in, and goes to the networks at every change.

import { Answerers } from "./answerers.js"
import { element } from "./elements.js"
import { fillingView } from "./filling_view.js"
import { t } from "./texts.js"

export class Filling {
  constructor(root, data) {
    this.root = root
    this.begin(data)
  }

  begin(data) {
    const live = element("p", { class: "hidden", "aria-live": "polite" })
    this.task = data.task.name
    this.view = fillingView(data, { filled: () => this.changed(performance.now()) })
    this.answerers = new Answerers({
      live,
      opened: () => this.changed(),
      answered: () => this.show(),
      waiting: t("The answers appear here as you fill in a row."),
    })
    const told = element("div", { class: "told" }, this.answerers.view.box)
    this.root.replaceChildren(element("div", { class: "board" }, this.view.box, told), live)
  }

  update({ data }) {
    if (data.task.name !== this.task) {
      this.leave()
      this.begin(data) // a table with other columns
    }
    this.data = data
    this.root.style.colorScheme = data.dark ? "dark" : "light"
    this.answerers.update(data)
    this.changed()
  }

  changed(time) {
    if (!this.data) return
    if (time !== undefined) this.answerers.lags.began(time)
    this.answerers.ask(Float32Array.from(this.view.values))
  }

  show() {
    this.answerers.show({ touched: false })
  }

  leave() {
    this.answerers.close()
  }
}
