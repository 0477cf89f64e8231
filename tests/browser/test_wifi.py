"""What a phone does not show is not fetched: Plotly comes with a chart that is in sight."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Home

pytestmark = pytest.mark.browser
FIRST_MS = 60_000


def test_a_phone_fetches_plotly_once_a_chart_is_in_sight(trained: Home, browser: Browser) -> None:
    phone = browser.new_context(viewport={"width": 390, "height": 700}).new_page()
    asked: list[str] = []
    phone.on("request", lambda one: asked.append(re.sub(r".*/(\w+)\.[^?]*", r"\1", one.url)))
    phone.goto(trained.address)
    chart = phone.locator(".st-key-outcome_plotly")
    expect(phone.get_by_text("Table of this chart").first).to_be_attached(timeout=FIRST_MS)
    expect(phone.get_by_test_id("stSkeleton")).to_have_count(1, timeout=FIRST_MS)
    expect(phone.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=FIRST_MS)
    height = chart.evaluate("one => one.offsetHeight")
    assert (chart.locator(".js-plotly-plot").count(), asked.count("PlotlyChart?whole")) == (0, 0)
    # Without a scroll, which alone would be enough.
    phone.set_viewport_size({"width": 390, "height": 3000})
    expect(chart.locator(".main-svg").first).to_be_visible(timeout=FIRST_MS)
    assert chart.evaluate("one => one.offsetHeight") == height > 300
    assert asked.count("PlotlyChart?whole") == 1
    phone.context.close()
