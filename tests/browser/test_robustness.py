"""The Robustness page in a real Chromium: the gallery, a small test, and a phone."""

import re

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.conftest import Home

pytestmark = pytest.mark.browser
FIRST_MS = 90_000
SLOW_MS = 30_000
TESTING_MS = 180_000


def test_one_image_is_seen_under_all_corruptions(server: str, page: Page, complaints: list[str]) -> None:
    page.goto(f"{server}/robustness?facet=Gallery&g_image=4")
    expect(page.get_by_role("img", name=re.compile("^Gaussian noise: "))).to_be_visible(timeout=FIRST_MS)
    expect(page.get_by_role("img", name=re.compile("test image 4$"))).to_have_count(16)
    page.get_by_role("radio", name="5", exact=True).press("Enter")
    expect(page).to_have_url(re.compile("g_severity=5"), timeout=SLOW_MS)
    assert complaints == []


def test_networks_are_tested_and_judged(trained: Home, page: Page, complaints: list[str]) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{trained.address}/robustness?job=%23{trained.job}")
    page.get_by_role("button", name=re.compile("Test these networks · ")).click(timeout=FIRST_MS)
    expect(page.locator(".js-plotly-plot")).to_have_count(4, timeout=TESTING_MS)
    expect(page.get_by_text("From clean images to severity 5, on average over the corruptions")).to_be_visible()
    bars = page.locator(".js-plotly-plot").filter(
        has=page.locator(".annotation-text", has_text=re.compile("^control$"))
    )
    expect(bars).to_have_count(2)
    for chart in bars.all():
        name, toolbar = line_and_toolbar(chart)
        assert name["y"] >= toolbar["y"] + toolbar["height"]
    page.get_by_role("tab", name="Calibration").click()
    expect(page.locator(".js-plotly-plot")).to_have_count(2, timeout=SLOW_MS)
    expect(page).to_have_url(re.compile("facet=calibration"), timeout=SLOW_MS)
    assert complaints == []


def line_and_toolbar(chart: Locator) -> tuple[FloatRect, FloatRect]:
    """Where the name of the line in a chart of bars stands, and the chart's toolbar."""
    chart.hover()
    name, toolbar = (chart.locator(part).first.bounding_box() for part in (".annotation-text", ".modebar"))
    assert name is not None
    assert toolbar is not None
    return name, toolbar


def test_every_part_fits_a_phone(trained: Home, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for facet in ("Corruptions", "Gallery", "Attacks", "Few+labels", "Adapt"):
        page.goto(f"{trained.address}/robustness?facet={facet}")
        expect(page.get_by_role("tab", name=facet.replace("+", " "))).to_have_attribute(
            "aria-selected", "true", timeout=FIRST_MS
        )
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=SLOW_MS)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
