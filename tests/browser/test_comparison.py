"""The main job in a real Chromium: press the one button, wait, read the chart, look closer, fetch the files."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from distill_core.lab import Lab
from distill_core.templates.presets import default_experiment
from tests.browser.conftest import AS_IT_IS, served

pytestmark = pytest.mark.browser
TRAINING_MS = 300_000


@pytest.fixture(scope="module")
def compared(server: str, visitor: BrowserContext) -> str:
    """The server once its default comparison is finished, trained by pressing the button."""
    page = visitor.new_page()
    page.goto(server)
    page.get_by_role("button", name=re.compile("Run the comparison")).click()
    expect(page.get_by_role("button", name="Stop").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("What this shows")).to_be_visible(timeout=TRAINING_MS)
    # The findings are there before the job has ended.
    expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=TRAINING_MS)
    page.close()
    return server


def test_home_is_isolated_and_shows_the_finished_chart_and_pressing_again_is_answered_from_the_store(
    compared: str, page: Page, complaints: list[str]
) -> None:
    page.goto(compared)
    assert page.evaluate("crossOriginIsolated") is True
    chart = page.locator(".js-plotly-plot").first
    expect(chart).to_be_visible(timeout=30_000)
    cards = page.get_by_test_id("stMetric")
    expect(cards).to_have_count(4)
    for card in cards.all():
        assert re.search(r"\d\d\.\d %", card.inner_text())
    assert page.get_by_text("control, labels alone").count() == 1
    expect(page.get_by_text(re.compile("reaches")).first).to_be_visible()
    assert complaints == []
    button = page.get_by_role("button", name=re.compile("Show the comparison.*done"))
    expect(button).to_be_visible(timeout=30_000)
    button.click()
    expect(page.get_by_text("What this shows")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


def test_compare_opens_by_its_address_and_offers_the_files(compared: str, page: Page, complaints: list[str]) -> None:
    page.goto(f"{compared}/compare")
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    assert complaints == []
    page.get_by_role("tab", name=re.compile("Download")).click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Runs and specifications").click()
    stored = json.loads(Path(started.value.path()).read_text(encoding="utf-8"))
    assert "KD, same images" in json.dumps(stored)


def test_train_opens_with_the_settings_of_a_link_and_a_preset_fills_the_address_so_that_a_reload_keeps_every_student(
    server: str, page: Page
) -> None:
    page.goto(f"{server}/train?updates=77")
    expect(page.get_by_role("spinbutton", name="Updates")).to_have_value("77", timeout=60_000)
    page.wait_for_url(re.compile(r"/train\?(?!.*updates=).*spec="), timeout=60_000)
    before = page.url
    page.get_by_role("button", name="Start from a ready experiment").click(timeout=60_000)
    page.get_by_role("button", name="Too hot, too cold", exact=True).click(timeout=60_000)
    page.wait_for_url(lambda url: url != before, timeout=60_000)
    page.reload()
    for name in ("T 0.5", "T 1", "T 4", "T 20", "T 50"):
        expect(page.get_by_test_id("stMain").locator("strong", has_text=re.compile(f"{name}$"))).to_be_visible(
            timeout=60_000
        )
    expect(page.get_by_role("button", name=re.compile("^.*Start · about"))).to_be_enabled()


def test_what_is_served_trains_in_a_process_of_its_own_and_shows_its_progress_and_result(
    tmp_path: Path, page: Page
) -> None:
    with served(tmp_path, script=AS_IT_IS, DISTILL_EXECUTOR="") as address:
        page.goto(f"{address}/train?task=tones&students=1&updates=30&seeds=1")
        page.get_by_role("button", name=re.compile("^.*Start · about")).click(timeout=60_000)
        expect(page.get_by_role("button", name="Stop").first).to_be_visible(timeout=60_000)
        expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=TRAINING_MS)
        page.goto(f"{address}/compare")
        expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=60_000)


def test_a_job_that_was_running_when_the_server_died_can_be_started_again(tmp_path: Path, page: Page) -> None:
    # How a server dies while its job runs: tests/test_ends_at_any_moment.py.
    lab = Lab.open(tmp_path)
    lab.submit(default_experiment())
    lab.close()
    with served(tmp_path) as address:
        page.goto(address)
        again = page.get_by_role("button", name=re.compile("again", re.IGNORECASE)).first
        expect(again).to_be_visible(timeout=60_000)
        again.click()
        stop = page.get_by_role("button", name="Stop").first
        expect(stop).to_be_visible(timeout=60_000)
