"""Streamlit's own text can be read in a real Chromium, in light and in dark: chosen chips, tabs, captions."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Home
from ui.networks import style

pytestmark = pytest.mark.browser
FIRST_MS = 90_000
CHOSEN = '[data-testid="stButtonGroup"] [data-selected="true"] p, [data-testid="stTab"][aria-selected="true"] p'
# WCAG contrast of the text of each element with what lies behind it, faded parents included.
CONTRAST = """elements => {
  const parts = (text) => { const all = text.match(/[0-9.]+/g).map(Number); return [...all, 1].slice(0, 4) }
  const over = (top, low) => [0, 1, 2].map((i) => top[i] * top[3] + low[i] * (1 - top[3])).concat(1)
  const light = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)
  const luminance = (rgb) => 0.2126 * light(rgb[0]) + 0.7152 * light(rgb[1]) + 0.0722 * light(rgb[2])
  return elements.map((element) => {
    const grounds = []
    let faded = 1
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at)
      faded *= Number(style.opacity)
      grounds.unshift(parts(style.backgroundColor))
    }
    const ground = grounds.reduce((low, top) => over(top, low), [255, 255, 255, 1])
    const ink = parts(getComputedStyle(element).color)
    const pair = [luminance(over([...ink.slice(0, 3), ink[3] * faded], ground)), luminance(ground)]
    return [element.textContent, (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)]
  })
}"""


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_what_is_chosen_and_what_is_quiet_can_be_read(trained: Home, page: Page, appearance: str) -> None:
    page.emulate_media(color_scheme=appearance)
    page.goto(f"{trained.address}/compare")
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=FIRST_MS)
    expect(page.get_by_role("tab", name="Curves")).to_be_visible(timeout=FIRST_MS)
    chosen = page.locator(CHOSEN)
    expect(chosen.nth(1)).to_be_visible(timeout=FIRST_MS)
    faded = page.locator('[data-testid="stCaptionContainer"] p, [data-testid="stExpander"] summary p')
    found = [*chosen.evaluate_all(CONTRAST), *faded.evaluate_all(CONTRAST)]
    link = page.get_by_role("button", name="Copy link")
    link.hover()
    # Which is not too faint: tests/test_theme.py.
    red, green, blue = bytes.fromhex(style.theme(appearance == "dark").link[1:])
    expect(link.locator("p")).to_have_css("color", f"rgb({red}, {green}, {blue})")
    assert len(found) >= 4
    assert [one for one in found if one[1] < 4.5] == []
