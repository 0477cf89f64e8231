// The table of masks: a column each, with the true mask first where there is one.

import { head, TIME_TITLE } from "./answers_view.js"
import { element, write } from "./elements.js"
import { milliseconds } from "./format.js"
import { inPercent, median } from "./probabilities.js"
import { decimal, short, t } from "./texts.js"

export function masksTable() {
  const box = element("table")
  let stamp = ""
  let cells = []

  /** @param {object[]} given each mask with its numbers: ``shares`` of classes, ``iou``, ``right``, ``same`` ... */
  function show(given, classes, T) {
    const rows = rowsOf(given, classes, T)
    const wanted = JSON.stringify([given.map(one => [one.run_id, one.name, one.mark]), rows.map(({ label }) => label)])
    if (wanted !== stamp) {
      stamp = wanted
      cells = rows.map(() => given.map(() => element("td", { class: "count" })))
      build(given, rows, classes.length)
    }
    rows.forEach(({ cell }, row) => given.forEach((one, column) => write(cells[row][column], cell(one) || "–")))
  }

  function build(given, rows, classes) {
    box.replaceChildren(
      element("caption", { class: "hidden" }, t("Share of the pixels of each class, a column a mask")),
      element("thead", {}, element("tr", {}, element("td", { class: "small" }, t("pixels in %")), ...given.map(column))),
      element("tbody", {}, ...rows.map(({ label, title }, place) => {
        const first = element("th", { scope: "row", title }, label)
        return element("tr", { class: place === classes ? "numbers" : undefined }, first, ...cells[place])
      })),
    )
  }

  return { box, show }
}

function column(one) {
  return one.mark ? head(one) : element("th", { scope: "col", title: one.name }, element("span", {}, one.name))
}

function rowsOf(given, classes, T) {
  const any = name => given.some(one => one[name] !== undefined)
  return [
    ...classes.map((label, place) => ({ label, cell: one => one.shares && inPercent(one.shares[place]) })),
    any("iou") && { label: t("Mean IoU, %"), cell: one => tenths(one.iou) },
    any("right") && { label: t("Right pixels, %"), cell: one => tenths(one.right) },
    any("same") && { label: t("As the teacher, %"), cell: one => tenths(one.same) },
    {
      label: t("Entropy at T = {temperature}, bits", { temperature: short(T) }),
      cell: one => one.bits && decimal(one.uncertain, 2),
    },
    { label: t("Time"), title: t(TIME_TITLE), cell: one => one.times?.length && milliseconds(median(one.times)) },
  ].filter(Boolean)
}

function tenths(share) {
  return share === undefined || Number.isNaN(share) ? "" : decimal(100 * share, 1)
}
