"""An int8 file in a real Chromium: the same engine runs it, it answers as here, and the pages say what it is."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from distill_core.lab import Lab
from distill_core.store import Store
from tests.browser.conftest import Home, served
from tests.browser.test_benchmark import FIRST_MS, address, done, measured
from tests.quantized import INT8, quantized

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shrunk(trained_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A served home whose comparison has one more network: the last student with an int8 file."""
    path = tmp_path_factory.mktemp("shrunk") / "home"
    shutil.copytree(trained_once, path)
    store = Store.open(path)
    last = store.runs()[-1]
    quantized(store, last.run, job=last.job_id)
    store.close()
    with served(path) as where:
        yield Home(where, path, ("KD, all", "Small"), (last.run.id, INT8))


def test_it_is_measured_agrees_and_is_called_what_it_is(shrunk: Home, page: Page, complaints: list[str]) -> None:
    runs = [f"{name} #{run}" for name, run in zip(shrunk.names, shrunk.run_ids, strict=True)]
    full, small = measured(page, address(shrunk, *runs, auto=1), 2)
    assert (full["run_id"], small["run_id"]) == shrunk.run_ids
    assert small["agrees"] is True
    assert small["largest_difference"] < 0.02 * max(abs(one) for row in small["logits"] for one in row)
    assert small["size_bytes"] < full["size_bytes"]
    expect(page.get_by_text("WebAssembly, 1 thread · int8")).to_be_visible()
    expect(page.get_by_text("✓ agrees")).to_have_count(2)
    assert complaints == []
    lab = Lab.open(shrunk.path)
    rows = lab.devices.timings([INT8])
    lab.close()
    assert "int8" in set(rows[rows["place"] == "browser"]["numbers"])


def test_float16_of_it_is_not_tried(shrunk: Home, page: Page) -> None:
    page.goto(address(shrunk, f"Small #{INT8}", precision=("float32", "float16"), auto=1))
    done(page)
    expect(page.locator(".skipped").filter(has_text="Its file is int8")).to_have_count(1)
    answer = page.request.get(f"{shrunk.address}/browser/models/{INT8}/float16.onnx")
    assert (answer.status, "expected a float32 file, got int8" in answer.json()["error"]) == (422, True)


def test_the_playground_runs_it_and_says_so(shrunk: Home, page: Page) -> None:
    page.goto(f"{shrunk.address}/playground?runs=Small+%23{INT8}")
    expect(page.get_by_text("Small (int8)").first).to_be_visible(timeout=FIRST_MS)
    expect(page.locator(".status")).to_be_hidden(timeout=FIRST_MS)
