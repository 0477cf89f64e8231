"""Faults that nobody foresaw, in a real browser: each leaves a page that works, the log has the details."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import served

pytestmark = pytest.mark.browser
# What the faults of that script speak of; importing it would break the pages of this process too.
FAILING, SECRET = "tests/browser/failing.py", "/srv/secret/place.py"
TITLE = "Something went wrong"


def test_a_page_a_clock_and_a_callback_that_fail(page: Page, tmp_path: Path) -> None:
    with served(tmp_path, script=FAILING) as address:
        page.goto(f"{address}/methods?part=Explore+a+method")
        main = page.get_by_test_id("stMain")
        expect(main.get_by_text(TITLE)).to_be_visible(timeout=30_000)
        expect(main.get_by_role("heading", name="Methods")).to_be_visible()
        # The part with a clock fails beside it, at each tick, and the navigation works all the same.
        side = page.get_by_test_id("stSidebar")
        expect(side.get_by_text(TITLE)).to_have_count(1)
        page.get_by_test_id("stSidebarNav").get_by_text("Home", exact=True).click()
        heading = main.get_by_role("heading", name="A small network learns from a large one")
        expect(heading).to_be_visible(timeout=30_000)
        expect(main.get_by_text(TITLE)).to_have_count(0)
        # A callback that fails says so on the page that it was pressed on, once.
        side.get_by_role("button", name="Break").click()
        expect(main.get_by_text("fault of the lab")).to_be_visible(timeout=30_000)
        expect(heading).to_be_visible()
        (reference,) = re.findall(r"reference ([0-9a-f]{8})", main.inner_text())
        assert SECRET not in page.content()
        assert page.get_by_test_id("stException").count() == 0
    log = (tmp_path / "server.log").read_text(errors="replace")
    assert f"reference {reference}" in log
    assert SECRET in log
