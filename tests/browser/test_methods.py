"""The Methods page in a real Chromium: read a method on two real networks, then compare two of them."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
FIRST_MS = 90_000
SLOW_MS = 30_000
TRAINING_MS = 300_000
QUICK = "r_task=digits&r_labels=100&r_updates=20&r_batch=16&r_seeds=1&r_net=plain_cnn"
COMPARED = "r_methods=dkd&r_methods=at"


def test_a_method_is_read_with_the_keyboard_and_stands_in_the_address(
    server: str, page: Page, complaints: list[str]
) -> None:
    page.goto(f"{server}/methods?part=Explore+a+method")
    expect(page.get_by_role("heading", name="Knowledge distillation")).to_be_visible(timeout=FIRST_MS)
    expect(page.get_by_test_id("stVegaLiteChart").locator("svg, canvas").first).to_be_visible(timeout=FIRST_MS)
    page.get_by_role("radio", name="logits", exact=True).press("ArrowRight")
    page.get_by_role("radio", name="relations and graphs").press("Enter")
    expect(page.get_by_role("heading", name="Relational distillation")).to_be_visible(timeout=SLOW_MS)
    expect(page).to_have_url(re.compile("family=relations"), timeout=SLOW_MS)
    expect(page.get_by_text("The edges that differ most")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2)
    page.reload()
    expect(page.get_by_role("heading", name="Relational distillation")).to_be_visible(timeout=FIRST_MS)
    assert complaints == []


def test_a_row_of_the_table_opens_its_method_which_is_tried_in_train(
    server: str, page: Page, complaints: list[str]
) -> None:
    page.goto(f"{server}/methods?find_method=FitNet")
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible(timeout=FIRST_MS)
    # The box of the only row: the table is a canvas.
    table.click(position={"x": 18, "y": 54})
    expect(page.get_by_role("heading", name="FitNet")).to_be_visible(timeout=SLOW_MS)
    expect(page).to_have_url(re.compile("of_features=fitnet"), timeout=SLOW_MS)
    page.get_by_text("The code of this loss, as it runs").click()
    expect(page.get_by_text("def _hint_term")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("link", name="Try it in Train").click()
    expect(page.get_by_text("FitNet: ResNet-8", exact=False).first).to_be_visible(timeout=SLOW_MS)
    assert complaints == []


def test_attention_maps_fit_a_phone(server: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/methods?family=features&of_features=at")
    expect(page.get_by_role("img", name=re.compile("teacher, .*, stage ?3")).first).to_be_visible(timeout=FIRST_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_two_methods_are_compared_and_judged(server: str, page: Page, complaints: list[str]) -> None:
    page.goto(f"{server}/methods?part=Compare+methods&{QUICK}&{COMPARED}")
    start = page.get_by_role("button", name=re.compile("Start · about"))
    expect(start).to_be_enabled(timeout=FIRST_MS)
    expect(page.get_by_text("Attention transfer: Plain CNN")).to_be_visible()
    start.click()
    expect(page.get_by_role("button", name="Stop").first).to_be_visible(timeout=FIRST_MS)
    expect(page.get_by_text("Difference to the control, and to plain KD")).to_be_visible(timeout=TRAINING_MS)
    expect(page.locator(".js-plotly-plot")).to_have_count(2, timeout=SLOW_MS)
    expect(page.get_by_text(re.compile("(Better than|Worse than|No difference from) plain KD")).first).to_be_visible()
    expect(page.get_by_text("One seed speaks of these networks only").first).to_be_visible()
    assert complaints == []
