"""The first minute on a fresh install: a chart on Home, and answers to the first stroke, with nothing trained."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import served
from tests.browser.playground.acts import FIRST_MS, one, ready

pytestmark = pytest.mark.browser


def test_a_new_home_has_a_chart_and_answers_the_first_stroke(tmp_path: Path, page: Page, complaints: list[str]) -> None:
    with served(tmp_path, DISTILL_EXAMPLE="1") as address:
        page.goto(address)
        expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=FIRST_MS)
        expect(page.get_by_role("button", name=re.compile("Run it here"))).to_be_visible()
        ready(page, address)
        one(page)
        expect(page.locator(".answer").first).to_have_text(re.compile(r"\d+.%"), timeout=FIRST_MS)
        expect(page.locator(".answers thead th")).to_have_count(4)
        assert complaints == []
