"""The address bar in a real browser: what it says opens what is shown, also after another experiment has run."""

import re
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from distill_core.errors import NotFound
from distill_core.lab import Lab
from tests.browser.conftest import Home
from tests.quick import QUICK_TIMER, experiment, student

pytestmark = pytest.mark.browser
SLOW_MS = 60_000
# The pages that show an experiment without being asked for one, and what their address calls it.
SHOWING = {"compare": "experiments", "robustness": "job", "playground": "job"}


def test_an_address_copied_from_the_bar_shows_the_same_later(
    trained: Home, page: Page, visitor: BrowserContext
) -> None:
    lab = Lab.open(trained.path, timer=QUICK_TIMER)
    first = lab.jobs()[0].id
    copied = {}
    page.goto(trained.address)
    for name, key in SHOWING.items():
        before = page.evaluate("history.length")
        page.get_by_test_id("stSidebarNav").get_by_text(name.title(), exact=True).click()
        page.wait_for_url(re.compile(rf"/{name}\?.*{key}=.*{first}"), timeout=SLOW_MS)
        assert page.evaluate("history.length") == before + 1
        copied[name] = page.url
    later = lab.wait(lab.submit(experiment(student("later", labels=50))), timeout_seconds=120).id
    try:
        fresh = visitor.new_page()  # a session of its own
        for name, key in SHOWING.items():
            fresh.goto(f"{trained.address}/{name}")
            fresh.wait_for_url(re.compile(rf"/{name}\?.*{key}=.*{later}"), timeout=SLOW_MS)
            expect(fresh.get_by_role("button", name="Copy link")).to_be_visible(timeout=SLOW_MS)
            fresh.goto(copied[name])
            expect(fresh.get_by_role("button", name="Copy link")).to_be_visible(timeout=SLOW_MS)
            asked = parse_qs(urlsplit(copied[name]).query)
            fresh.wait_for_url(lambda url, asked=asked: parse_qs(urlsplit(url).query) == asked, timeout=SLOW_MS)
            if name == "compare":
                table = fresh.get_by_test_id("stMain")
                expect(table).to_contain_text("KD, all", timeout=SLOW_MS)
                expect(table).not_to_contain_text("later")
        fresh.close()
    finally:
        with suppress(NotFound):
            lab.delete(later)
        lab.close()


def test_a_number_that_is_none_leaves_the_address_and_the_page_stands(trained: Home, page: Page) -> None:
    page.goto(f"{trained.address}/train?students=inf&updates=1e999")
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("spinbutton", name="Updates")).not_to_have_value("", timeout=SLOW_MS)
    page.wait_for_url(re.compile(r"/train(?!.*(inf|1e999))"), timeout=SLOW_MS)
    assert page.get_by_text("Something went wrong").count() == 0
