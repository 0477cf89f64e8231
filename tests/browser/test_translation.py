"""A page that the browser translates, with a translator that does to its texts what theirs do: numbers stay true, and
no page ends."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Home

pytestmark = pytest.mark.browser
SLOW_MS = 60_000
PAGES = ("Train", "Methods", "Compress", "Robustness", "Compare", "Benchmark", "Playground", "Home", "Temperature")
# Two elements around each text, in the place of React's own; later ones too where it is told to watch.
TRANSLATE = """watching => {
  const translate = root => {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), all = []
    while (walk.nextNode()) all.push(walk.currentNode)
    for (const text of all) {
      if (!text.data.trim() || !text.parentNode || text.parentNode.closest("svg, script, style, font")) continue
      const outer = document.createElement("font"), inner = document.createElement("font")
      inner.textContent = text.data
      outer.append(inner)
      text.replaceWith(outer)
    }
  }
  translate(document.body)
  if (watching) new MutationObserver(records => {
    for (const { addedNodes, target } of records)
      if (target.isConnected && [...addedNodes].some(node => node.nodeName !== "FONT")) translate(target)
  }).observe(document.body, { childList: true, subtree: true })
}"""
# The component has come.
FOLLOWING = "() => Symbol.for('distill lab: translations follow') in window"
# What React does to its texts, and what is to be seen after it.
AS_REACT = """async () => {
  const place = document.body.appendChild(document.createElement("p"))
  const [first, second, third] = ["T = 4", ", ", "alpha = 0.9"].map(text => place.appendChild(new Text(text)))
  for (const text of [first, second, third]) {
    const font = document.createElement("font")
    font.textContent = text.data.toUpperCase()
    text.replaceWith(font)
  }
  await null
  const seen = []
  const see = async () => { await null; seen.push(place.textContent) }
  first.nodeValue = "T = 5"
  await see()
  place.insertBefore(new Text(" and "), third)
  await see()
  place.removeChild(second)
  await see()
  place.replaceChild(new Text("none"), third)
  await see()
  place.remove()
  return seen
}"""


def test_a_translated_page_shows_what_is_set_now(trained: Home, page: Page, complaints: list[str]) -> None:
    page.goto(f"{trained.address}/temperature?T=4")
    slider = page.get_by_role("slider", name="Temperature T")
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("T = 4", timeout=SLOW_MS)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=SLOW_MS)
    page.wait_for_function(FOLLOWING, timeout=SLOW_MS)
    assert page.evaluate(AS_REACT) == [
        "T = 5, ALPHA = 0.9",
        "T = 5,  and ALPHA = 0.9",
        "T = 5 and ALPHA = 0.9",
        "T = 5 and none",
    ]
    for watching in (False, True):
        page.evaluate(TRANSLATE, watching)
        before, after = ("T = 4", "T = 5") if not watching else ("T = 5", "T = 6.3")
        slider.press("ArrowRight")
        expect(main).to_contain_text(after, timeout=SLOW_MS)
        expect(main).not_to_contain_text(f"{before} ", timeout=SLOW_MS)
        assert before not in main.inner_text().replace("\u00a0", " ").replace("T = 6.3", "")
    # What does not change stays translated.
    assert main.locator("font").count() > 20
    for name in PAGES:
        page.get_by_test_id("stSidebarNav").get_by_text(name, exact=True).click()
        heading = "A small network learns from a large one" if name == "Home" else name
        expect(main.get_by_role("heading", name=heading, exact=True)).to_be_visible(timeout=SLOW_MS)
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=SLOW_MS)
    assert complaints == []
