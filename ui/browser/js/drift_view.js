// "Robustness probe": a slider a kind of drift, and where each network's answer breaks along it.

import { called, separating, told as sentence } from "./breaking.js"
import { button, element, icon, keepingFocus, slider, write } from "./elements.js"
import { KINDS } from "./drift.js"
import { N_, t } from "./texts.js"

const INTRODUCTION = N_(
  "Turn, blur or disturb what the networks see, and see which one changes its answer first. Your drawing stays as it is.",
)
const TOGETHER = N_(
  "No perturbation separates them on this image: they change their answers together, or not at all. Try another one.",
)

/**
 * @param {object} told
 * @param {() => void} told.drift at every movement of a slider
 * @param {(amounts: object) => void} told.keep once it rests
 * @param {() => void} [told.find] without it nothing is searched
 * @param {object[]} [told.kinds] as in drift.js
 * @param {string} [told.introduction]
 */
export function driftView({ drift, keep, find, kinds: known = KINDS, introduction = INTRODUCTION }) {
  const none = Object.fromEntries(known.map(({ name }) => [name, 0]))
  const amounts = { ...none }
  const search = button("", find, { class: "primary", hidden: !find })
  search.append(icon("search"), t("Find the first change"))
  const still = button("", () => rest(none), { title: t("All of them back to nothing") })
  still.append(icon("restart_alt"), t("No perturbation"))
  const summary = element("p", { class: "verdict", role: "status" })
  const views = known.map(kind =>
    kindView(kind, {
      move: value => set({ [kind.name]: value }),
      rest: value => rest({ [kind.name]: value }),
    }),
  )
  const table = element("details", { hidden: true })
  const buttons = element("div", { class: "row" }, element("h2", {}, t("Robustness probe")), search, still)
  const head = element("section", { class: "probe", "aria-label": t("Robustness probe") }, buttons, summary)
  const box = element(
    "section",
    { class: "drift", "aria-label": t("Perturbation") },
    element("p", { class: "small" }, t(introduction)),
    element("div", { class: "kinds" }, ...views.map(({ box }) => box)),
    table,
  )

  function set(changed, quiet = false) {
    Object.assign(amounts, changed)
    views.forEach((view, place) => view.set(amounts[known[place].name]))
    keepingFocus([still, search], () => (still.disabled = known.every(({ name }) => amounts[name] === 0)))
    if (!quiet) drift()
  }

  function rest(changed) {
    set(changed)
    keep({ ...amounts })
  }
  set(none, true)

  return {
    /** Its buttons and what they found: for the first screen. */
    head,
    box,
    kinds: known,
    amounts,
    set,
    setReady: ready => (search.disabled = !ready),
    /** Not disabled meanwhile, which would drop the focus. */
    setBusy: busy => search.setAttribute("aria-disabled", String(busy)),
    say: text => write(summary, text),
    /** @param {{kind: object, found: object[]}[]} results one for each kind; empty takes them away */
    show(results, classes) {
      views.forEach((view, place) => view.show(results[place]?.found ?? [], classes))
      table.hidden = !results.length
      if (!results.length) return write(summary, "")
      table.replaceChildren(element("summary", {}, t("Table of these charts")), asTable(results, classes))
      const best = separating(results)
      if (!best) return write(summary, t(TOGETHER))
      const { kind, at } = best
      const show = button(t(kind.show, { amount: kind.amount(at) }), () => rest({ ...none, [kind.name]: at }))
      return summary.replaceChildren(`${t(kind.most_separating)} `, show)
    },
  }
}

function kindView(kind, { move, rest }) {
  const knob = slider({
    label: t(kind.title),
    min: kind.least ?? 0,
    max: kind.most,
    step: kind.step,
    value: 0,
    words: kind.amount,
    title: t(kind.help),
    oninput: move,
    onchange: event => rest(Number(event.target.value)),
  })
  const words = element("p")
  const chart = element("div", { class: "chart", role: "group", hidden: true })
  const box = element("div", { class: "kind" }, knob.box, chart, words)
  return {
    box,
    set: knob.set,
    show(found, classes) {
      chart.hidden = !found.length
      const named = found.map(one => ({ ...one, ...called(one, found) }))
      const text = found.length ? sentence(kind, named) : ""
      write(words, text)
      chart.setAttribute("aria-label", t(kind.chart, { told: text }))
      chart.replaceChildren(...found.map(one => line(kind, one, classes, rest)))
    },
  }
}

/** A line as long as the answer holds; the marker at its end sets the slider where it breaks. */
function line(kind, { name, mark, colour, at, to }, classes, rest) {
  const end = at ?? kind.most
  const words = at === null ? t("holds") : `${kind.amount(at)} → ${classes[to]}`
  const track = element("span", { class: "track" })
  const bar = element("span", { class: "bar" })
  Object.assign(bar.style, { width: `${(100 * end) / kind.most}%`, background: colour })
  track.append(bar)
  if (at !== null) {
    const places = { name, amount: kind.amount(at), label: classes[to] }
    const label = t("{name} breaks at {amount} and says {label}. Set the slider there.", places)
    const stop = button(element("img", { src: mark, alt: "" }), () => rest(at), { title: label, "aria-label": label })
    stop.style.left = `${(100 * end) / kind.most}%`
    track.append(stop)
  }
  const who = element("span", { class: "name" }, element("img", { src: mark, alt: "" }), name)
  return element("div", { class: "line" }, who, element("span", { class: "words" }, words), track)
}

function asTable(results, classes) {
  const [{ found: networks }] = results
  const heads = [t("Network"), ...results.map(({ kind }) => t(kind.column))]
  const rows = networks.map((one, place) => {
    const cells = results.map(({ kind, found }) => element("td", {}, cell(kind, found[place], classes)))
    return element("tr", {}, element("th", { scope: "row" }, one.name), ...cells)
  })
  const named = heads.map(words => element("th", { scope: "col" }, words))
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...named)),
    element("tbody", {}, ...rows),
  )
}

function cell(kind, { at, to }, classes) {
  if (at === null) return t("holds to {amount}", { amount: kind.amount(kind.most) })
  return t("{amount}, then {label}", { amount: kind.amount(at), label: classes[to] })
}
