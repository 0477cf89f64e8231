"""The Temperature page in a real Chromium: both sliders, the gallery, a click on a cell, and the address."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
FIRST_MS = 60_000
SLOW_MS = 20_000


@pytest.fixture
def explored(server: str, page: Page) -> Page:
    page.goto(f"{server}/temperature")
    expect(chart(page).locator("svg, canvas").first).to_be_visible(timeout=FIRST_MS)
    return page


def chart(page: Page, place: int = 0) -> Locator:
    return page.get_by_test_id("stVegaLiteChart").nth(place)


def drawing(page: Page, place: int = 0) -> str:
    return str(chart(page, place).inner_html())


def changes(page: Page, before: str) -> None:
    """Wait until the first chart's drawing is another one."""
    page.wait_for_function(
        "before => document.querySelector('[data-testid=stVegaLiteChart]').innerHTML !== before",
        arg=before,
        timeout=SLOW_MS,
    )


def test_both_sliders_redraw_the_picture_and_stand_in_the_address(explored: Page, complaints: list[str]) -> None:
    page = explored
    page.get_by_role("radio", name="Gradients").click()
    expect(page.get_by_text("Gradient of the loss for each student logit")).to_be_visible(timeout=SLOW_MS)
    expect(chart(page, 2).locator("svg, canvas").first).to_be_visible(timeout=SLOW_MS)
    before = drawing(page)
    page.get_by_role("slider", name="Temperature T").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"T=5"), timeout=SLOW_MS)
    changes(page, before)
    before = drawing(page)
    page.get_by_role("slider", name="alpha").press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"alpha=0.85"), timeout=SLOW_MS)
    changes(page, before)
    expect(page.get_by_text("T = 5, alpha = 0.85").first).to_be_visible(timeout=SLOW_MS)
    page.reload()
    expect(page.get_by_text("T = 5, alpha = 0.85").first).to_be_visible(timeout=FIRST_MS)
    assert complaints == []


def test_an_image_is_chosen_with_the_keyboard(explored: Page) -> None:
    page = explored
    thumbnails = page.get_by_role("button", name=re.compile(r", image \d+$"))
    expect(thumbnails).to_have_count(18, timeout=SLOW_MS)
    other = thumbnails.nth(3)
    number = re.search(r"image (\d+)$", other.locator("img").get_attribute("alt") or "")
    assert number is not None
    other.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("spinbutton", name="Test image")).to_have_value(number[1], timeout=SLOW_MS)
    expect(page.get_by_text(f"on test image {number[1]} of 2,000")).to_be_visible(timeout=SLOW_MS)


def test_a_click_on_a_cell_shows_its_student(server: str, page: Page, complaints: list[str]) -> None:
    page.goto(f"{server}/temperature?view=Proved+by+training")
    expect(page.get_by_role("heading", name="The student at T 4, alpha 0.9")).to_be_visible(timeout=FIRST_MS)
    cell = chart(page).get_by_label(re.compile(r"T: 0.5; alpha: 1;"))
    place = cell.last.bounding_box() if cell.count() else None
    box = place or chart(page).bounding_box()
    assert box is not None
    # Without names of its own the first cell is in the corner, behind the names of the axis.
    page.mouse.click(box["x"] + (box["width"] / 2 if place else 64), box["y"] + (box["height"] / 2 if place else 48))
    expect(page.get_by_role("heading", name="The student at T 0.5, alpha 1")).to_be_visible(timeout=SLOW_MS)
    expect(page).to_have_url(re.compile(r"T=0.5"), timeout=SLOW_MS)
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("slider", name="Temperature T").press("End")
    expect(page.get_by_role("heading", name="The student at T 20, alpha 1")).to_be_visible(timeout=SLOW_MS)
    assert complaints == []
