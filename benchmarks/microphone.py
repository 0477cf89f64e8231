"""From the end of a recording to its answers, in a real Chromium whose microphone plays a file.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/microphone.py [--words 40] [--json]

A server of its own is started on a home with one short comparison of spoken digits in it (how long a network takes does
not depend on what it learnt). Each word is recorded on the Playground until Stop is pressed. The clock, the browser's
own, runs from that press to the frame that shows what was said and who spoke: four networks and a shipped teacher; in
between lie resampling, trimming and the graph of features. CHROMIUM names the browser, else the one on PATH is taken.
Ends with 1 where the p95 is over the limit, with 2 where no browser starts.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.classroom.keys import numbers, run, spread
from benchmarks.needs import chromium

LIMIT_MS = 150.0
LOADED_MS, WORD_MS, ANSWER_MS = 60_000, 1_400, 5_000
QUESTIONS = 2
WATCH = """
window.stopped = 0
window.answered = []
document.addEventListener("click", event => {
  window.stopped = event.timeStamp
  window.answered = []
}, { capture: true })
new PerformanceObserver(list => {
  for (const one of list.getEntriesByName("stroke to answer")) window.answered.push(one.startTime + one.duration)
}).observe({ entryTypes: ["measure"] })
"""


def measure(words: int) -> Iterator[dict[str, Any]]:
    """One row: so many words, one after the other."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import served
    from tests.sounds import packed, word

    with tempfile.TemporaryDirectory() as folder:
        home, spoken = Path(folder) / "home", Path(folder) / "word.wav"
        spoken.write_bytes(packed(word(48_000), 48_000))
        home.mkdir()
        _train(home)
        options = chromium()
        fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
        options["args"] += [*fake, f"--use-file-for-fake-audio-capture={spoken}"]
        with served(home) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(**options)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.add_init_script(WATCH)
            page.goto(f"{address}/playground")
            page.get_by_role("button", name="Record", exact=True).wait_for(timeout=LOADED_MS)
            page.wait_for_timeout(8_000)  # torch is loaded after the first page, and the shipped teacher is exported
            for status in page.locator(".status").all():
                status.wait_for(state="hidden", timeout=LOADED_MS)
            _word(page)  # the graph of features is fetched with the first
            taken = [_word(page) for _ in range(words)]
            browser.close()
    yield spread("words", taken)


def _word(page: Any) -> float | None:
    """Milliseconds from the press of Stop until both questions are answered; None where they are not."""
    page.get_by_role("button", name="Record", exact=True).click()
    stop = page.get_by_role("button", name="Stop")
    stop.wait_for()
    page.wait_for_timeout(WORD_MS)
    stop.click()
    try:
        page.wait_for_function(f"window.answered.length >= {QUESTIONS}", timeout=ANSWER_MS)
    except Exception:  # Playwright's own errors cannot be named where it is not installed
        return None
    return float(page.evaluate("Math.max(...window.answered) - window.stopped"))


def _train(home: Path) -> None:
    from distill_core.lab import Lab
    from distill_core.spec import Budget
    from distill_core.tasks import TASKS

    lab = Lab.open(home)
    default = TASKS.get("spoken_digits").default
    if default is None:
        raise SystemExit("spoken digits have no default comparison")
    job = lab.wait(lab.submit(default.model_copy(update={"budget": Budget(updates=24, batch_size=64)})), 600)
    lab.close()
    if job.state != "finished":
        raise SystemExit(f"the comparison is {job.state}: {job.error}")


def main() -> int:
    return run(
        __doc__,
        "words",
        "how many are recorded",
        "from a recording to its answers",
        LIMIT_MS,
        measure,
        lambda row: f"{row['words']} words   {numbers(row)}",
    )


if __name__ == "__main__":
    sys.exit(main())
