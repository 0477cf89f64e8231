"""A report opened from the disk in a browser without a network, in light and dark."""

import pytest
from playwright.sync_api import Browser, expect

from distill_core.lab import Lab

pytestmark = pytest.mark.browser
SLOW_MS = 60_000
TITLES = ("Score against size", "Differences from the control", "Validation while training", "Loss while training")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_charts_are_drawn_without_a_network(scheme, browser: Browser, trained_once, tmp_path) -> None:
    lab = Lab.open(trained_once)
    (tmp_path / "report.html").write_bytes(lab.documents.page([lab.jobs()[0].id]))
    lab.close()
    context = browser.new_context(offline=True, color_scheme=scheme)
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else wrong.append(asked.url))
    page.goto((tmp_path / "report.html").as_uri())
    expect(page.locator("figcaption")).to_have_text(TITLES, timeout=SLOW_MS)
    expect(page.locator(".js-plotly-plot")).to_have_count(len(TITLES), timeout=SLOW_MS)
    ink = page.evaluate("document.querySelector('.xtitle').style.fill")
    assert ink == ("rgb(232, 234, 237)" if scheme == "dark" else "rgb(27, 31, 36)")
    with page.expect_download() as getting:
        page.get_by_role("link", name="The table as CSV").click()
    assert getting.value.suggested_filename == "networks.csv"
    context.close()
    assert wrong == []
