// All rows of a plan, a list for each batch size, since bars of one scale say nothing across batch sizes.

import { element, write } from "./elements.js"
import { milliseconds } from "./format.js"
import { rowView, scaleOf } from "./rows_view.js"
import { decimal, t } from "./texts.js"

/** @returns {{node: Element, show: Function, update: Function, dress: Function}} */
export function boardView() {
  const node = element("div", { class: "board" })
  let lists = []

  /** Another plan: rows anew, in the order of networks, so that one network's backends stand together. */
  function show(items, networks) {
    const batches = [...new Set(items.map(one => one.batch))]
    lists = batches.map(batch => list(batch, ordered(items, networks).filter(one => one.batch === batch)))
    node.replaceChildren(...lists.flatMap(one => [one.head, one.body]))
    dress(networks)
    update(items)
  }

  /** Items as they are now. The scale moves only where one was measured. */
  function update(items) {
    const now = new Map(items.map(one => [one.key, one]))
    for (const { scale, rows } of lists) {
      const shown = [...rows.keys()].map(key => now.get(key)).filter(Boolean)
      const end = scaleOf(shown)
      const told = () => t("bar: median (p50), line: 95th percentile · 0 to {end}", { end: milliseconds(end) })
      write(scale, end ? told() : "")
      for (const one of shown) rows.get(one.key).update(one, end)
    }
  }

  function dress(networks) {
    const looks = new Map(networks.map(network => [network.run_id, network]))
    for (const { rows } of lists) {
      for (const [key, row] of rows) {
        const look = looks.get(key.split("/")[0])
        if (look) row.dress(look)
      }
    }
  }

  return { node, show, update, dress }
}

function list(batch, items) {
  const rows = new Map(items.map(one => [one.key, rowView()]))
  const explained = t("Half of all runs are at least as quick as the median; 95 of 100 as the 95th percentile.")
  const scale = element("span", { class: "scale", title: explained })
  const title = t("Batch size {batch}", { batch: decimal(batch) })
  const head = element("div", { class: "batch" }, element("h4", {}, title), scale)
  const body = element("ul", { class: "rows", "aria-label": title }, ...[...rows.values()].map(row => row.node))
  return { head, body, scale, rows }
}

function ordered(items, networks) {
  const place = new Map(networks.map(({ run_id }, index) => [run_id, index]))
  return [...items].sort((one, other) => place.get(one.run_id) - place.get(other.run_id))
}
