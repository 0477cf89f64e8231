"""How quick the pages are: their own work while nothing trains and while a job trains, in one process as they live.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/pages.py [--runs 40] [--json]

A run is one whole rerun of a page's script through Streamlit's own AppTest, after a movement of one of its widgets,
with the real lab, one finished comparison in it and, in the second half, a real job training on the worker thread. On
Compare the movements go round through every axis, linear and logarithmic, and every loss, so that the first drawing
of each chart is among the runs; on Temperature a slider moves, in one picture after the other and then, as "proved",
beside the grid that ships. Ends with 1 where the p95 of a page beside a training is over the limit. How long the
server takes to its first page is in default_comparison.py.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import ROOT, count, page_fault, reporting
from distill_core.templates.presets import default_experiment

LIMIT_MS = 150.0
# Outlasts the measurement; more would tell of its first loss later.
LONG_UPDATES = 20_000
PAGES = ("home", "train", "compare", "temperature")
LOOKS = ("image", "gradient", "loss", "classes", "calibration")


def main() -> int:
    settings = _arguments()
    with reporting(as_json=settings.json) as report, tempfile.TemporaryDirectory() as home:
        os.environ["DISTILL_HOME"] = home
        rows: list[dict[str, Any]] = []
        report.figures["rows"] = rows
        with closing(_lab()) as lab:
            for row in _measure(lab, settings.runs):
                rows.append(row)
                report.tell(_line(row))
    return 0 if all(row["p95_ms"] < LIMIT_MS for row in rows if row["training"]) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=count, default=40, help="reruns of each page")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _lab() -> Any:
    import ui

    return ui.lab()


def _measure(lab: Any, runs: int) -> Iterator[dict[str, Any]]:
    from distill_core.events import TrainPoint
    from distill_core.spec import Budget

    default = default_experiment()
    job = lab.wait(lab.submit(default.model_copy(update={"budget": Budget(updates=24)})), 600)
    if job.state != "finished":
        raise SystemExit(f"the comparison is {job.state}: {job.error}")
    for page in (*PAGES, "proved"):
        yield _page(page, runs, training=False)
    long = lab.submit(default.model_copy(update={"budget": Budget(updates=LONG_UPDATES)}))
    while not any(isinstance(event, TrainPoint) for event in lab.job(long).events):
        if (job := lab.wait(long, 0.1)).state not in ("queued", "running"):
            raise SystemExit(f"the training beside the pages is {job.state}: {job.error}")
    for page in (*PAGES, "proved"):
        yield _page(page, runs, training=True)
    if lab.job(long).state != "running":
        raise SystemExit("the training ended before the pages were measured")
    lab.stop(long)
    lab.wait(long, 60)


def _page(page: str, runs: int, *, training: bool) -> dict[str, Any]:
    from streamlit.testing.v1 import AppTest

    from distill_core.deployment.percentiles import nearest_rank

    tested = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=60)
    tested.run()
    if page != "home":
        tested.switch_page(f"../pages/{'temperature' if page == 'proved' else page}.py").run()
    if page == "train":
        tested.button(key="train_edit_0").click().run()
    if page == "proved":
        tested.session_state["view"] = "Grid search (T × α)"
        tested.run()
    taken_ms: list[float] = []
    for run in range(runs):
        _move(tested, page, run)
        began = time.perf_counter()
        tested.run()
        taken_ms.append(1_000 * (time.perf_counter() - began))
        if fault := page_fault(tested):
            raise SystemExit(f"{page}, run {run + 1}: {fault}")
    taken_ms.sort()
    quantiles = {f"p{percent}_ms": nearest_rank(taken_ms, percent) for percent in (50, 95)}
    return {"page": page, "training": training, "runs": runs, **quantiles}


def _move(tested: Any, page: str, run: int) -> None:
    """Set one widget of the page to another value; the next run draws what follows."""
    if page == "train":
        tested.number_input(key="train_budget_updates").set_value(100 + run)
        tested.number_input(key="train_students_0_alpha").set_value((run % 20) / 20)
    if page in ("temperature", "proved"):
        _slide(tested, page, run)
    if page == "compare":
        widget = ("cost", "log", "loss_part")[run % 3]
        if widget == "log":
            tested.toggle(key="log").set_value(run % 2 == 0)
        else:
            choice = tested.button_group(key=widget)
            choice.set_value(choice.options[run // 3 % len(choice.options)])


def _slide(tested: Any, page: str, run: int) -> None:
    """One step of T, or of alpha where it acts; on Explore the pictures take turns, each for a few steps."""
    from distill_core.spec import TEMPERATURES

    if page == "temperature":
        tested.button_group(key="look").set_value(LOOKS[run // 8 % len(LOOKS)])
    alpha = tested.slider(key="alpha")
    if run % 2 and not alpha.disabled:
        alpha.set_value((run % 20) / 20)
    else:
        tested.select_slider(key="T").set_value(TEMPERATURES[run // 2 % len(TEMPERATURES)])


def _line(row: dict[str, Any]) -> str:
    beside = "beside a training" if row["training"] else "alone"
    return f"{row['page']:<14}{beside:<20}p50 {row['p50_ms']:6.0f} ms   p95 {row['p95_ms']:6.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
