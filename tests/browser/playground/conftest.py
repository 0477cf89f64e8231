"""A served home with one finished comparison on digits, and its Playground."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from distill_core.lab import Lab
from tests.browser.conftest import served
from tests.browser.playground.acts import SLOW_MS, Home, ready
from tests.quick import QUICK_TIMER, experiment

# An answer takes milliseconds, and on a busy machine seconds: nothing here measures how quick it is.
expect.set_options(timeout=SLOW_MS)

# What goes to the Worker and comes back, noted beside.
NOTING = """
window.asked = []
window.told = []
window.Worker = class extends Worker {
  constructor(...how) {
    super(...how)
    this.addEventListener("message", ({ data }) => window.told.push(data))
  }
  postMessage(message, ...rest) {
    window.asked.push(message)
    super.postMessage(message, ...rest)
  }
}
"""


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    path = tmp_path_factory.mktemp("playground")
    lab = Lab.open(path, timer=QUICK_TIMER)
    job = lab.wait(lab.submit(experiment()), timeout_seconds=120)
    summary = lab.summary(job.id)
    lab.close()
    ids = tuple(ids[0] for ids in summary["run_ids"])
    with served(path) as address:
        yield Home(address, path, tuple(summary["student"]), ids)


@pytest.fixture
def opened(trained: Home, page: Page) -> Page:
    page.add_init_script(NOTING)
    return ready(page, trained.address)
