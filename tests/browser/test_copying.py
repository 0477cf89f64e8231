"""What is to be copied is copied, whether the page comes over https, from this machine or over plain http."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OTHER_NAME, Home

pytestmark = pytest.mark.browser
SLOW_MS = 60_000


@pytest.mark.parametrize("host", ["127.0.0.1", OTHER_NAME])
def test_a_link_is_copied(trained: Home, page: Page, host: str) -> None:
    lab = trained.address.replace("127.0.0.1", host)
    page.goto(f"{lab}/temperature?T=8")
    page.get_by_role("button", name="Copy link").click(timeout=SLOW_MS)
    shown = page.get_by_test_id("stCode")
    expect(shown).to_contain_text("T=8", timeout=SLOW_MS)
    expect(page.get_by_text("It opens on this computer alone.")).to_have_count(1 if host == "127.0.0.1" else 0)
    assert page.evaluate("isSecureContext") is (host != OTHER_NAME)
    link = shown.inner_text().strip()
    shown.hover()
    page.get_by_role("button", name="Copy to clipboard").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("getSelection().toString()") == ""
    assert pasted(page) == link


REFUSED = "Clipboard.prototype.writeText = () => Promise.reject(new DOMException('refused', 'NotAllowedError'))"


def test_where_the_clipboard_is_refused_the_link_is_in_hand_and_it_is_said(trained: Home, page: Page) -> None:
    page.add_init_script(REFUSED)
    page.goto(f"{trained.address}/temperature?T=8")
    shown, told = page.get_by_test_id("stCode"), page.locator("[role=status].distill-copied")
    for older in (True, False):
        if not older:
            page.evaluate("() => { Document.prototype.execCommand = () => false }")
        page.get_by_role("button", name="Copy link").click(timeout=SLOW_MS)
        expect(shown).to_contain_text("T=8", timeout=SLOW_MS)
        link = shown.inner_text().strip()
        shown.hover()
        page.get_by_role("button", name="Copy to clipboard").click()
        expect(told).to_contain_text("The link is copied" if older else "it is selected: press Ctrl+C")
        if older:
            assert pasted(page) == link
    assert page.evaluate("getSelection().toString()").strip() == link
    expect(shown).to_be_visible()


def pasted(page: Page) -> str:
    """What the clipboard holds, as a visitor finds out."""
    page.keyboard.press("Escape")
    page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), { id: 'paste' }))")
    place = page.locator("#paste")
    place.focus()
    page.keyboard.press("ControlOrMeta+V")
    found = place.input_value()
    place.evaluate("place => place.remove()")
    return found
