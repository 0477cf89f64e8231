"""Drawing with mouse, finger and keyboard, and taking it back."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Home
from tests.browser.playground.acts import brightens, canvas, draw, light, one, ready

pytestmark = pytest.mark.browser


def test_undo_redo_and_clear_by_button_and_by_key(opened: Page) -> None:
    page = opened
    undo, redo, clear = (page.get_by_role("button", name=name, exact=True) for name in ("Undo", "Redo", "Clear"))
    expect(undo).to_be_disabled()
    one(page)
    first = light(page)
    draw(page, (0.1, 0.1), (0.9, 0.1))
    second = light(page)
    assert second > first > 0
    undo.click()
    assert light(page) == first
    redo.click()
    assert light(page) == second
    clear.click()
    assert light(page) == 0
    expect(page.get_by_text("The answers appear here as you draw.")).to_be_visible()
    canvas(page).focus()
    page.keyboard.press("Control+z")
    assert light(page) == second
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+Z")
    assert light(page) == second


def test_undo_in_the_middle_of_a_stroke_ends_it(cleared: Page) -> None:
    page = cleared
    box = canvas(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 200, steps=5)
    page.keyboard.press("Control+z")
    page.mouse.move(box["x"] + 200, box["y"] + 200, steps=5)
    page.mouse.up()
    assert light(page) == 0
    page.keyboard.press("Control+y")
    assert light(page) > 0


def test_drawing_with_the_keyboard(cleared: Page) -> None:
    page = cleared
    canvas(page).focus()
    page.keyboard.press("ArrowUp")
    assert light(page) == 0
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    drawn = light(page)
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    assert light(page) == drawn > 0
    expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"))


def test_thickness_shade_and_eraser(cleared: Page) -> None:
    page = cleared
    page.get_by_role("slider", name="Thickness").press("End")
    one(page)
    thick = light(page)
    page.get_by_role("button", name="Eraser").click()
    one(page)
    assert light(page) < 0.1 * thick
    page.get_by_role("button", name="Eraser").click()
    page.get_by_role("slider", name="Shade").press("Home")
    one(page)
    assert 0 < light(page) < 0.2 * thick


def test_on_a_phone_a_finger_does_not_scroll_nothing_sticks_out_and_the_answers_follow_the_canvas(
    trained: Home, browser: Browser
) -> None:
    context = browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 420, "height": 800})
    page = ready(context.new_page(), trained.address)
    canvas(page).scroll_into_view_if_needed()
    before = canvas(page).bounding_box()
    assert before is not None
    touch = context.new_cdp_session(page)
    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 4
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 10):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y + 12 * step}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    brightens(page, 0)
    assert canvas(page).bounding_box() == before

    expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"))
    root = page.locator(".playground")
    assert root.evaluate("node => node.scrollWidth <= node.clientWidth")
    drawn, told = canvas(page).bounding_box(), page.locator(".answers").bounding_box()
    verdict = page.locator(".verdict").first.bounding_box()
    assert None not in (drawn, told, verdict)
    assert drawn["width"] == pytest.approx(256)
    assert verdict["y"] + verdict["height"] - drawn["y"] < 450  # both are in sight while a finger draws
    assert told["y"] > drawn["y"] + drawn["height"]
    context.close()
