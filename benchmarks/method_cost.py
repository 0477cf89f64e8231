"""What a step of each method costs, relative to plain KD: consistent mode, the default pair, the real cohort loop.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/method_cost.py [--only dkd,reviewkd] [--rounds 5] [--json]

Each method trains alone, in turns with plain KD, over the same batches; a step holds the teacher's look, the student's
forward and backward pass, the loss, the update, and all that the lab measures while it trains. The ratio is the median
over the rounds. Ends with 1 where a method costs more than its limit: 1.1 for those on logits, 1.5 for those on
features; ReviewKD and CRD are only told.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import count, reporting
from distill_core.errors import DistillError, Stopped
from distill_core.execution.losses import student_config
from distill_core.methods import METHODS, Method
from distill_core.methods.feature_shapes import pair_of
from distill_core.networks import build
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import PlannedRun, expand
from distill_core.planning.teacher_sources import resolve_teacher
from distill_core.spec import Experiment, Student
from distill_core.tasks import TASKS, load_task, null_sink
from distill_core.tasks.images import InMemoryImages
from distill_core.templates.presets import default_experiment
from distill_core.training.cohort import CohortConfig, train_cohort
from distill_core.training.teacher_outputs import FrozenTeacher

# Updates go in rounds of eight; the first round is the warm-up.
ROUNDS = 6
TOLD = {"reviewkd", "crd"}
LOGITS, FEATURES = 1.1, 1.5


def main() -> int:
    settings = _arguments()
    with reporting(as_json=settings.json) as report:
        report.tell("resnet20 to resnet8, batch 125, consistent")
        rows: list[dict[str, Any]] = []
        report.figures["rows"] = rows
        bench = Bench()
        for name in [name for name in settings.only if report.can(name, bench.lacks(name))]:
            rows.append(bench.row(METHODS.get(name), settings.rounds))
            report.tell(_line(rows[-1]))
        return 0 if all(row["within"] for row in rows) else 1


def _line(row: dict[str, Any]) -> str:
    verdict = "told" if row["limit"] is None else "within" if row["within"] else f"over {row['limit']}"
    beside = f"{row['ms']:8.2f} ms, KD {row['kd_ms']:8.2f} ms"
    return f"{row['method']:<20}{beside}{row['times']:>8.2f} times  {verdict}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=_methods, default=_methods(""), help="names of methods, with commas")
    parser.add_argument("--rounds", type=count, default=5)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _methods(text: str) -> list[str]:
    names = text.split(",") if text else [one.name for one in METHODS if one.uses_teacher and one.name != "kd"]
    if wrong := [name for name in names if name not in METHODS or name == "kd" or not METHODS.get(name).uses_teacher]:
        raise argparse.ArgumentTypeError(f"no method that can be held against KD: {', '.join(wrong)}")
    return names


class Bench:
    """The default experiment's task, teacher and student."""

    def __init__(self) -> None:
        self.base = default_experiment()
        self.task = TASKS.get(self.base.task)
        data = load_task(self.task, Path(), null_sink)
        self.train = InMemoryImages(self.task, data.train, data_seed=0)
        self.valid = InMemoryImages(self.task, data.valid, data_seed=0)
        self.labels_N = data.train.labels_N

    def lacks(self, method: str) -> str | None:
        """Why a student cannot train alone with a method, as one that is taught by its peers."""
        try:
            self._experiment(method)
        except DistillError as error:
            return str(error)
        return None

    def row(self, method: Method, rounds: int) -> dict[str, Any]:
        turns = [(self.step_ms("kd"), self.step_ms(method.name)) for _ in range(rounds)]
        times = statistics.median(own / kd for kd, own in turns)
        kd_ms, own_ms = (statistics.median(column) for column in zip(*turns, strict=True))
        limit = None if method.name in TOLD else FEATURES if method.features else LOGITS
        within = limit is None or times <= limit
        return {"method": method.name, "ms": own_ms, "kd_ms": kd_ms, "times": times, "limit": limit, "within": within}

    def step_ms(self, method: str) -> float:
        """Milliseconds of an update, from the checkpoint's clock between rounds of updates."""
        experiment = self._experiment(method)
        known = resolve_teacher(experiment.teacher, self.task, experiment.precision, _nobody)  # type: ignore[arg-type]
        (planned,) = (one for one in expand(experiment, known) if one.role == "student")
        teacher = FrozenTeacher(build(known.blueprint), experiment.precision)  # type: ignore[arg-type]
        ticks: list[float] = []

        def checkpoint() -> None:
            ticks.append(time.perf_counter())
            if len(ticks) == ROUNDS + 1:
                raise Stopped("enough")

        try:
            self._train(planned, experiment, known.blueprint, teacher, checkpoint)
        except Stopped:
            return 1000 * (ticks[-1] - ticks[1]) / (8 * (ROUNDS - 1))
        raise SystemExit(f"{method} ended early: are its updates in rounds of eight?")

    def _train(self, planned: PlannedRun, experiment: Experiment, other: Any, teacher: Any, checkpoint: Any) -> None:
        pair = pair_of(planned.blueprint, other, teacher.head)
        plan = CohortConfig(
            budget=experiment.budget,
            optimiser=experiment.optimiser,
            mode="consistent",
            views=1,
            data_seed=0,
            precision=experiment.precision,  # type: ignore[arg-type]
        )
        one = student_config(planned, 0, self.labels_N, pair)
        train_cohort(
            [one], plan, train=self.train, valid=self.valid, teacher=teacher, sink=null_sink, checkpoint=checkpoint
        )

    def _experiment(self, method: str) -> Experiment:
        first = self.base.students[0].model_dump()
        student = Student.of({**first, "name": method, "method": method, "alpha": None, "temperature": None})
        return resolve_experiment(self.base.model_copy(update={"students": (student,), "mode": "consistent"}))


def _nobody(run: str) -> Any:
    raise SystemExit(f"no stored run here: {run}")


if __name__ == "__main__":
    sys.exit(main())
