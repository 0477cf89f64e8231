"""How long a job takes: a guess before it starts, and the time left while it runs."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from statistics import median

from distill_core.architectures import Blueprint, profile
from distill_core.events import Event, Progress, Sink
from distill_core.experiment import Experiment, TrainedTeacher
from distill_core.export import available_threads
from distill_core.pipeline.cohorts import EVALUATING, TRAINING, cohorts, inseparable, is_step, stage
from distill_core.pipeline.libraries import loaded
from distill_core.pipeline.recorded import recorded_of_all
from distill_core.pipeline.runs import PlannedStudent
from distill_core.pipeline.teachers import KnownTeacher
from distill_core.store import JobState, RunRecord, Store
from distill_core.tasks import TASKS
from distill_core.training.member import is_small
from distill_core.training.teacher import BLOCK

__all__ = ["MEASURING", "Stages", "expected_seconds", "pace", "stages", "training_seconds"]

# Everything is evaluated and stored before this stage.
MEASURING = "Measuring latency"
# Orders of magnitude of a laptop's CPU; the lab corrects them by what its own jobs took.
STEP_SECONDS = 0.006
MACS_PER_SECOND = 1e11
MEASURE_SECONDS = 9.0
EVALUATE_SECONDS = 0.7
LOAD_SECONDS = 4.0
READ_SECONDS = 2.0
PACE_JOBS = 5
TYPICAL_MACS = 5_000_000
# A stored run by its fingerprint.
FindRun = Callable[[str], RunRecord | None]


def _nobody(_fingerprint: str) -> None:
    """Nothing is stored."""


class Stages:
    """The stages of a job with the seconds that each should take; fills in the time left of the whole job."""

    def __init__(self, expected: Mapping[str, float], sink: Sink) -> None:
        self._waiting = dict(expected)
        self._sink = sink
        self._name = ""
        self._began = time.perf_counter()

    def sink(self, event: Event) -> None:
        """Pass an event on; progress is told as the job's own, with the stages that are still to come."""
        if isinstance(event, Progress):
            left = event.seconds_left
            if left is None:
                left = max(0.0, self._waiting.get(self._name, 0.0) - (time.perf_counter() - self._began))
            event = replace(event, stage=self._name or event.stage, seconds_left=left + self._later())
        self._sink(event)

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[int, int], None]]:
        """Enter a stage; what it yields tells how many of its steps are done."""
        self._name, self._began = name, time.perf_counter()
        self.sink(Progress(name, 0, 1))
        yield lambda done, total: self.sink(Progress(name, done, total))
        self._waiting.pop(name, None)

    def _later(self) -> float:
        return sum(seconds for name, seconds in self._waiting.items() if name != self._name)


def stages(
    experiment: Experiment,
    teacher: KnownTeacher,
    planned: Sequence[PlannedStudent],
    there: Mapping[str, RunRecord | None],
    sink: Sink,
    slowness: float,
    find_run: FindRun = _nobody,
) -> Stages:
    """The stages of a job that passes its events on to ``sink``; the rest as for ``expected_seconds``."""
    return Stages(_expected(experiment, teacher, planned, there, slowness, find_run), sink)


def expected_seconds(
    experiment: Experiment,
    teacher: KnownTeacher,
    planned: Sequence[PlannedStudent],
    there: Mapping[str, RunRecord | None],
    slowness: float = 1.0,
    find_run: FindRun = _nobody,
) -> float:
    """Seconds of the whole job, without what is stored already: students in ``there``, teachers by ``find_run`` of
    their fingerprints; ``slowness`` is that of ``pace``."""
    return sum(_expected(experiment, teacher, planned, there, slowness, find_run).values())


def pace(store: Store) -> float:
    """How many times as long as guessed the training of the newest runs took on this machine; 1 before the first."""
    newest = [job.id for job in store.jobs(limit=PACE_JOBS, states=[JobState.FINISHED])]
    ratios = [
        # As the plan guesses: with the same typical size on both sides, as long as torch is not there to count.
        seconds / _guessed_seconds(updates, batch_size, macs if loaded() else TYPICAL_MACS)
        for seconds, updates, batch_size, macs in store.training_times(newest)
    ]
    return min(20.0, max(0.1, median(ratios))) if ratios else 1.0


def training_seconds(experiment: Experiment, blueprint: Blueprint) -> float:
    """Seconds that one network takes for the budget: forward and backward cost three times the forward pass."""
    return _guessed_seconds(experiment.budget.updates, experiment.budget.batch_size, _macs(blueprint))


def _guessed_seconds(updates: int, batch_size: int, macs: int) -> float:
    return updates * (STEP_SECONDS + 3 * batch_size * macs / MACS_PER_SECOND)


