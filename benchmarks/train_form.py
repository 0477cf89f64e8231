"""From a change of a field of Train to the redrawn plan, in a real Chromium, alone and while a job trains.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/train_form.py [--changes 40] [--json]

A server of its own is started on an empty home. Each change is a number typed into a field and Enter; the clock, the
browser's own, runs from the key's event to the frame in which the plan says that number. CHROMIUM names the browser,
else the one on PATH is taken. Ends with 1 where a p95 is over the limit, with 2 where no browser starts.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.classroom.keys import numbers, run, spread
from benchmarks.needs import chromium

LIMIT_MS = 300.0
LOADED_MS = 15_000
FIELDS = {"Updates": "All take {} steps", "alpha": "alpha 0.{}", "Batch size": "steps of {} images"}
WATCH = """
(text) => new Promise((resolve) => {
  const side = document.querySelector('.st-key-train_side')
  let began = null
  document.addEventListener('keydown', () => { began = performance.now() }, { once: true, capture: true })
  const look = () => {
    const now = performance.now()
    if (began !== null && side.textContent.includes(text)) return resolve(now - began)
    if (began !== null && now - began > 5000) return resolve(null)
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})
"""


def main() -> int:
    return run(__doc__, "changes", "changes of each field", "every change", LIMIT_MS, _measure, _line)


def _measure(changes: int) -> Iterator[dict[str, Any]]:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import AS_IT_IS, served

    with (
        tempfile.TemporaryDirectory() as home,
        served(Path(home), script=AS_IT_IS) as address,
        sync_playwright() as playwright,
    ):
        started = playwright.chromium.launch(**chromium())
        page = started.new_page(viewport={"width": 1400, "height": 900})
        for training in (False, True):
            page.goto(f"{address}/train?train_advanced=true{'&updates=100000' if training else ''}")
            if training:
                page.get_by_role("button", name="Start · ").click(timeout=60_000)
                page.get_by_role("tab", name="Watch", selected=True).wait_for(timeout=60_000)
                page.get_by_role("tab", name="Set up").click(timeout=60_000)
            # After its first page the server loads torch, which is over by then.
            page.wait_for_timeout(LOADED_MS)
            page.get_by_role("button", name="Edit", exact=True).first.click(timeout=60_000)
            page.get_by_role("button", name="Done", exact=True).wait_for()
            for field, said in FIELDS.items():
                yield _changed(page, field, said, changes, training)
        started.close()


def _changed(page: Any, field: str, said: str, changes: int, training: bool) -> dict[str, Any]:
    box = page.get_by_role("spinbutton", name=field)
    found_ms: list[float | None] = []
    for change in range(changes + 3):
        number = 111 + change + (changes + 3 if training else 0)
        box.fill(f"0.{number}" if field == "alpha" else f"{number}")
        text = said.format(str(number).rstrip("0") if field == "alpha" else number)
        page.evaluate(f"window.taken = ({WATCH})({text!r}); null")
        box.press("Enter")
        found = page.evaluate("window.taken")
        found_ms += [found] if change >= 3 else []
    return {"field": field, "training": training, **spread("changes", found_ms)}


def _line(row: dict[str, Any]) -> str:
    beside = "beside a training" if row["training"] else "alone"
    return f"{row['field']:<16}{beside:<20}{numbers(row)}"


if __name__ == "__main__":
    sys.exit(main())
