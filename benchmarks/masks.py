"""From a stroke on the Playground of scenes to the masks of teacher and three students, redrawn in a real Chromium.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/masks.py [--strokes 30] [--json]

A server of its own is started on a home with the comparison of scenes in it, trained for a moment (how long a network
takes does not depend on what it learnt): the teacher that ships, a control and two students. CHROMIUM names the
browser, else the one on PATH is taken. Ends with 1 where the limit is missed, with 2 where no browser starts.

piece   from a movement of the pointer to the frame after which every mask shows it, all of them
stroke  the slowest piece of each stroke
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.browser import LAGS, WAIT_MS, circle
from benchmarks.needs import browser as no_browser
from benchmarks.needs import chromium as chromium_options
from benchmarks.needs import count, reporting

MASKS_MS = 300.0
SETTLED_MS, REST_MS = 8_000, 400
NETWORKS = 4
FRAMES = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, {rest})))"


def main() -> int:
    settings = _arguments()
    with reporting(as_json=settings.json) as report:
        if not report.can("masks", no_browser()):
            return 2
        with _page() as page:
            strokes = [_stroke(page, turn) for turn in range(settings.strokes)]
            shown = page.locator(".tiles figure").count()
        rows = [
            _row("piece", [ms for lags in strokes for ms in lags]),
            _row("stroke", [max(lags) for lags in strokes]),
        ]
        report.figures |= {"rows": rows, "masks": shown, "limit_ms": MASKS_MS}
        for row in rows:
            times = ", ".join(f"{name} {row[f'{name}_ms']:.0f} ms" for name in ("p50", "p95", "most"))
            report.tell(f"{row['what']:<8}{row['count']:5}   {times}")
        return 0 if shown == NETWORKS + 1 and all(row["p95_ms"] < MASKS_MS for row in rows) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strokes", type=count, default=30)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


@contextmanager
def _page() -> Iterator[Any]:
    """The Playground with a test scene, and nothing loading any more."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import served

    with tempfile.TemporaryDirectory() as home:
        job = _train(Path(home))
        with served(Path(home)) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(**chromium_options())
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.add_init_script(LAGS)
            page.goto(f"{address}/playground?job={job}")
            page.locator(".stage canvas").wait_for(timeout=WAIT_MS)
            page.locator(".status").wait_for(state="hidden", timeout=WAIT_MS)
            page.wait_for_timeout(SETTLED_MS)  # torch is loaded after the first page
            yield page
            browser.close()


def _train(home: Path) -> str:
    from distill_core.lab import Lab
    from distill_core.spec import Budget
    from distill_core.tasks.segmentation.scenes import DEFAULT

    lab = Lab.open(home)
    short = DEFAULT.model_copy(update={"budget": Budget(updates=4, batch_size=4)})
    job = lab.wait(lab.submit(short), 600)
    lab.close()
    if job.state != "finished":
        raise SystemExit(f"the comparison did not finish: {job.error}")
    return job.id


def _stroke(page: Any, turn: int) -> list[float]:
    """How long each piece of a stroke took; a stroke begins when the one before is over."""
    before = page.evaluate("window.lags.length")
    circle(page, turn)
    page.evaluate(FRAMES.format(rest=REST_MS))
    return [float(ms) for ms in page.evaluate(f"window.lags.slice({before})")]


def _row(what: str, values_ms: list[float]) -> dict[str, Any]:
    from distill_core.deployment.percentiles import nearest_rank

    ascending = sorted(values_ms)
    p50_ms, p95_ms = (nearest_rank(ascending, percent) for percent in (50, 95))
    return {"what": what, "count": len(ascending), "p50_ms": p50_ms, "p95_ms": p95_ms, "most_ms": ascending[-1]}


if __name__ == "__main__":
    sys.exit(main())
