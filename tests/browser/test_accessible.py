"""Every page can be read by a screen reader, in light and in dark, and used on a phone and enlarged twice: with the
example that ships, and with a comparison of one's own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import TimeoutError as Waited

from tests.browser.conftest import ROOT, Home
from ui.networks.style import theme

pytestmark = pytest.mark.browser
FIRST_MS, RESIZED_MS = 60_000, 5_000
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE, PHONE = {"width": 1280, "height": 720}, {"width": 420, "height": 900}
# 200 % of a window of 1280 by 720.
ENLARGED = {"width": 640, "height": 360}
# Streamlit's own markup, which nothing of the lab can change: the rule, where, and what stands there.
STREAMLIT = {
    ("list", "[data-testid=stSidebarNavItems]"): "the list of pages holds a div for each of its sections",
    ("listitem", "[data-testid=stSidebarNavItems]"): "so a page's own list item is no child of a list",
}
FINDINGS = """async ([known, only]) => {
  const { violations, passes } = await axe.run(document, { preload: false, ...(only ? { runOnly: [only] } : {}) })
  const bad = violations.filter(one => ["serious", "critical"].includes(one.impact))
  const places = bad.flatMap(({ id, nodes }) => nodes.map(node => ({ id, ...node, target: node.target.flat() })))
  const left = places.filter(({ id, target }) => {
    const element = document.querySelector(target[0])
    return !known.some(([rule, selector]) => rule === id && element?.closest(selector))
  })
  const told = left.map(one => `${one.id}: ${one.target.join(" > ")} ${one.html}: ${one.failureSummary}`)
  return passes.length ? told : ["axe looked at nothing"]
}"""
DARKENED = "matchMedia('(prefers-color-scheme: dark)').matches"
# What scrolls sideways, and controls outside of the window that no scroll of their own brings in. A slider's input is
# there for screen readers, in a pixel inside its thumb.
OUTSIDE = """() => {
  const main = document.querySelector("[data-testid=stMain]")
  const wide = [document.scrollingElement, main].filter(one => one.scrollWidth > one.clientWidth + 1)
  const scrolls = (one) => one.scrollWidth > one.clientWidth && /auto|scroll/.test(getComputedStyle(one).overflowX)
  const own = (one) => one && one !== main && (scrolls(one) || own(one.parentElement))
  const inside = ({ left, right }) => left >= -1 && right <= window.innerWidth + 1
  const held = (one) => one.type === "range" && one.parentElement.offsetWidth <= 1 ? one.parentElement : one
  const controls = [...main.querySelectorAll("a, button, input, select, summary, textarea, [role], [tabindex='0']")]
  const outside = controls.filter(one => {
    const box = held(one).getBoundingClientRect()
    return one.checkVisibility() && box.width > 0 && box.height > 0 && !inside(box) && !own(one)
  })
  return [...wide, ...outside].map(one => one.outerHTML.slice(0, 200))
}"""


@pytest.fixture(scope="module")
def tab(visitor: BrowserContext) -> Iterator[Page]:
    tab = visitor.new_page()
    yield tab
    tab.close()


# With the example every page is full; without it these say what to do, or hold what a visitor trained.
CASES = [*(("example", name) for name in PAGES), *(("trained", name) for name in ("compress", "home", "robustness"))]


@pytest.mark.parametrize(("home", "name"), CASES)
def test_a_page_can_be_read_and_used(home: str, name: str, tab: Page, request: pytest.FixtureRequest) -> None:
    place = request.getfixturevalue(home)
    tab.set_viewport_size(WIDE)
    _go(tab, place.address if isinstance(place, Home) else place, name)
    # Each page as the one before it was left; what is no matter of colour is the same in both.
    first, other = ("dark", "light") if tab.evaluate(DARKENED) else ("light", "dark")
    if not tab.evaluate("'axe' in window"):
        tab.add_script_tag(path=AXE)
    found = {first: tab.evaluate(FINDINGS, [list(STREAMLIT), None])}
    tab.emulate_media(color_scheme=other)
    # The page is drawn anew.
    styles = "colour => [...document.querySelectorAll('style')].some(one => one.textContent.includes(colour))"
    tab.wait_for_function(styles, arg=theme(other == "dark").muted, timeout=FIRST_MS)
    _settled(tab)
    found[other] = tab.evaluate(FINDINGS, [list(STREAMLIT), "color-contrast"])
    for size in (ENLARGED, PHONE):
        tab.set_viewport_size(size)
        found[f"{size['width']} px"] = _outside(tab)
    assert {what: places for what, places in found.items() if places} == {}


def _go(tab: Page, address: str, name: str) -> None:
    """By the sidebar, where the tab is on that server already: a page that is loaded takes three times as long."""
    if tab.url.startswith(f"{address}/"):
        tab.get_by_test_id("stSidebarNav").get_by_text(name.title(), exact=True).click()
    else:
        tab.goto(f"{address}/{'' if name == 'home' else name}")
    title = "A small network learns from a large one" if name == "home" else name.title()
    heading = tab.get_by_test_id("stMain").get_by_role("heading", name=title, exact=True)
    expect(heading).to_be_visible(timeout=FIRST_MS)
    _settled(tab)


def _settled(tab: Page) -> None:
    tab.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=FIRST_MS)
    expect(tab.get_by_test_id("stSkeleton")).to_have_count(0, timeout=FIRST_MS)


def _outside(tab: Page) -> list[str]:
    """Charts take their new width a moment after the window has it."""
    try:
        tab.wait_for_function(f"() => ({OUTSIDE})().length === 0", timeout=RESIZED_MS)
    except Waited:
        return list(tab.evaluate(OUTSIDE))
    return []
