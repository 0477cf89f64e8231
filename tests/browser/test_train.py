"""Train in a real Chromium: its whole specification is in the address, and a link opens it in another browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Home
from tests.browser.test_back import SLOW_MS, arrived, link, says_updates

pytestmark = pytest.mark.browser


def test_a_link_copied_on_train_shows_the_same_in_a_fresh_browser(trained: Home, page: Page, browser: Browser) -> None:
    page.goto(f"{trained.address}/train")
    arrived(page, "train")
    before = page.evaluate("history.length")
    page.get_by_role("button", name="Edit", exact=True).first.click()
    name = page.get_by_role("textbox", name="Name", exact=True)
    name.fill("Änder_ung *1*")
    name.press("Enter")
    expect(page.locator("strong", has_text="Änder_ung *1*")).to_be_visible(timeout=SLOW_MS)
    alpha = page.get_by_role("spinbutton", name="alpha")
    alpha.fill("0.25")
    alpha.press("Enter")
    updates = page.get_by_role("spinbutton", name="Updates")
    updates.fill("77")
    updates.press("Enter")
    says_updates(page, 77)
    assert page.evaluate("history.length") == before
    copied, bar = link(page), page.url
    planned = page.get_by_text(re.compile("Änder_ung .*alpha 0.25"))
    expect(planned.first).to_be_visible(timeout=SLOW_MS)
    context = browser.new_context()
    try:
        for address in (copied, bar):
            fresh = context.new_page()
            fresh.goto(address)
            arrived(fresh, "train")
            expect(fresh.get_by_role("spinbutton", name="Updates")).to_have_value("77", timeout=SLOW_MS)
            expect(fresh.locator("strong", has_text="Änder_ung *1*")).to_be_visible(timeout=SLOW_MS)
            assert link(fresh) == copied
            fresh.close()
    finally:
        context.close()


def test_fields_that_are_changed_in_quick_succession_keep_both_values(trained: Home, page: Page) -> None:
    page.goto(f"{trained.address}/train?train_advanced=true")
    arrived(page, "train")
    for name, value in (("Updates", "78"), ("Batch size", "64"), ("Data seed", "3")):
        field = page.get_by_role("spinbutton", name=name)
        field.fill(value)
        field.press("Enter")
    for name, value in (("Updates", "78"), ("Batch size", "64"), ("Data seed", "3")):
        expect(page.get_by_role("spinbutton", name=name)).to_have_value(value, timeout=SLOW_MS)
    expect(page.get_by_text(re.compile("All take 78 steps of 64 images"))).to_be_visible(timeout=SLOW_MS)
