"""The picker in a real Chromium, on a phone and with the keyboard alone: name, find, delete and undo."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from distill_core.lab import Lab
from distill_core.store import JobState
from tests.browser.conftest import served
from tests.quick import QUICK_TIMER, experiment
from tests.records import job_record

pytestmark = pytest.mark.browser
FIRST_MS = 90_000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("many")
    lab = Lab.open(home, timer=QUICK_TIMER)
    for number in range(12):
        title, told = f"Comparison {number}", experiment().to_json()
        lab._store.add_job(job_record(f"{number:08x}", told, state=JobState.STOPPED, title=title))
    lab.close()
    with served(home) as address:
        yield address


def test_an_experiment_is_named_found_by_its_name_deleted_and_brought_back(many: str, page: Page) -> None:
    page.set_viewport_size({"width": 420, "height": 900})
    page.goto(f"{many}/train?train_show=Watch&job=Comparison+0+%2300000000")
    expect(page.get_by_role("button", name="Name and tags")).to_be_visible(timeout=FIRST_MS)
    page.get_by_role("button", name="Name and tags").press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Für Montag")
    dialog.get_by_label("Name").press("Tab")
    dialog.get_by_role("button", name="Save").press("Enter")
    expect(dialog).to_be_hidden(timeout=FIRST_MS)
    expect(page.get_by_text("Für Montag", exact=True).first).to_be_visible(timeout=FIRST_MS)

    page.goto(f"{many}/robustness")
    page.get_by_role("button", name="Find").press("Enter", timeout=FIRST_MS)
    expect(dialog.get_by_role("button", name="Comparison 11")).to_be_visible(timeout=FIRST_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    dialog.get_by_label("Words").fill("montag")
    dialog.get_by_label("Words").press("Enter")
    expect(dialog.get_by_role("button", name="Comparison 11")).to_be_hidden(timeout=FIRST_MS)
    dialog.get_by_role("button", name="Für Montag").press("Enter")
    expect(dialog).to_be_hidden(timeout=FIRST_MS)
    expect(page.get_by_role("combobox", name="Experiment").first).to_have_value("Für Montag", timeout=FIRST_MS)

    page.goto(many)
    page.get_by_role("button", name="Find").press("Enter", timeout=FIRST_MS)
    dialog.get_by_role("button", name="Comparison 10").press("Enter", timeout=FIRST_MS)
    expect(page).to_have_url(re.compile("/train.*job=Comparison.10"), timeout=FIRST_MS)

    page.goto(many)
    page.get_by_role("button", name="Delete").first.click(timeout=FIRST_MS)
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Delete").press("Enter")
    page.get_by_role("button", name="Undo").click(timeout=FIRST_MS)
    expect(page.get_by_role("button", name="Undo")).to_be_hidden(timeout=FIRST_MS)
    expect(page.get_by_text("Comparison 11").first).to_be_visible()
