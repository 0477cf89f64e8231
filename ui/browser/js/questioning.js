// The Playground of a knowledge graph: a question goes to the networks as soon as it is one, and the graph around its
// entity is drawn for each of them.

import { Answerers } from "./answerers.js"
import { element, write } from "./elements.js"
import { about, answers, example, kept, surest, unpacked } from "./facts.js"
import { EXPLAINED, fan, lostTold } from "./graph_view.js"
import { mostLikely, softmax } from "./probabilities.js"
import { questionView } from "./question_view.js"
import { N_, t } from "./texts.js"
import { turns } from "./turns.js"

// Lines of a picture; first answers of a network; from when a question is kept in the address.
const [LINES, FIRST, REST_MS] = [10, 10, 400]
// Which part of the data holds the fact.
const PARTS = [N_("✓ training"), N_("✓ validation"), N_("✓ test")]

export class Questioning {
  looks = turns()
  known = new Map()
  around = null

  constructor(root, data) {
    const live = element("p", { class: "hidden", "aria-live": "polite" })
    const since = time => t("From the question to the answers: {time} ms.", { time })
    this.root = root
    this.view = questionView({ asked: () => this.changed(performance.now()) })
    this.answerers = new Answerers({
      live,
      opened: () => this.changed(),
      answered: () => this.show(),
      waiting: t("The answers appear here as soon as a question is asked."),
      since,
    })
    this.every = element("input", { type: "checkbox", onchange: () => this.look() })
    const choice = element("label", { class: "check" }, this.every, element("span", {}, t("All relations of the entity")))
    this.explained = element("p", { class: "small" }, t(EXPLAINED))
    const parts = t("✓: a fact of the graph, which networks learnt from, or which was kept for validation or the test.")
    this.signed = element("p", { class: "small" }, parts)
    this.fans = element("div", { class: "tiles fans" })
    const head = element("h3", {}, t("The graph around the entity"))
    this.graph = element("section", { class: "drift graph", hidden: true }, head, choice, this.explained, this.fans)
    const told = element("div", { class: "told" }, this.answerers.view.box, this.signed)
    root.replaceChildren(element("div", { class: "board" }, this.view.box, told, this.graph), live)
    this.view.set(data.asked)
  }

  update({ data, ...tell }) {
    this.tell = tell
    this.data = data
    this.root.style.colorScheme = data.dark ? "dark" : "light"
    this.facts ??= unpacked(data.facts)
    if (!this.offered) this.view.offer(this.names)
    this.offered = true
    this.answerers.update(data)
    this.changed()
  }

  get names() {
    const { classes: entities, relations, counts } = this.data
    return { entities, relations, facts: this.facts, counts }
  }

  get sizes() {
    return { entities: this.data.classes.length, relations: this.data.relations.length }
  }

  changed(time) {
    if (!this.data) return
    clearTimeout(this.resting)
    this.view.tell()
    const { question } = this.view
    if (JSON.stringify(question) !== JSON.stringify(this.question)) this.around = null
    this.question = question
    if (!question) {
      this.answerers.hush()
      this.graph.hidden = true
      return this.show()
    }
    this.known = answers(this.facts, this.data.counts, question)
    if (time !== undefined) {
      this.answerers.lags.began(time)
      this.resting = setTimeout(() => this.keep(), REST_MS)
    }
    this.answerers.ask(example(question, this.sizes))
    return this.every.checked && this.look()
  }

  /** The address tells the question. */
  keep() {
    const { classes, relations } = this.data
    const { entity, relation, turned } = this.question
    this.tell.setStateValue("asked", { entity: classes[entity], relation: relations[relation], turned })
  }

  show() {
    const known = this.question ? [...this.known] : []
    const signs = Object.fromEntries(known.map(([place, part]) => [place, t(PARTS[part])]))
    this.answerers.show({ touched: false }, { signs })
    this.draw()
  }

  get answered() {
    const { temperature } = this.data
    const given = this.answerers.networks.filter(one => one.logits)
    return given.map(one => ({ ...one, shares: softmax(one.logits, temperature) }))
  }

  draw() {
    const { answered, question } = this
    this.graph.hidden = !question || !answered.length
    if (this.graph.hidden) return
    const centre = this.data.classes[question.entity]
    const pictures = this.every.checked ? this.ofAll(answered) : this.ofOne(answered)
    const drawn = answered.map((one, place) => fan(one, centre, pictures[place].ends, pictures[place].told))
    this.fans.replaceChildren(...drawn)
  }

  /** Of the relation that is asked about. */
  ofOne(answered) {
    const { classes } = this.data
    const teacher = answered.find(one => one.role === "teacher")
    const places = mostLikely(answered.map(one => one.shares), LINES)
    const mean = place => answered.reduce((total, one) => total + one.shares[place], 0)
    places.sort((a, b) => mean(b) - mean(a))
    const ends = ({ shares }) =>
      places.map(place => ({ name: classes[place], share: shares[place], known: this.known.has(place) }))
    const told = one => {
      const held = kept(one.shares, one === teacher ? null : teacher?.shares, this.known, FIRST)
      return lostTold(held, { known: this.known.size, most: FIRST, classes })
    }
    return answered.map(one => ({ ends: ends(one), told: told(one) }))
  }

  /** Of every relation of the entity, once the networks were asked. */
  ofAll(answered) {
    const { classes, relations, counts, temperature } = this.data
    if (!this.around) return answered.map(() => ({ ends: [], told: t("asking …") }))
    const questions = about(this.question.entity, relations.length)
    const shares = answered.map(one => (this.around.get(one.run_id) ?? []).map(logits => softmax(logits, temperature)))
    const there = shares.filter(one => one.length)
    const pairs = surest(there, LINES)
    const end = (own, { question, place }) => {
      const { relation, turned } = questions[question]
      const places = { relation: relations[relation], name: classes[place] }
      const name = turned ? t("← {relation} ← {name}", places) : t("{relation} → {name}", places)
      const known = answers(this.facts, counts, questions[question]).has(place)
      return { name, share: own[question][place], known }
    }
    return shares.map(own => ({ told: "", ends: own.length ? pairs.map(pair => end(own, pair)) : [] }))
  }

  /** Ask every relation of the entity. */
  async look() {
    if (!this.every.checked || !this.question) return this.draw()
    const wanted = this.looks.begin()
    const asked = about(this.question.entity, this.sizes.relations)
    const input = new BigInt64Array(asked.flatMap(question => [...example(question, this.sizes)]))
    try {
      const found = await this.answerers.scan(input, asked.length)
      if (!wanted()) return undefined
      this.around = new Map(found.filter(one => !one.error).map(one => [one.runId, rowsOf(one)]))
      return this.draw()
    } catch {
      return write(this.explained, t(EXPLAINED)) // the Worker ended, which is told where the answers are
    }
  }

  leave() {
    clearTimeout(this.resting)
    this.looks.forget()
    this.answerers.close()
  }
}

function rowsOf({ logits, classes }) {
  const rows = logits.length / classes
  return Array.from({ length: rows }, (_, row) => Array.from(logits.slice(row * classes, (row + 1) * classes)))
}
