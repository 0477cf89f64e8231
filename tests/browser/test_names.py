"""A student's name in a real Chromium: Plotly, Vega and Markdown draw every letter of it and make nothing of it, and no
table or file that is saved there makes a formula of it."""

import csv
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from distill_core.lab import Lab
from tests.browser.conftest import served
from tests.quick import QUICK_TIMER, experiment, student

pytestmark = pytest.mark.browser
FIRST_MS = 90_000
NAMES = ("<b>%{y}</b> & co", "=1;@x $x^2$ costs $5")


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("named")
    lab = Lab.open(home, timer=QUICK_TIMER)
    job = lab.wait(lab.submit(experiment(student(NAMES[0]), student(NAMES[1], transfer="all"))), timeout_seconds=120)
    lab.close()
    assert (job.state, job.error) == ("finished", None)
    with served(home) as address:
        yield address


def test_charts_and_text_show_names_letter_for_letter(named: str, page: Page) -> None:
    page.goto(f"{named}/compare?details=Classes")
    chart = page.locator(".js-plotly-plot").first
    for name in NAMES:
        expect(chart.get_by_text(name, exact=True)).to_be_visible(timeout=FIRST_MS)
    expect(page.get_by_role("heading", name="What this shows")).to_be_visible(timeout=FIRST_MS)
    said = page.get_by_test_id("stMarkdown").filter(has_text="reaches").filter(has_text="points").first
    expect(said).to_contain_text(NAMES[0])
    expect(said).to_contain_text(NAMES[1])
    assert page.locator(".katex").count() == 0


def test_what_is_saved_is_no_formula_however_it_is_parted(named: str, page: Page) -> None:
    page.add_init_script("delete window.showSaveFilePicker")  # it would ask the visitor where to
    page.goto(f"{named}/compare?details=Downloads")
    table = page.get_by_test_id("stDataFrame").first
    expect(table).to_be_visible(timeout=FIRST_MS)
    for button in ("Download as CSV", "Table", "Table for Excel (; and decimal commas)"):
        with page.expect_download(timeout=FIRST_MS) as saved:
            # The toolbar's name says of which table; it hides again where the page moves below the mouse.
            page.get_by_role("button", name=button, exact=button != "Download as CSV").first.dispatch_event("click")
        text = saved.value.path().read_text("utf-8-sig")
        assert "=1" in text, button
        for separator in ",;\t|":
            cells = [cell for row in csv.reader(text.splitlines(), delimiter=separator) for cell in row]
            assert not [cell for cell in cells if cell.strip().startswith(("=", "@"))], button
