"""A new home in a real Chromium: how soon are a chart on Home and an answer to the first stroke there?

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/first_minute.py [--rounds 3] [--json]

Each round starts a server on an empty home, waits until it answers, and opens a browser with an empty cache: Home until
its chart is drawn, then, in a second browser as new as the first, the Playground until the first network has answered a
stroke. Medians are told. ``opened``: processor time of opening a lab in an empty home with the example, less the time
without. CHROMIUM names the browser, else the one on PATH is taken. Ends with 1 where a limit is missed, with 2 where no
browser starts.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import browser as no_browser
from benchmarks.needs import chromium as chromium_options
from benchmarks.needs import count, reporting
from distill_core.lab import Lab

LIMITS = {"chart_seconds": 3.0, "answer_seconds": 5.0, "opened_seconds": 0.3}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=count, default=3)
    parser.add_argument("--json", action="store_true")
    settings = parser.parse_args()
    with reporting(as_json=settings.json) as report:
        if not report.can("first minute", no_browser()):
            return 2
        found = [_round() for _ in range(settings.rounds)]
        figures = {name: median(one[name] for one in found) for name in LIMITS}
        report.figures |= figures | {"rounds": found}
        report.tell(
            f"a chart on Home {figures['chart_seconds']:.1f} s, an answer on the Playground "
            f"{figures['answer_seconds']:.1f} s after the server is ready; opening with the example "
            f"{figures['opened_seconds']:.2f} s more than without"
        )
        return 0 if all(figures[name] < limit for name, limit in LIMITS.items()) else 1


def _round() -> dict[str, Any]:
    from tests.browser.conftest import AS_IT_IS, served

    found = {"opened_seconds": _opened(example=True) - _opened(example=False)}
    for name, visit in (("chart_seconds", _chart), ("answer_seconds", _answer)):
        with tempfile.TemporaryDirectory() as home, served(Path(home), script=AS_IT_IS, DISTILL_EXAMPLE="1") as address:
            found[name] = _timed(address, visit)
    return found


def _opened(*, example: bool) -> float:
    with tempfile.TemporaryDirectory() as home:
        start = time.process_time()
        lab = Lab.open(Path(home), example=example)
        taken = time.process_time() - start
        lab.close()
    return taken


def _timed(address: str, visit: Callable[[Any, str], None]) -> float:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(**chromium_options())
        page = chromium.new_page()
        start = time.monotonic()
        visit(page, address)
        taken = time.monotonic() - start
        chromium.close()
    return taken


def _chart(page: Any, address: str) -> None:
    page.goto(address)
    page.locator(".js-plotly-plot").first.wait_for()


def _answer(page: Any, address: str) -> None:
    from tests.browser.playground.acts import one, ready

    ready(page, address)
    one(page)
    page.locator(".answer").first.filter(has_text="%").wait_for()


if __name__ == "__main__":
    sys.exit(main())
