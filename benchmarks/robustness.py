"""How long the full corruption table takes: the shipped ResNet-20 and three ResNet-8, 75 cells of 2,000 images each.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/robustness.py [--images 2000] [--attacks] [--limit 90]

Trains the default comparison with one seed in a home of its own first, which is not counted. Prints the teacher's
accuracy in every cell, the errors of all, and the seconds; ends with 1 where the table took longer than the limit, or
where the teacher did better at a higher severity by more than a point. ``--attacks`` goes on with FGSM and PGD.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import Report, count, reporting
from distill_core.lab import Lab
from distill_core.robustness.corruptions import CORRUPTIONS
from distill_core.templates.presets import default_experiment

LOOK_SECONDS = 0.2
TRAINING_SECONDS = 3_600
SLACK = 0.01


def main() -> int:
    settings = _arguments()
    with reporting() as report, tempfile.TemporaryDirectory() as home:
        lab = Lab.open(Path(home))
        try:
            return _measure(lab, report, settings)
        finally:
            lab.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=count, default=2000)
    parser.add_argument("--attacks", action="store_true")
    parser.add_argument("--limit", type=float, default=90, help="seconds that the table may take")
    return parser.parse_args()


def _measure(lab: Lab, report: Report, settings: argparse.Namespace) -> int:
    job = lab.wait(lab.submit(default_experiment()), TRAINING_SECONDS)
    if job.state != "finished":
        raise SystemExit(f"the comparison is {job.state}: {job.error}")
    runs = lab.reports.results([job.id])["run_id"].tolist()
    began = time.process_time()
    seconds = _seconds(lab, runs, images=settings.images, attacks=())
    cpu_seconds = time.process_time() - began
    asked = f"{len(lab.robustness.scores(runs))} cells of {settings.images:,} images"
    report.tell(f"{asked}: {seconds:.1f} s, {cpu_seconds:.1f} s of CPU")
    steps = _tell_teacher(lab, report, runs[0])
    errors = lab.robustness.corruption_error(job.id)
    report.tell(str(errors[["student", "role", "clean_accuracy", "mean_error", "mce", "relative_mce"]]))
    if settings.attacks:
        seconds_of_attacks = _seconds(lab, runs, images=min(settings.images, 500), corruptions=())
        report.tell(f"attacks: {seconds_of_attacks:.1f} s")
        shown = lab.robustness.scores(runs)
        shown = shown[shown["family"] == "attack"]
        report.tell(str(shown[["run_id", "disturbance", "strength", "images", "accuracy", "unmoved"]]))
    return 0 if seconds <= settings.limit and max(steps) <= SLACK else 1


def _seconds(lab: Lab, runs: Sequence[str], **asked: Any) -> float:
    began = time.monotonic()
    lab.robustness.test(runs, **asked)
    while (view := lab.robustness.testing()) is None or not view.finished:
        time.sleep(LOOK_SECONDS)
    if view.error:
        raise SystemExit(view.error)
    return time.monotonic() - began


def _tell_teacher(lab: Lab, report: Report, teacher: str) -> list[float]:
    """Its table; how much better it did at each severity than at the one below."""
    table = lab.robustness.scores([teacher]).pivot_table(
        index="disturbance", columns="strength", values="accuracy", sort=False
    )
    rows = table.reindex([one.name for one in CORRUPTIONS if one.kind == "image"])[[1.0, 2.0, 3.0, 4.0, 5.0]]
    report.tell((100 * rows).round(1).to_string())
    return [float(step) for step in rows.diff(axis=1).iloc[:, 1:].to_numpy().ravel()]


if __name__ == "__main__":
    sys.exit(main())
