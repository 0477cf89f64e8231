"""What it costs to keep half-trained cohorts, and how much training a crash may lose.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/resume.py [--task fashion_mnist_small --task scenes] [--updates N] [--json]

Each default comparison trains in a home of its own, as the lab trains it. Every look whether a state is due is timed
with its writing, on the clock and in processor time; their share of the training around them is the overhead, so it is
paired with what ran in the same seconds. The longest time between two states on the disk is what a crash may lose.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import Report, count, reporting

TASKS = ("fashion_mnist_small", "scenes")
WAIT_SECONDS = 7_200.0


@dataclass
class Kept:
    """The seconds of all looks, of the cohort around them, and of each state that was written."""

    seconds: float = 0.0
    processor_seconds: float = 0.0
    cohort_seconds: float = 0.0
    cohort_processor_seconds: float = 0.0
    writes: int = 0
    bytes: int = 0
    longest_seconds: float = 0.0
    _since: float = field(default_factory=time.perf_counter)

    def watch(self) -> None:
        """From now on the training loop is timed."""
        from distill_core.execution import cohort_runner
        from distill_core.store import HalfTrained
        from distill_core.training.resuming import Resuming

        keep, train, write = Resuming.keep, cohort_runner.train_cohort, HalfTrained.write

        def timed_keep(resuming: Resuming, updates: int, *, now: bool = False) -> None:
            began, worked = time.perf_counter(), time.process_time()
            keep(resuming, updates, now=now)
            self.seconds += time.perf_counter() - began
            self.processor_seconds += time.process_time() - worked

        def timed_train(*given: Any, **settings: Any) -> Any:
            self._since = began = time.perf_counter()
            worked = time.process_time()
            trained = train(*given, **settings)
            self.cohort_seconds += time.perf_counter() - began
            self.cohort_processor_seconds += time.process_time() - worked
            return trained

        def noted_write(files: HalfTrained, runs: Sequence[str], job_id: str, data: bytes) -> None:
            write(files, runs, job_id, data)
            now = time.perf_counter()
            self.writes, self.bytes = self.writes + 1, len(data)
            self.longest_seconds, self._since = max(self.longest_seconds, now - self._since), now

        Resuming.keep = timed_keep  # type: ignore[method-assign]
        HalfTrained.write = noted_write  # type: ignore[method-assign]
        cohort_runner.train_cohort = timed_train


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", action="append", help=f"the default comparison of this task; by default {TASKS}")
    parser.add_argument("--updates", type=count, help="instead of those of the comparison")
    parser.add_argument("--json", action="store_true")
    settings = parser.parse_args()
    with reporting(as_json=settings.json) as report:
        kept = report.figures["tasks"] = {}
        for task in settings.task or TASKS:
            kept[task] = _measure(report, task, settings.updates)
    return 0


def _measure(report: Report, task: str, updates: int | None) -> dict[str, float]:
    from distill_core.deployment.server_measurement import quickly
    from distill_core.lab import Lab
    from distill_core.planning.teacher_sources import teacher_options
    from distill_core.templates.presets import first_experiment

    kept = Kept()
    with tempfile.TemporaryDirectory() as home:
        lab = Lab.open(Path(home), timer=quickly)
        try:
            known = lab.tasks.get(task)
            asked = first_experiment(known, teacher_options(known)[0].choice, 1)
            if updates:
                asked = asked.model_copy(update={"budget": asked.budget.model_copy(update={"updates": updates})})
            kept.watch()
            job = lab.wait(lab.submit(asked), WAIT_SECONDS)
        finally:
            lab.close()
    if job.state != "finished":
        raise SystemExit(f"{task}: the job is {job.state}: {job.error}")
    return _told(report, task, kept)


def _told(report: Report, task: str, kept: Kept) -> dict[str, float]:
    figures = {
        "cohort_seconds": kept.cohort_seconds,
        "overhead_percent": 100 * kept.seconds / kept.cohort_seconds,
        "processor_overhead_percent": 100 * kept.processor_seconds / kept.cohort_processor_seconds,
        "writes": kept.writes,
        "megabytes": kept.bytes / 1e6,
        "longest_seconds_between_states": kept.longest_seconds,
    }
    for name, value in figures.items():
        report.tell(f"{task + ', ' + name.replace('_', ' '):<64}{value:>10.2f}")
    return figures


if __name__ == "__main__":
    raise SystemExit(main())