def _expected(
    experiment: Experiment,
    teacher: KnownTeacher,
    planned: Sequence[PlannedStudent],
    there: Mapping[str, RunRecord | None],
    slowness: float,
    find_run: FindRun,
) -> dict[str, float]:
    missing = [one for one in planned if there.get(one.key) is None]
    graphs = {one.blueprint for one in missing}
    ready = _teacher_seconds(experiment, teacher, find_run)
    found = {"Loading the images": LOAD_SECONDS, "Getting the teacher ready": ready}
    parts = cohorts(missing, experiment)
    for place, part in enumerate(parts):
        together = [one for one in missing if one.generation == part[0].generation and one.trains]
        work = _steps_seconds(experiment, together) + _passes_seconds(experiment, together) if together else 0.0
        found[stage(TRAINING, parts, place)] = slowness * work * _trained(part) / max(1, len(together))
        found[stage(EVALUATING, parts, place)] = EVALUATE_SECONDS * len(part)
        if is_step(part):
            found[stage(MEASURING, parts, place)] = MEASURE_SECONDS * len({one.blueprint for one in part})
    measured = {one.blueprint for part in parts if is_step(part) for one in part}
    return {**found, MEASURING: MEASURE_SECONDS * (len(graphs - measured) + 1)}


def _trained(part: Sequence[PlannedStudent]) -> int:
    return sum(one.trains for one in part)


def _steps_seconds(experiment: Experiment, missing: Sequence[PlannedStudent]) -> float:
    """Small networks train side by side, a thread each (one for all who teach each other); the others one after
    another, on all threads."""
    size = experiment.budget.batch_size
    each = [
        (
            sum(training_seconds(experiment, one.blueprint) for one in circle),
            all(is_small(_macs(one.blueprint), size) for one in circle),
        )
        for circle in inseparable(missing)
    ]
    small = [seconds for seconds, quick in each if quick]
    large = sum(seconds for seconds, quick in each if not quick)
    return large + sum(small) / max(1, min(len(small), available_threads()))


def _teacher_seconds(experiment: Experiment, teacher: KnownTeacher, find_run: FindRun) -> float:
    if find_run(teacher.fingerprint) is not None:
        return READ_SECONDS
    if teacher.members:
        return sum(_teacher_seconds(experiment, member, find_run) for member in teacher.members)
    if not isinstance(teacher.choice, TrainedTeacher):
        return READ_SECONDS
    alone = experiment.model_copy(update={"budget": teacher.choice.budget})
    return READ_SECONDS + training_seconds(alone, teacher.blueprint)


def _passes_seconds(experiment: Experiment, missing: Sequence[PlannedStudent]) -> float:
    """Who teaches looks once at each set of images, for all seeds; what the experiment's teacher says of them may be
    recorded. Where it looks at every batch, it does so for each stream."""
    recorded = bool(recorded_of_all(experiment))
    taught = [one for one in missing if one.uses_teacher]
    live = {
        (one.taught_by, one.teacher_blueprint, _set(one), one.mixes, one.seed)
        for one in taught
        if _asks_every_batch(one, experiment)
    }
    kept = {
        (one.taught_by, one.teacher_blueprint, _set(one))
        for one in taught
        if not _asks_every_batch(one, experiment) and not (recorded and one.taught_by is None)
    }
    drawn = experiment.budget.updates * experiment.budget.batch_size
    macs: float = sum(drawn * _macs(blueprint) for _, blueprint, *_ in live)
    macs += sum(_looked_at(experiment, size) * _macs(blueprint) for _, blueprint, (size, _) in kept)
    return macs / MACS_PER_SECOND


def _set(one: PlannedStudent) -> tuple[int | None, int | None]:
    """How many images its stream goes over (None: all), and the class that is not among them."""
    return one.student.labels if one.student.transfer == "labelled" else None, one.missing_index


def _asks_every_batch(one: PlannedStudent, experiment: Experiment) -> bool:
    """Stages are not kept, and mixtures are new each time."""
    return experiment.mode == "consistent" or one.features or one.mixes


def _looked_at(experiment: Experiment, size: int | None) -> float:
    """Images that the teacher looks at for one set of so many: whole blocks of the views that are drawn."""
    size = size or TASKS.get(experiment.task).train_images
    cells = experiment.views * math.ceil(size / BLOCK)
    touched = cells * (1 - math.exp(-experiment.budget.updates * experiment.budget.batch_size / cells))
    return touched * min(size, BLOCK)


def _macs(blueprint: Blueprint) -> int:
    # Counting asks torch for the network's shapes; a page that has not loaded torch yet does not wait for it.
    return profile(blueprint).macs if loaded() else TYPICAL_MACS
