"""Pixels of a scene on Temperature in a real Chromium: maps follow the slider while it is dragged, a click chooses a
pixel, and so do the fields."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
FIRST_MS, SLOW_MS = 60_000, 20_000
PIXELS = "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, 48, 48).data)"


def colours(page: Page, network: int) -> list[int]:
    found: list[int] = page.locator(".pixels .place canvas").nth(network).evaluate(PIXELS)
    return found


def test_maps_follow_the_slider_and_a_click_chooses_a_pixel(example: str, page: Page, complaints: list[str]) -> None:
    page.goto(f"{example}/temperature?task_seen=scenes&T=4")
    expect(page.locator(".pixels .place canvas")).to_have_count(2, timeout=FIRST_MS)
    expect(page.locator(".pixels figcaption").nth(1)).to_have_text("Teacher: entropy in bits", timeout=SLOW_MS)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=SLOW_MS)
    before = [colours(page, network) for network in (0, 1)]
    page.get_by_role("slider", name="Temperature T").press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"T=3"), timeout=SLOW_MS)
    assert all(colours(page, network) != before[network] for network in (0, 1))
    place = page.locator(".pixels .place").nth(1)
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 30.5 / 48, box["y"] + box["height"] * 5.5 / 48)
    expect(page.get_by_role("spinbutton", name="Row of the pixel")).to_have_value("5", timeout=SLOW_MS)
    expect(page.get_by_role("spinbutton", name="Column of the pixel")).to_have_value("30", timeout=SLOW_MS)
    expect(page.locator(".demonstration figcaption")).to_contain_text("(5, 30) of scene 0", timeout=SLOW_MS)
    page.get_by_role("spinbutton", name="Row of the pixel").fill("20")
    page.get_by_role("spinbutton", name="Row of the pixel").press("Enter")
    expect(page.locator(".demonstration figcaption")).to_contain_text("(20, 30) of scene 0", timeout=SLOW_MS)
    entropies = colours(page, 0)
    page.get_by_text("Probability of the pixel's first class").click()
    expect(page.locator(".pixels figcaption").nth(1)).to_have_text(re.compile(r"P\(\w+\) in %"), timeout=SLOW_MS)
    assert colours(page, 0) != entropies
    assert complaints == []
