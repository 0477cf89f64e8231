// Teacher and students side by side: a column each, a row a class, the same order for all.

import { button, element, write } from "./elements.js"
import { milliseconds } from "./format.js"
import { agreement, argmax, inPercent, median, mostLikely, percent, softmax, temperatureTold } from "./probabilities.js"
import { decimal, N_, ngettext, t, together } from "./texts.js"

const MOST_CLASSES = 12
const SINCE = time => t("From the stroke to the answers: {time} ms.", { time })
export const TIME_TITLE = N_(
  "Median of the last 20 answers of this network in this browser, one image at a time, on one thread; a stopwatch " +
  "while other things go on. The Benchmark page measures with care.",
)

export function answersView(waiting = t("The answers appear here as you draw."), since = SINCE) {
  const heading = element("h3", { hidden: true })
  const verdict = element("p", { class: "verdict" })
  const truth = element("p", { class: "truth" })
  const told = element("p", { class: "small" })
  const table = element("table")
  const all = button("", () => {
    state.every = !state.every
    show()
  })
  all.hidden = true
  const scroll = element("div", { class: "scroll" }, table)
  const parts = [heading, verdict, truth, scroll, all, told]
  const box = element("section", { class: "answers", "aria-label": t("Answers") }, ...parts)
  const state = { every: false, shown: null, rows: null, stamp: "" }

  /**
   * @param {object} shown
   * @param {{run_id: string, name: string, role: string, mark: string, colour: string, status: string, message: string,
   *   logits: number[] | null, times: number[]}[]} shown.networks
   * @param {Record<number, string>} [shown.signs] what stands beside classes besides the true one
   */
  function show(shown = state.shown) {
    state.shown = shown
    const { networks, classes, T } = shown
    const given = networks.map(one => ({ ...one, shares: one.logits && softmax(one.logits, T) }))
    const answered = given.filter(one => one.shares && argmax(one.shares) >= 0)
    const few = classes.length > MOST_CLASSES && !state.every
    const rows = few ? mostLikely(answered.map(one => one.shares), MOST_CLASSES) : classes.map((_, place) => place)
    const places = rows.length ? rows : classes.slice(0, MOST_CLASSES).map((_, place) => place)
    build(networks, classes, places, shown)
    given.forEach((one, column) => fill(one, column, given, places))
    say(answered, shown)
    all.hidden = classes.length <= MOST_CLASSES
    write(
      all,
      state.every
        ? ngettext("Only the likeliest class", "Only the {count} likeliest classes", MOST_CLASSES)
        : ngettext("The one class", "All {count} classes", classes.length),
    )
  }

  function say(answered, { classes, T, label, touched, lag, title = "", note }) {
    write(heading, title)
    heading.hidden = !title
    const asked = answered.map(one => ({ ...one, answer: argmax(one.shares) }))
    write(verdict, agreement(asked, classes) || waiting)
    const shown = { label: classes[label] }
    const showed = () =>
      touched ? t("The test image shows: {label}, before you drew on it.", shown) : t("The test image shows: {label}.", shown)
    write(truth, label === null ? "" : showed())
    const differ = new Set(asked.map(one => one.answer)).size > 1 && asked.some(one => one.role === "teacher")
    const parts = [
      differ && t("≠: not the teacher's answer."),
      temperatureTold(T),
      lag !== null && since(decimal(lag)),
      note,
    ]
    write(told, together(...parts))
  }

  /** The table anew, only where other networks or classes stand in it. */
  function build(networks, classes, places, { label, signs = {} }) {
    const stamp = JSON.stringify([networks.map(one => [one.run_id, one.name, one.mark]), places, label, signs])
    if (stamp === state.stamp) return
    state.stamp = stamp
    const heads = networks.map(head)
    const answers = networks.map(() => element("td", { class: "answer" }))
    const bodies = places.map(() => networks.map(one => bar(one.colour)))
    const times = networks.map(() => element("td", { class: "time", title: t(TIME_TITLE) }))
    const named = places.map(place => rowHead(classes[place], place === label ? t("✓ true") : signs[place]))
    table.replaceChildren(
      element("caption", { class: "hidden" }, t("Probability of each class, a column a network")),
      element("thead", {}, element("tr", {}, element("td", { class: "small" }, t("in %")), ...heads)),
      element(
        "tbody",
        {},
        element("tr", { class: "first" }, element("th", { scope: "row" }, t("Answer")), ...answers),
        ...named.map((name, row) => element("tr", {}, name, ...bodies[row].map(({ cell }) => cell))),
        element("tr", { class: "last" }, element("th", { scope: "row", title: t(TIME_TITLE) }, t("Time")), ...times),
      ),
    )
    state.rows = { answers, bodies, times, classes }
  }

  function fill({ shares, status, message, times: taken }, column, given, places) {
    const { answers, bodies, times, classes } = state.rows
    const best = shares ? argmax(shares) : -1
    const teacher = given.find(one => one.role === "teacher")
    const wanted = teacher?.shares ? argmax(teacher.shares) : -1
    const other = wanted >= 0 && best >= 0 && best !== wanted && given[column] !== teacher
    const share = () => percent(shares[best]).replaceAll(" ", "\u00a0")
    const said = () => `${other ? "≠ " : ""}${classes[best]} ·\u00a0${share()}`
    write(answers[column], best >= 0 ? said() : STATUS[status] ? t(STATUS[status]) : message)
    answers[column].title = other ? t("The teacher says {label}.", { label: classes[wanted] }) : ""
    answers[column].className = best >= 0 ? "answer" : "answer waiting"
    places.forEach((place, row) => {
      const { cell, fillBar, number } = bodies[row][column]
      fillBar.style.transform = `scaleX(${shares ? shares[place] : 0})`
      write(number, shares ? inPercent(shares[place]) : "")
      cell.className = place === best ? "best" : ""
    })
    write(times[column], taken.length ? milliseconds(median(taken)) : "–")
  }

  return { box, show }
}

export const STATUS = { waiting: N_("loading …"), open: "–" }

const ROLES = { teacher: N_("teacher"), student: N_("student"), control: N_("control") }

export function head({ name, role, mark }) {
  const image = element("img", { src: mark, alt: t(ROLES[role] ?? role), width: 14, height: 14 })
  return element("th", { scope: "col", title: name }, image, element("span", {}, name))
}

function rowHead(name, sign) {
  return element("th", { scope: "row" }, name, sign ? element("span", { class: "true" }, " ", sign) : null)
}

function bar(colour) {
  const fillBar = element("span", { class: "fill" })
  fillBar.style.background = colour
  const number = element("span", { class: "number" })
  return { cell: element("td", {}, element("span", { class: "track" }, fillBar), number), fillBar, number }
}
