// A text and what decided: each character on a ground as strong as what its network loses without it.

import { element, write } from "./elements.js"
import { percent } from "./probabilities.js"
import { decimal, N_, ngettext, t } from "./texts.js"

// A text of a megabyte is no sentence, and a browser would lay it out at every keystroke.
const MOST = 2000

const EXPLAINED = N_(
  "The stronger its ground, the more of its answer's probability a network loses without the character.",
)

const CUT = N_("No more than {most} characters are taken, and the networks read the first {first} of them.")
const LETTERLESS = N_("There is no letter in this: networks answer all the same, and learnt from no such text.")
const LETTER = /\p{L}/u

export function readingView({ typed }) {
  const area = element("textarea", { rows: 4, maxLength: MOST, spellcheck: false, dir: "auto", oninput: typed })
  const note = element("span", { class: "small" })
  const field = element("label", {}, element("span", {}, t("Text")), area)
  const box = element("section", { class: "draw reading", "aria-label": t("Text") }, field, note)
  const rows = element("div", { class: "decisions" })
  const head = element("h3", {}, t("Which characters decided"))
  const decided = element("section", { class: "drift decided", hidden: true }, head, element("p", {}, t(EXPLAINED)), rows)

  return {
    box,
    decided,
    note,
    get text() {
      return area.value
    },
    set: text => void (area.value = text),
    count(text, read) {
      const whole = [...text].length
      const places = { first: decimal(read.length), most: decimal(MOST, 0, { grouped: true }) }
      const some = () =>
        ngettext(
          "The networks read the first {first} of {count} character.",
          "The networks read the first {first} of {count} characters.",
          whole, places,
        )
      const all = () => (text && !LETTER.test(text) ? t(LETTERLESS) : t("What you write stays in this browser."))
      const cut = () => (text.length < MOST ? some() : t(CUT, places))
      write(note, read.length < whole ? cut() : all())
    },
    /** @param {{name: string, mark: string, lost: number[]}[]} [networks] none yet, where they are still asked */
    mark(read, networks = []) {
      decided.hidden = !read.length || !networks.length
      rows.replaceChildren(...networks.map(one => row(one, read)))
    },
  }
}

function row({ name, mark, lost }, read) {
  const image = element("img", { src: mark, alt: "", width: 12, height: 12 })
  const marked = read.map((character, place) => {
    const share = Math.max(0, lost[place])
    const ground = `color-mix(in srgb, currentColor ${Math.round(60 * share)}%, transparent)`
    const made = element("span", { title: t("−{share} without it", { share: percent(share) }) }, character)
    made.style.background = ground
    return made
  })
  return element("p", { class: "line" }, element("span", { class: "name" }, image, name), text(marked))
}

function text(marked) {
  return element("bdi", { class: "marked", dir: "auto" }, ...marked)
}
