// What scripts say, in the visitor's language. English stands in the code, and a page's data bring what a catalogue has
// for it (ui/browser/texts.py); so do numbers and lists, as the language writes them.

const ENGLISH = { language: "en-GB", texts: {} } // whose lists have no comma before "and"
let spoken = ENGLISH
const formats = new Map()

/** All from now on, in this language. */
export function speak(given) {
  if (given.language !== spoken.language) formats.clear()
  spoken = given
}

/** The text as it is; ``t`` translates it when it is shown. */
export function N_(text) {
  return text
}

/** A whole sentence, or what stands on a button, with what stands in its ``{places}``: numbers as texts, and names. */
export function t(text, places = {}) {
  return filled(spoken.texts[text] ?? text, places)
}

/** ``t`` of a text that depends on a number, which stands in it as ``{count}``. */
export function ngettext(one, many, count, places = {}) {
  const forms = spoken.texts[one] ?? { one, other: many }
  const form = known("plural", {}, Intl.PluralRules).select(count)
  return filled(forms[form] ?? forms.other, { count: decimal(count, 0, { grouped: true }), ...places })
}

/** A number with so many decimal places. */
export function decimal(value, digits = 0, { grouped = false } = {}) {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: grouped }
  return known(`${digits} ${grouped}`, options, Intl.NumberFormat).format(value)
}

/** A number with so many digits that count, without zeros at its end. */
export function short(value, significant = 6) {
  const options = { maximumSignificantDigits: significant, useGrouping: false }
  return known(`${significant} count`, options, Intl.NumberFormat).format(value)
}

/** ``a``, ``a and b``, ``a, b and c``; of the type ``unit`` ``a, b, c``. */
export function listed(items, type = "conjunction") {
  return known(type, { type, style: type === "unit" ? "short" : "long" }, Intl.ListFormat).format(items)
}

/** Whole sentences after each other; those that are empty or false are left out. */
export function together(...sentences) {
  return sentences.filter(Boolean).join(" ")
}

function filled(text, places) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => places[name] ?? whole)
}

function known(name, options, Format) {
  if (!formats.has(name)) formats.set(name, new Format(spoken.language, options))
  return formats.get(name)
}
