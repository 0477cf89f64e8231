"""A benchmark that runs in the browser outlives what happens to the page around it."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from distill_core.lab import Lab
from tests.browser.conftest import Home
from tests.browser.test_benchmark import FIRST_MS, address, done, one_told
from tests.quick import QUICK_TIMER, experiment, student

pytestmark = pytest.mark.browser


def sidebar(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()


def test_a_benchmark_goes_on_when_a_training_ends(trained: Home, page: Page) -> None:
    """The bar of the training goes, and everything below it moves to another place."""
    lab = Lab.open(trained.path, timer=QUICK_TIMER)
    try:
        with lab._queue.hold():  # so that it waits
            job = lab.submit(experiment(student(), student("waits", labels=60)))
            lab.pause(job)
        query = urlencode({"backend": "wasm-1", "job": job, "batch": (1, 8), "auto": 1}, doseq=True)
        with one_told(page, f"{trained.address}/benchmark?{query}"):
            watch = page.get_by_role("link", name="Watch")
            expect(watch).to_be_visible(timeout=FIRST_MS)
            lab.stop(job)
            expect(watch).to_be_hidden(timeout=FIRST_MS)
        done(page, 4)
        lab.delete(job)
    finally:
        lab.close()


def test_a_benchmark_goes_on_when_its_place_in_the_page_is_another_one(trained: Home, page: Page) -> None:
    """As after a visit of another page, or a run of the page that failed: the run was dropped, and nothing said so."""
    with one_told(page, address(trained, batch=(1, 8), auto=1)):
        sidebar(page, "Home")
        expect(page.get_by_role("heading", name="Benchmark")).to_be_hidden(timeout=FIRST_MS)
        sidebar(page, "Benchmark")
        expect(page.get_by_role("heading", name="Benchmark")).to_be_visible(timeout=FIRST_MS)
    done(page, 2)
    expect(page.get_by_text("✓ agrees")).to_have_count(2)


def test_a_benchmark_that_ended_since_the_page_was_left_is_told_of(trained: Home, page: Page) -> None:
    page.clock.install()  # half a minute passes at once
    with one_told(page, address(trained, batch=(1, 8), auto=1)):
        sidebar(page, "Home")
        expect(page.get_by_role("heading", name="Benchmark")).to_be_hidden(timeout=FIRST_MS)
        page.clock.fast_forward(31_000)
        sidebar(page, "Benchmark")
        ended = page.get_by_text(re.compile("The run before ended when this page was left: [12] measurements? done"))
        expect(ended).to_be_visible(timeout=FIRST_MS)
