"""What scripts show in another language stands in a catalogue."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from distill_core.lab import Lab
from tests.browser.conftest import BRACKETS, served
from tests.browser.playground.acts import draw, ready
from tests.ui.bracketed import outside

pytestmark = pytest.mark.browser
SLOW_MS = 60_000
# Units, kinds of numbers, and what a browser calls itself.
SIGNS = re.compile(r"Mozilla/.*|\b(?:px|[mµ]s|kB|float32)\b")
# All that is read or heard within an element, a line a text.
SAID = """root => {
  const said = []
  const walk = node => {
    if (node.nodeType === Node.TEXT_NODE) said.push(node.data)
    if (node.matches?.("style, .icon, [data-testid=stIconMaterial]")) return
    for (const name of ["aria-label", "title", "alt", "placeholder", "aria-valuetext", "aria-roledescription"])
      said.push(node.getAttribute?.(name) ?? "")
    for (const child of node.childNodes) walk(child)
  }
  walk(root)
  return said.join("\\n")
}"""


@pytest.fixture(scope="module")
def home(trained_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, list[str]]]:
    """The address of a server whose texts stand in brackets, a run, and the names of networks."""
    path = tmp_path_factory.mktemp("brackets") / "home"
    shutil.copytree(trained_once, path)
    lab = Lab.open(path)
    (job,) = lab.jobs()
    summary = lab.reports.summary(job.id)
    names = list(summary["student"])
    run_id = next(ids[0] for ids in summary["run_ids"][2:])
    lab.close()
    with served(path, script=BRACKETS) as address:
        yield address, run_id, names


def left_in(page: Page, part: str, names: list[str]) -> list[str]:
    """Words in no brackets."""
    known = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    text = SIGNS.sub("", known.sub("", outside(page.locator(part).evaluate(SAID))))
    return sorted({line for line in text.splitlines() if re.search(r"[^\W\d_]{2,}", line)})


def test_all_that_the_playground_shows_is_of_a_catalogue(
    home: tuple[str, str, list[str]], page: Page, complaints: list[str]
) -> None:
    address, _, names = home
    ready(page, address)
    draw(page, (0.5, 0.1), (0.5, 0.9))
    page.get_by_label("Upload a picture").set_input_files({"name": "empty.png", "mimeType": "image/png", "buffer": b""})
    page.get_by_role("button", name="Find the first change").click()
    expect(page.get_by_text("Table of these charts")).to_be_visible(timeout=SLOW_MS)
    assert "\n".join(left_in(page, ".playground", names)) == ""
    assert complaints == []


def test_all_that_the_benchmark_of_this_device_shows_is_of_a_catalogue(
    home: tuple[str, str, list[str]], page: Page, complaints: list[str]
) -> None:
    address, run_id, names = home
    chosen = {"runs": run_id, "backend": ("wasm-1", "webgpu"), "auto": 1}
    page.goto(f"{address}/benchmark?{urlencode(chosen, doseq=True)}")
    expect(page.get_by_text("1 measurement done").first).to_be_visible(timeout=SLOW_MS)
    assert "\n".join(left_in(page, ".benchmark", names)) == ""
    assert complaints == []
