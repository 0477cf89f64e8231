import assert from "node:assert/strict"
import { test } from "node:test"

import address from "../../ui/browser/js/components/address.js"

const LAB = "http://lab.example"

/** A browser whose history holds one entry; ``click`` is one on a link, to whose page Streamlit comes with ``go``. */
function browser(path) {
  const entries = [path]
  const location = new URL(path, LAB)
  const write = (place, entry) => {
    const url = new URL(place, location.href)
    location.href = url.href
    entries[entry] = url.pathname + url.search
  }
  const history = {
    state: null,
    pushState: (state, unused, place) => write(place, entries.length),
    replaceState: (state, unused, place) => write(place, entries.length - 1),
  }
  let leave = null
  globalThis.window = { location, history }
  globalThis.document = { addEventListener: (kind, heard) => (leave = heard) }
  address({ data: { page: location.pathname.slice(1), query: location.search.slice(1), gone: [] } })
  const click = to => leave({ target: { closest: () => ({ href: LAB + to }) } })
  return { click, entries, go: to => history.pushState(null, "", to) }
}

test("a page keeps its settings in its entry of the history, and the next one does not get them", () => {
  const { click, entries, go } = browser("/temperature?T=8&embed=true")
  click("/train")
  assert.deepEqual(entries, ["/temperature?embed=true"])
  go("/train?embed=true")
  assert.deepEqual(entries, ["/temperature?T=8&embed=true", "/train?embed=true"])
})

test("a second click before the next page is there loses nothing", () => {
  const { click, entries, go } = browser("/temperature?T=8")
  click("/train")
  click("/compare")
  go("/compare")
  assert.deepEqual(entries, ["/temperature?T=8", "/compare"])
})

test("a page without settings is left as it is", () => {
  const { click, entries, go } = browser("/temperature?T=8")
  click("/train")
  go("/train")
  click("/compare")
  go("/compare")
  assert.deepEqual(entries, ["/temperature?T=8", "/train", "/compare"])
})

test("what the server writes of one page makes no entry", () => {
  const { entries, go } = browser("/temperature?T=8")
  go("/temperature?T=10")
  assert.deepEqual(entries, ["/temperature?T=10"])
})
