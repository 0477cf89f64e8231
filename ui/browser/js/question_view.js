// A question to a knowledge graph: an entity, a relation, and which end of the fact is asked for.

import { button, element, write } from "./elements.js"
import { answers, placeOf, similar } from "./facts.js"
import { listed, N_, t } from "./texts.js"

const FIELDS = {
  entity: { label: N_("Entity"), list: "entities", none: N_("Type or choose an entity.") },
  relation: { label: N_("Relation"), list: "relations", none: N_("Type or choose a relation.") },
}

/**
 * @param {object} told
 * @param {() => void} told.asked another question stands in the fields, or none
 */
export function questionView({ asked }) {
  const fields = Object.fromEntries(Object.keys(FIELDS).map(name => [name, field(name, asked)]))
  const turned = element("input", { type: "checkbox", onchange: asked })
  const turn = element("label", { class: "check" }, turned, element("span", {}, t("Ask for the other end of the fact")))
  const note = element("p", { class: "small", role: "status" })
  const another = button(t("Another question"), () => choose())
  const sentence = element("p", { class: "prompt" })
  const parts = [fields.entity.box, fields.relation.box, turn, another, sentence, note]
  const box = element("section", { class: "draw asking", "aria-label": t("Question") }, ...parts)
  let known = { entities: [], relations: [], facts: [], counts: [] }

  /** A question that has a known answer, any of them. */
  function choose() {
    const fact = 3 * Math.floor(Math.random() * (known.facts.length / 3))
    const end = turned.checked ? 2 : 0
    fields.entity.input.value = known.entities[known.facts[fact + end]]
    fields.relation.input.value = known.relations[known.facts[fact + 1]]
    asked()
  }

  function question() {
    const [entity, relation] = Object.keys(FIELDS).map(name => placeOf(fields[name].input.value, all(name)))
    return entity < 0 || relation < 0 ? null : { entity, relation, turned: turned.checked }
  }

  return {
    box,
    get question() {
      return question()
    },
    offer(names) {
      known = names
      fields.entity.offer(names.entities)
      fields.relation.offer(names.relations)
    },
    set({ entity, relation, turned: other }) {
      fields.entity.input.value = entity
      fields.relation.input.value = relation
      turned.checked = other
    },
    /** The question as a sentence with its gap, or what is wrong with it. */
    tell() {
      const named = question()
      write(sentence, named ? asSentence(named, known) : "")
      sentence.hidden = !named
      write(note, named ? about(named) : wrong())
      for (const [name, { input }] of Object.entries(fields)) {
        input.setAttribute("aria-invalid", String(placeOf(input.value, all(name)) < 0))
      }
    },
  }

  function about(named) {
    const count = answers(known.facts, known.counts, named).size
    return count ? "" : t("The graph holds no fact that answers this: the networks answer all the same.")
  }

  function all(name) {
    return name === "entity" ? known.entities : known.relations
  }

  function wrong() {
    for (const [name, { none }] of Object.entries(FIELDS)) {
      const typed = fields[name].input.value
      if (!typed.trim()) return t(none)
      if (placeOf(typed, all(name)) < 0) return unknown(typed, all(name))
    }
    return ""
  }
}

/** "disease or syndrome – affects – ?", or with the gap at the other end. */
export function asSentence({ entity, relation, turned }, { entities, relations }) {
  const places = { entity: entities[entity], relation: relations[relation] }
  return turned ? t("? – {relation} – {entity}", places) : t("{entity} – {relation} – ?", places)
}

function unknown(typed, names) {
  const near = similar(typed, names)
  if (!near.length) return t("“{name}” is not in the graph: choose from the list.", { name: typed })
  return t("“{name}” is not in the graph. Did you mean {names}?", { name: typed, names: listed(near, "unit") })
}

function field(name, asked) {
  const { label, list } = FIELDS[name]
  const offered = element("datalist", { id: `question-${list}` })
  const input = element("input", { type: "text", autocomplete: "off", spellcheck: false, maxLength: 80, oninput: asked })
  input.setAttribute("list", offered.id)
  const box = element("label", {}, element("span", {}, t(label)), input, offered)
  const offer = names => offered.replaceChildren(...names.map(value => element("option", { value })))
  return { box, input, offer }
}
