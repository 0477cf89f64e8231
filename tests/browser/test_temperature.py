"""The Temperature page in a real Chromium: the first screen, both sliders, the gallery, a click on a cell, and the
address."""

import re

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

pytestmark = pytest.mark.browser
FIRST_MS = 60_000
SLOW_MS = 20_000
SIZES = [(1440, 900), (1920, 1080), (420, 900)]


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


def numbers(page: Page, network: int) -> list[str]:
    """What the bars of the teacher (0) or the student (1) read."""
    return page.locator(f".demonstration tbody td:nth-child({network + 2}) .number").all_inner_texts()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_slider_image_and_the_bars_of_both_stand_on_the_first_screen(
    server: str, page: Page, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{server}/temperature")
    expect(page.locator(".demonstration .number").last).to_have_text(re.compile(r"\d"), timeout=FIRST_MS)
    expect(page.get_by_role("slider", name="Temperature T")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=SLOW_MS)
    parts = [page.locator(".st-key-T"), page.locator(".demonstration img").first]
    parts += [page.locator(f".demonstration tbody tr:{row}-child") for row in ("first", "last")]
    for part in parts:
        box = part.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height, part


def test_the_bars_follow_the_slider_while_it_is_dragged_and_nothing_is_asked(server: str, page: Page) -> None:
    sent: list[str | bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(frame))

    page.on("websocket", listen)
    page.goto(f"{server}/temperature")
    at = page.locator(".demonstration .at")
    expect(at).to_have_text("4", timeout=FIRST_MS)
    expect(chart(page).locator("svg, canvas").first).to_be_visible(timeout=FIRST_MS)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=SLOW_MS)
    before, known = [numbers(page, network) for network in (0, 1)], len(sent)
    value = page.locator(".st-key-T").get_by_test_id("stSliderThumbValue")
    slider = page.locator(".st-key-T [data-testid=stSlider]").bounding_box()
    thumb = page.get_by_role("slider", name="Temperature T").locator("xpath=..").bounding_box()
    assert slider is not None
    assert thumb is not None
    y = thumb["y"] + thumb["height"] / 2
    page.mouse.move(thumb["x"] + thumb["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(slider["x"] + slider["width"] - 4, y, steps=5)
    expect(at).not_to_have_text("4", timeout=SLOW_MS)
    expect(at).to_have_text(value.inner_text())
    dragged = [numbers(page, network) for network in (0, 1)]
    assert dragged[0] != before[0]
    assert dragged[1] != before[1]
    assert len(sent) == known > 0
    page.mouse.up()
    expect(page).to_have_url(re.compile(rf"T={at.inner_text()}\b"), timeout=SLOW_MS)
    expect(page.get_by_text(f"% at T\u00a0=\u00a0{at.inner_text()}").first).to_be_visible(timeout=SLOW_MS)
    assert [numbers(page, network) for network in (0, 1)] == dragged
    for shown in (*before, *dragged):
        assert sum(round(10 * float(text)) for text in shown) == 1000


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
