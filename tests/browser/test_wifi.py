"""What a phone does not show is not fetched: Plotly comes with a chart that is in sight."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Home

pytestmark = pytest.mark.browser
FIRST_MS = 60_000


def test_a_phone_fetches_plotly_once_the_page_is_scrolled(trained: Home, browser: Browser) -> None:
    phone = browser.new_context(viewport={"width": 390, "height": 700}).new_page()
    asked: list[str] = []
    phone.on("request", lambda one: asked.append(one.url.rpartition("/")[2]))
    phone.goto(trained.address)
    chart = phone.locator(".st-key-outcome_plotly")
    expect(phone.get_by_text("Table of this chart").first).to_be_attached(timeout=FIRST_MS)
    expect(phone.get_by_test_id("stSkeleton")).to_have_count(1, timeout=FIRST_MS)
    expect(phone.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=FIRST_MS)
    height = chart.evaluate("one => one.offsetHeight")
    waiting = [name for name in asked if name.startswith("PlotlyChart.")]
    assert (chart.locator(".js-plotly-plot").count(), [name for name in waiting if "?" in name]) == (0, [])
    chart.scroll_into_view_if_needed()
    expect(chart.locator(".main-svg").first).to_be_visible(timeout=FIRST_MS)
    assert chart.evaluate("one => one.offsetHeight") == height > 300
    assert [name for name in asked if name.startswith("PlotlyChart.")][len(waiting) :] == [f"{waiting[0]}?whole"]
    phone.context.close()
