import assert from "node:assert/strict"
import { test } from "node:test"

import { places } from "../../ui/browser/js/places.js"

/** A page with places for applications that note what happens to them; ``later`` are the calls that wait. */
function stage() {
  const made = []
  const later = new Map()
  const clocks = {
    setTimeout: call => {
      later.set(later.size + 1, call)
      return later.size
    },
    clearTimeout: number => later.delete(number),
  }
  const make = root => {
    const application = { said: [], update: news => application.said.push(news.data), leave: () => application.said.push("left") }
    root.childNodes = [`view ${made.push(application)}`]
    return application
  }
  return { ...places(make, clocks), made, later }
}

function place() {
  return {
    childNodes: [],
    replaceChildren(...nodes) {
      this.childNodes = nodes
    },
  }
}

test("an application stays while its data change", () => {
  const { show, made } = stage()
  const root = place()
  show({ root, data: 1 })
  show({ root, data: 2 })
  assert.deepEqual(made.map(one => one.said), [[1, 2]])
})

test("one whose place is another one now goes on there, with all that it shows", () => {
  const { show, leave, made, later } = stage()
  const [first, second] = [place(), place()]
  show({ root: first, data: 1 })
  leave(first)
  assert.equal(made[0].away, true)
  show({ root: second, data: 2 })
  assert.deepEqual([made.length, made[0].said, made[0].away, second.childNodes], [1, [1, 2], false, ["view 1"]])
  assert.equal(later.size, 0)
})

test("one that nobody came back to ends, once", () => {
  const { show, leave, made, later } = stage()
  const [first, second] = [place(), place()]
  show({ root: first, data: 1 })
  leave(first)
  leave(first)
  for (const call of later.values()) call()
  show({ root: second, data: 2 })
  assert.deepEqual(made.map(one => one.said), [[1, "left"], [2]])
})

test("of two that lost their places the later one waits", () => {
  const { show, leave, made } = stage()
  const roots = [place(), place()]
  for (const [number, root] of roots.entries()) show({ root, data: number })
  for (const root of roots) leave(root)
  assert.deepEqual(made.map(one => one.said), [[0, "left"], [1]])
})
