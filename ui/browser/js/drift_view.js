// "Robustness probe": a slider a kind of drift, and where each network's answer breaks along it.

import { called, separating, told as sentence } from "./breaking.js"
import { button, element, icon, keepingFocus, slider, write } from "./elements.js"
import { KINDS, STILL } from "./drift.js"

const INTRODUCTION =
  "Turn, blur or disturb what the networks see, and see which one changes its answer first. Your drawing stays as it is."
const TOGETHER =
  "No perturbation separates them on this image: they change their answers together, or not at all. Try another one."

/**
 * @param {object} told
 * @param {() => void} told.drift at every movement of a slider
 * @param {(amounts: object) => void} told.keep once it rests
 * @param {() => void} told.find
 */
export function driftView({ drift, keep, find }) {
  const amounts = { ...STILL }
  const search = button("", find, { class: "primary" })
  search.append(icon("search"), "Find the first change")
  const still = button("", () => rest(STILL), { title: "All three back to nothing" })
  still.append(icon("restart_alt"), "No perturbation")
  const summary = element("p", { class: "verdict", role: "status" })
  const kinds = KINDS.map(kind =>
    kindView(kind, {
      move: value => set({ [kind.name]: value }),
      rest: value => rest({ [kind.name]: value }),
    }),
  )
  const table = element("details", { hidden: true })
  const buttons = element("div", { class: "row" }, element("h2", {}, "Robustness probe"), search, still)
  const head = element("section", { class: "probe", "aria-label": "Robustness probe" }, buttons, summary)
  const box = element(
    "section",
    { class: "drift", "aria-label": "Perturbation" },
    element("p", { class: "small" }, INTRODUCTION),
    element("div", { class: "kinds" }, ...kinds.map(({ box }) => box)),
    table,
  )

  function set(changed, quiet = false) {
    Object.assign(amounts, changed)
    kinds.forEach((view, place) => view.set(amounts[KINDS[place].name]))
    keepingFocus([still, search], () => (still.disabled = KINDS.every(({ name }) => amounts[name] === 0)))
    if (!quiet) drift()
  }

  function rest(changed) {
    set(changed)
    keep({ ...amounts })
  }
  set(STILL, true)

  return {
    /** Its buttons and what they found: for the first screen. */
    head,
    box,
    amounts,
    set,
    setReady: ready => (search.disabled = !ready),
    /** Not disabled meanwhile, which would drop the focus. */
    setBusy: busy => search.setAttribute("aria-disabled", String(busy)),
    say: text => write(summary, text),
    /** @param {{kind: object, found: object[]}[]} results one for each kind; empty takes them away */
    show(results, classes) {
      kinds.forEach((view, place) => view.show(results[place]?.found ?? [], classes))
      table.hidden = !results.length
      if (!results.length) return write(summary, "")
      table.replaceChildren(element("summary", {}, "Table of these charts"), asTable(results, classes))
      const best = separating(results)
      if (!best) return write(summary, TOGETHER)
      const { kind, at } = best
      const words = `Show ${kind.title.toLowerCase()} ${kind.amount(at)}`
      const show = button(words, () => rest({ ...STILL, [kind.name]: at }))
      return summary.replaceChildren(`${kind.title} separates them most. `, show)
    },
  }
}

function kindView(kind, { move, rest }) {
  const knob = slider({
    label: kind.title,
    min: 0,
    max: kind.most,
    step: kind.step,
    value: 0,
    words: kind.amount,
    title: kind.help,
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
      const named = found.map(one => ({ ...one, name: called(one, found) }))
      const text = found.length ? sentence(kind, named) : ""
      write(words, text)
      chart.setAttribute("aria-label", `${kind.title}, up to where each network first changes its answer. ${text}`)
      chart.replaceChildren(...found.map(one => line(kind, one, classes, rest)))
    },
  }
}

/** A line as long as the answer holds; the marker at its end sets the slider where it breaks. */
function line(kind, { name, mark, colour, at, to }, classes, rest) {
  const end = at ?? kind.most
  const words = at === null ? "holds" : `${kind.amount(at)} → ${classes[to]}`
  const track = element("span", { class: "track" })
  const bar = element("span", { class: "bar" })
  Object.assign(bar.style, { width: `${(100 * end) / kind.most}%`, background: colour })
  track.append(bar)
  if (at !== null) {
    const label = `${name} breaks at ${kind.amount(at)} and says ${classes[to]}. Set the slider there.`
    const stop = button(element("img", { src: mark, alt: "" }), () => rest(at), { title: label, "aria-label": label })
    stop.style.left = `${(100 * end) / kind.most}%`
    track.append(stop)
  }
  const who = element("span", { class: "name" }, element("img", { src: mark, alt: "" }), name)
  return element("div", { class: "line" }, who, element("span", { class: "words" }, words), track)
}

function asTable(results, classes) {
  const [{ found: networks }] = results
  const heads = ["Network", ...results.map(({ kind }) => `${kind.title}: changes its answer at`)]
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
  return at === null ? `holds to ${kind.amount(kind.most)}` : `${kind.amount(at)}, then ${classes[to]}`
}
