"""The browser's Back and Forward: a page comes back as it was left, and each page is one entry of the history."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Home
from ui.forms import packed

pytestmark = pytest.mark.browser
SLOW_MS = 60_000
# Settings of pages, and another one to go to: what scripts of its own set, tabs, what a page draws last. That each page
# draws what its address says is a test of its own, without a browser.
LEFT = {
    "playground": ({"play_T": "8", "sample": "3", "rotation": "7.5"}, "benchmark"),
    "methods": ({"part": "compare", "spec": packed.pack({"methods": ["dkd"], "seeds": 2})}, "compare"),
    "compare": ({"details": "confusion", "log": "false", "cost": "MACs"}, "methods"),
}


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_text(name.title(), exact=True).click()
    arrived(page, name)


def arrived(page: Page, name: str) -> None:
    page.wait_for_url(re.compile(rf"/{name}(\?|$)"), timeout=SLOW_MS)
    expect(page.get_by_role("heading", name=name.title(), exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("button", name="Copy link")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=SLOW_MS)
    page.wait_for_function("() => Symbol.for('distill lab: one entry a page') in window", timeout=SLOW_MS)


def says(page: Page, **settings: str) -> None:
    """Wait until the address does."""
    parts = "".join(f"(?=.*[?&]{re.escape(urlencode({key: value}))}(&|$))" for key, value in settings.items())
    page.wait_for_url(re.compile(parts), timeout=SLOW_MS)


def says_updates(page: Page, count: int) -> None:
    """Wait until the specification in the address has so many updates."""

    def has(url: str) -> bool:
        (text,) = parse_qs(urlsplit(url).query).get("spec", [packed.pack({})])
        return packed.unpack(text).get("budget") == {"updates": count}

    page.wait_for_url(has, timeout=SLOW_MS)


def link(page: Page, holds: str = "") -> str:
    """What Copy link holds, once that is there: the page as the server has it."""
    page.get_by_role("button", name="Copy link").click()
    code = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode")
    expect(code).to_contain_text(holds, timeout=SLOW_MS)
    found = code.inner_text()
    page.keyboard.press("Escape")
    expect(code).to_have_count(0, timeout=SLOW_MS)
    return found


def temperature(page: Page) -> Locator:
    return page.get_by_role("slider", name="Temperature T")


def test_each_entry_of_the_history_is_a_page_as_it_was_left(trained: Home, page: Page) -> None:
    page.goto(f"{trained.address}/temperature")
    arrived(page, "temperature")
    for shown in ("5", "6.3", "8"):
        temperature(page).press("ArrowRight")
        says(page, T=shown)
    link(page, "T=8")  # the browser writes an address before the server has the value
    before = page.evaluate("history.length")
    go(page, "train")
    updates = page.get_by_role("spinbutton", name="Updates")
    updates.fill("77")
    updates.press("Enter")
    says_updates(page, 77)
    go(page, "temperature")  # the sidebar leads to the page as it was set last
    says(page, T="8")
    temperature(page).press("ArrowRight")
    says(page, T="10")
    go(page, "compare")
    assert page.evaluate("history.length") == before + 3
    page.go_back()
    arrived(page, "temperature")
    says(page, T="10")
    expect(temperature(page)).to_have_attribute("aria-valuetext", "10", timeout=SLOW_MS)
    page.go_back()
    arrived(page, "train")
    says_updates(page, 77)
    expect(updates).to_have_value("77", timeout=SLOW_MS)
    page.go_back()
    arrived(page, "temperature")
    says(page, T="8")
    expect(temperature(page)).to_have_attribute("aria-valuetext", "8", timeout=SLOW_MS)
    page.go_forward()
    arrived(page, "train")
    page.go_forward()
    arrived(page, "temperature")
    expect(temperature(page)).to_have_attribute("aria-valuetext", "10", timeout=SLOW_MS)
    assert page.evaluate("history.length") == before + 3


@pytest.mark.parametrize("name", LEFT)
def test_back_comes_to_a_page_as_it_was_left(trained: Home, page: Page, name: str) -> None:
    settings, other = LEFT[name]
    page.goto(f"{trained.address}/{name}?{urlencode(settings)}")
    arrived(page, name)
    says(page, **settings)
    asked = link(page)
    go(page, other)
    assert all(f"{urlencode({key: value})}" not in page.url for key, value in settings.items())
    page.go_back()
    arrived(page, name)
    says(page, **settings)
    assert link(page) == asked
