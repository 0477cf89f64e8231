"""An archive downloaded from Compare is imported on Home, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from distill_core.lab import Lab
from tests.browser.conftest import Home

pytestmark = pytest.mark.browser
SLOW_MS = 60_000


def test_an_archive_goes_from_compare_to_home(trained: Home, server: str, page: Page, tmp_path: Path) -> None:
    page.goto(f"{trained.address}/compare?details=Downloads")
    with page.expect_download(timeout=SLOW_MS) as getting:
        page.get_by_role("button", name="Archive").click(timeout=SLOW_MS)
    file = tmp_path / getting.value.suggested_filename
    getting.value.save_as(file)
    lab = Lab.open(tmp_path / "looked")
    title = lab.archives.look(file).title
    lab.close()
    page.goto(server)
    page.get_by_role("button", name="Import an archive").click(timeout=SLOW_MS)
    page.locator('input[type="file"]').set_input_files(file)
    expect(page.get_by_text(title, exact=True).first).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("Imported 1 experiment.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_test_id("stMain")).to_contain_text("KD, all", timeout=SLOW_MS)
