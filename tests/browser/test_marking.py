"""Chart and table of Compare mark each other's networks."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.playground.acts import FIRST_MS

pytestmark = pytest.mark.browser
HEAD_PX = ROW_PX = 35


def middle(part: Locator) -> tuple[float, float]:
    part.scroll_into_view_if_needed()
    box = part.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_click_on_a_point_marks_its_row_and_a_row_marks_its_point(
    example: str, page: Page, complaints: list[str]
) -> None:
    page.set_viewport_size({"width": 1440, "height": 1400})
    page.goto(f"{example}/compare")
    points = page.locator(".js-plotly-plot").first.locator(".scatterlayer .point")
    expect(points.first).to_be_visible(timeout=FIRST_MS)
    # What comes above the chart until then moves it.
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=FIRST_MS)
    page.mouse.click(*middle(points.last))
    expect(page).to_have_url(re.compile(r"[?&]marked=control(&|$)"), timeout=FIRST_MS)
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 15, box["y"] + HEAD_PX + ROW_PX / 2)
    expect(page).to_have_url(re.compile(r"marked=control&marked=ResNet-20"), timeout=FIRST_MS)
    expect(page.get_by_text("Differences only")).to_be_visible(timeout=FIRST_MS)
    page.mouse.click(*middle(points.last))
    expect(page).to_have_url(re.compile(r"[?&]marked=ResNet-20(&|$)"), timeout=FIRST_MS)
    expect(page.get_by_text("Differences only")).to_be_hidden(timeout=FIRST_MS)
    assert complaints == []
