"""The first minute on a fresh install: a chart on Home, and answers to the first stroke, with nothing trained."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AS_IT_IS, served
from tests.browser.playground.acts import FIRST_MS, one, ready

pytestmark = pytest.mark.browser
# Whether each value has room for all its parts. Cards take a moment to their new width.
ALL_SHOWN = """() => [...document.querySelectorAll("[data-testid=stMetricValue]")].every(
  value => [value, ...value.querySelectorAll("*")].every(part => part.scrollWidth <= part.clientWidth + 1))"""
# Of a chart the whole.
ON_FIRST_SCREEN = "() => document.querySelector('.js-plotly-plot').getBoundingClientRect().bottom <= innerHeight"


def test_a_new_home_has_a_chart_and_answers_the_first_stroke(tmp_path: Path, page: Page, complaints: list[str]) -> None:
    with served(tmp_path, script=AS_IT_IS, DISTILL_EXAMPLE="1") as address:
        page.goto(address)
        expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=FIRST_MS)
        expect(page.get_by_role("button", name=re.compile("Run it here"))).to_be_visible()
        page.set_viewport_size({"width": 1440, "height": 900})
        page.wait_for_function(ON_FIRST_SCREEN)
        expect(page.get_by_text("Trained on 500 labels alone")).to_be_in_viewport()
        page.set_viewport_size({"width": 420, "height": 900})
        values = page.get_by_test_id("stMetricValue")
        expect(values).to_have_count(4)
        assert sum("±" in text for text in values.all_inner_texts()) == 3
        page.wait_for_function(ALL_SHOWN)
        page.set_viewport_size({"width": 1280, "height": 720})
        ready(page, address)
        # A shirt is drawn by nobody: teacher and students answer a test image, and the probe is on the first screen.
        expect(page.locator(".truth")).to_contain_text("The test image shows:", timeout=FIRST_MS)
        expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"), timeout=FIRST_MS)
        for width, height in ((1280, 720), (1440, 900)):
            page.set_viewport_size({"width": width, "height": height})
            for part in (page.get_by_role("button", name="Find the first change"), page.locator(".stage canvas")):
                box = part.bounding_box()
                assert box is not None
                assert box["y"] + box["height"] <= height, (width, box)
        page.get_by_role("button", name="Clear", exact=True).click()
        one(page)
        expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"), timeout=FIRST_MS)
        expect(page.locator(".answers thead th")).to_have_count(4)
        assert complaints == []
