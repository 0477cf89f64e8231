import assert from "node:assert/strict"
import { afterEach, test } from "node:test"

import { milliseconds } from "../../ui/browser/js/format.js"
import { decimal, listed, N_, ngettext, short, speak, t } from "../../ui/browser/js/texts.js"

const ENGLISH = { language: "en-GB", texts: {} }

afterEach(() => speak(ENGLISH))

test("English is what stands in the code", () => {
  assert.equal(t("The teacher says {label}.", { label: "a {name}" }), "The teacher says a {name}.")
  assert.equal(t(N_("Stop")), "Stop")
  assert.deepEqual([0, 1, 2100].map(count => ngettext("{count} core", "{count} cores", count)), ["0 cores", "1 core", "2,100 cores"])
  assert.deepEqual([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(items => listed(items)), ["", "a", "a and b", "a, b and c"])
  assert.equal(listed(["a", "b", "c"], "unit"), "a, b, c")
  assert.deepEqual([decimal(0.125, 2), decimal(2.5), decimal(1234.5, 1), decimal(1234, 0, { grouped: true })], ["0.13", "3", "1234.5", "1,234"])
  assert.deepEqual([short(90), short(0.25), short(0.000123, 2)], ["90", "0.25", "0.00012"])
})

test("another language has its own sentences, plurals, numbers and lists", () => {
  const cores = { one: "{count} rdzeń", few: "{count} rdzenie", many: "{count} rdzeni", other: "{count} rdzenia" }
  speak({ language: "pl", texts: { "The teacher says {label}.": "{label}, mówi nauczyciel.", "{count} core": cores } })
  assert.equal(t("The teacher says {label}.", { label: "But" }), "But, mówi nauczyciel.")
  assert.deepEqual([1, 3, 5].map(count => ngettext("{count} core", "{count} cores", count)), ["1 rdzeń", "3 rdzenie", "5 rdzeni"])
  assert.equal(t("Stop"), "Stop", "what no catalogue has")
  assert.deepEqual([milliseconds(4.21), listed(["a", "b", "c"])], ["4,2 ms", "a, b i c"])
})
