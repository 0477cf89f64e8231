"""Drift: live, and who breaks first."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Home
from tests.browser.playground.acts import SLOW_MS, draw, light, one, settled

pytestmark = pytest.mark.browser

# Networks may still open meanwhile.
LAST = "window.asked.findLast(one => one.kind === 'ask')"


def test_who_breaks_first_is_found_and_a_marker_sets_the_slider(trained: Home, opened: Page) -> None:
    page = opened
    page.set_viewport_size({"width": 1440, "height": 900})
    search = page.get_by_role("button", name="Find the first change")
    expect(search).to_be_disabled()
    for part in (page.locator(".stage canvas"), search):  # on the first screen
        box = part.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900
    page.get_by_role("button", name=re.compile("test image 4$")).click()
    search.click()
    rotation = page.get_by_role("group", name=re.compile("^Rotation, up to where"))
    expect(rotation.locator(".line")).to_have_count(len(trained.names), timeout=SLOW_MS)
    marker = rotation.get_by_role("button", name=re.compile("breaks at")).first
    degrees = re.search(r"breaks at (\d+)°", marker.get_attribute("aria-label") or "")
    assert degrees is not None
    marker.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider", name="Rotation")).to_have_value(degrees[1])
    expect(page.get_by_text(f"drifted: rotation {degrees[1]}°")).to_be_visible()
    page.get_by_text("Table of these charts").click()
    expect(page.locator("details tbody tr")).to_have_count(len(trained.names))
    page.get_by_role("button", name="No perturbation").click()
    expect(page.get_by_role("slider", name="Rotation")).to_have_value("0")
    draw(page, (0.1, 0.1), (0.2, 0.1))
    expect(rotation).to_be_hidden()


def test_drift_changes_what_the_networks_see_and_not_the_drawing(opened: Page) -> None:
    page = opened
    one(page)
    bright = light(page)
    settled(page)
    before = page.evaluate(f"[...{LAST}.input]")
    for name, most in (("Rotation", "90"), ("Blur", "3"), ("Noise", "0.5")):
        page.get_by_role("slider", name=name).fill(most)
        page.wait_for_function(f"before => {LAST}.input.some((value, place) => value !== before[place])", arg=before)
        before = page.evaluate(f"[...{LAST}.input]")
    assert light(page) == bright
