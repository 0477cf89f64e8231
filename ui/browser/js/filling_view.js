// The fields of a row: a number or a choice for each column, empty where the value is missing.

import { button, element, write } from "./elements.js"
import { ngettext, short, t, together } from "./texts.js"

/**
 * @param {{columns: {name: string, categories: string[], low: number, high: number}[], classes: string[], rows:
 *   {values: (number | null)[], label: number}[]}} told
 */
export function fillingView({ columns, classes, rows }, { filled }) {
  const fields = columns.map(column => field(column, changed))
  const note = element("p", { class: "small", role: "status" })
  const another = button(t("Another test row"), () => put((place + 1) % rows.length))
  const count = ngettext("{count} column.", "{count} columns.", columns.length)
  const head = element("p", { class: "small" }, together(count, t("An empty field is a missing value.")))
  const grid = element("div", { class: "fields" }, ...fields.map(({ box }) => box))
  const box = element("section", { class: "draw filling", "aria-label": t("Row") }, another, note, head, grid)
  let place = 0
  put(0, false)

  function put(number, tell = true) {
    place = number
    rows[number].values.forEach((value, column) => fields[column].set(value))
    const name = classes[rows[number].label]
    write(note, t("Test row {number}, of the class {name}.", { number: number + 1, name }))
    if (tell) filled()
  }

  function changed() {
    write(note, t("Your own row."))
    filled()
  }

  return {
    box,
    get values() {
      return fields.map(({ value }) => value())
    },
  }
}

function field({ name, categories, low, high }, changed) {
  const input = categories.length ? choice(categories) : element("input", { type: "number", step: "any" })
  input.oninput = changed
  const range = categories.length ? null : t("{low} to {high}", { low: short(low), high: short(high) })
  const told = range && element("span", { class: "small" }, range)
  return {
    box: element("label", {}, element("span", {}, name), input, told),
    set: value => void (input.value = value === null ? "" : String(value)),
    value: () => (input.value === "" ? NaN : Number(input.value)),
  }
}

function choice(categories) {
  const options = categories.map((name, code) => element("option", { value: String(code) }, name))
  return element("select", {}, element("option", { value: "" }, "–"), ...options)
}
