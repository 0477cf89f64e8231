"""What a phone fetches: few files once, and Plotly with a chart that is in sight."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserType, expect

from benchmarks.wifi import relaying
from tests.browser.conftest import Home
from tests.browser.playground.acts import ready

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


def test_the_playground_asks_for_eight_files_beside_streamlits_and_for_none_again(
    example: str, tmp_path: Path, browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> None:
    with (
        relaying(urlsplit(example).port or 0) as (port, relay),
        # A folder of its own, as a phone has: without one the cache takes no large file.
        browser_type.launch_persistent_context(tmp_path / "phone", **browser_type_launch_args) as phone,
    ):
        visits = []
        for _ in range(2):
            relay.fetched.clear()
            ready(phone.new_page(), f"http://127.0.0.1:{port}").close()
            visits.append(relay.ours())
        first, second = visits
        # Two scripts, the engine, four networks: a third student would be the eighth.
        assert len(first) == 7, first
        # The networks' own files are as large as they are.
        assert sum(size for path, size in first if "/models/" not in path) < 3_000_000, first
        assert second == []
