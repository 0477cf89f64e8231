"""From a movement of a slider to the redrawn chart, in a real Chromium, while nothing trains and while a job trains.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/slider.py [--moves 40] [--json]

A server of its own is started on an empty home. Each movement is one press of an arrow key on the temperature or the
alpha slider of the Temperature page; the clock, the browser's own, runs from the key's event to the frame after the
last change of the picture's drawing. That includes the 200 ms that Streamlit's sliders wait for a further movement.
CHROMIUM names the browser, else the one on PATH is taken. Ends with 1 where a p95 is over the limit, with 2 where no
browser starts.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.classroom.keys import numbers, run, spread
from benchmarks.needs import chromium

LIMIT_MS = 400.0
LOADED_MS = 15_000
LOOKS = {
    "look=image": "Temperature T",
    "look=gradient": "alpha",
    "look=loss": "alpha",
    "look=classes": "Temperature T",
    "look=calibration": "Temperature T",
    # Steps from cell to cell: the frame moves on the map, and the panel shows another student.
    "view=Proved+by+training&metric=NLL": "Temperature T",
}
# Three steps of the list are one of the grid; within Streamlit's wait they are one movement.
STEPS = {"view=Proved+by+training&metric=NLL": 3}
# The clock stops with the frame after which the drawing stays as it is for a while.
WATCH = """
() => new Promise((resolve) => {
  const chart = document.querySelector('[data-testid="stVegaLiteChart"]')
  const drawing = () => {
    const canvas = chart.querySelector('canvas')
    return canvas ? canvas.toDataURL() : chart.innerHTML
  }
  const before = drawing()
  let began = null, changed = null, last = before
  document.addEventListener('keydown', () => { began = performance.now() }, { once: true, capture: true })
  const look = () => {
    const now = performance.now()
    const seen = drawing()
    if (seen !== last) { last = seen; changed = now }
    if (changed !== null && now - changed > 150) return resolve(changed - began)
    if (began !== null && now - began > 5000) return resolve(null)
    requestAnimationFrame(look)
  }
  window.watching = true
  requestAnimationFrame(look)
})
"""


def main() -> int:
    return run(__doc__, "moves", "movements of each slider and picture", "every movement", LIMIT_MS, _measure, _line)


def _measure(moves: int) -> Iterator[dict[str, Any]]:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import served

    with tempfile.TemporaryDirectory() as home, served(Path(home)) as address, sync_playwright() as playwright:
        started = playwright.chromium.launch(**chromium())
        page = started.new_page(viewport={"width": 1400, "height": 900})
        # After its first page the server loads torch, which is over by then.
        page.goto(f"{address}/temperature")
        page.wait_for_timeout(LOADED_MS)
        for training in (False, True):
            if training:
                _train(page, address)
            for look, slider in LOOKS.items():
                yield _moved(page, f"{address}/temperature?{look}&T=2&alpha=0.3", look, slider, moves, training)
        started.close()


def _train(page: Any, address: str) -> None:
    """A job that outlasts the measurement: a grid of many updates, started from the form of the page itself."""
    page.goto(f"{address}/temperature?view=Proved+by+training&g_updates=100000")
    page.get_by_text("Train a grid of your own").click(timeout=60_000)
    page.get_by_role("button", name="Train this grid").click(timeout=60_000)
    page.get_by_text("Training: networks").first.wait_for(timeout=60_000)


def _moved(page: Any, address: str, look: str, slider: str, moves: int, training: bool) -> dict[str, Any]:
    page.goto(address)
    page.get_by_test_id("stVegaLiteChart").first.locator("canvas, svg").first.wait_for(timeout=60_000)
    page.wait_for_timeout(3_000)
    handle = page.get_by_role("slider", name=slider)
    handle.focus()
    found_ms: list[float | None] = []
    for move in range(moves + 3):
        page.evaluate(f"window.taken = ({WATCH})(); null")
        page.wait_for_function("window.watching === true")
        # Back and forth in the middle of the slider, so that every movement changes the picture.
        for _ in range(STEPS.get(look, 1)):
            page.keyboard.press("ArrowRight" if move % 6 < 3 else "ArrowLeft")
        found = page.evaluate("window.taken.then((ms) => { window.watching = false; return ms })")
        found_ms += [found] if move >= 3 else []
    return {"look": look, "slider": slider, "training": training, **spread("moves", found_ms)}


def _line(row: dict[str, Any]) -> str:
    beside = "beside a training" if row["training"] else "alone"
    return f"{row['look']:<36}{row['slider']:<16}{beside:<20}{numbers(row)}"


if __name__ == "__main__":
    sys.exit(main())
