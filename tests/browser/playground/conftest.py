"""The Playground of the served home."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Home
from tests.browser.playground.acts import NOTING, SLOW_MS, canvas, ready

# An answer takes milliseconds, and on a busy machine seconds: nothing here measures how quick it is.
expect.set_options(timeout=SLOW_MS)


@pytest.fixture(scope="session")
def tab(visitor: BrowserContext) -> Iterator[Page]:
    """One tab for the tests that change nothing but its page: a page loads faster where it was loaded before."""
    tab = visitor.new_page()
    tab.add_init_script(NOTING)
    yield tab
    tab.close()


@pytest.fixture
def opened(trained: Home, tab: Page) -> Page:
    """The page, loaded anew, with what goes to its Worker noted."""
    tab.mouse.up()  # a test that failed may have left the pen down
    return ready(tab, trained.address)


@pytest.fixture
def cleared(trained: Home, tab: Page) -> Page:
    """The page as the test before left it, without its drawing: for tests that only draw."""
    tab.mouse.up()
    if not (tab.url.startswith(f"{trained.address}/playground") and canvas(tab).is_visible()):
        return ready(tab, trained.address)
    clear = tab.get_by_role("button", name="Clear", exact=True)
    if clear.is_enabled():
        clear.click()
    return tab
