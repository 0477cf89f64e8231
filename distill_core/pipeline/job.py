"""What one job does: from the specification to stored results."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from distill_core.errors import DistillError, TrainingDiverged
from distill_core.events import RunFailed, RunFinished, Sink
from distill_core.experiment import Experiment
from distill_core.methods import Pair
from distill_core.pipeline.cohorts import EVALUATING, TRAINING, already_there, cohorts, stage
from distill_core.pipeline.estimate import MEASURING, Stages, pace, stages
from distill_core.pipeline.libraries import load_libraries
from distill_core.pipeline.lineage import Teachers, Teaching
from distill_core.pipeline.measure import Timer, ensure_measured, measure
from distill_core.pipeline.record import Curves, failed_run, finished_run, replay, untaught_run
from distill_core.pipeline.recorded import read_together, recorded_of_all
from distill_core.pipeline.runs import PlannedStudent, check_pairs, expand, pair_of, recipe
from distill_core.pipeline.teachers import identify
from distill_core.pipeline.teaching import TeacherAtWork, obtain
from distill_core.store import RunRecord, Store
from distill_core.tasks import TASKS, Task, TaskData, load_task
from distill_core.training import (
    Arithmetic,
    FrozenTeacher,
    ImageBank,
    Plan,
    SideBySide,
    Trained,
    one_by_one,
    train_cohort,
)

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Bench", "run_job"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """What a job works with. ``gate`` waits while the job is paused and raises Stopped when it should end;
    ``side_by_side`` does the steps of small students."""

    store: Store
    home: Path
    sink: Sink
    gate: Callable[[], None]
    timer: Timer = measure
    side_by_side: SideBySide = one_by_one


def run_job(job_id: str, experiment: Experiment, bench: Bench) -> None:
    """Train, evaluate, export, measure and store every run of a complete experiment that is not there yet.

    Each run is stored as soon as it is whole, so what is finished outlives a failure or a stop.
    Raises: Stopped; DistillError; TrainingDiverged where no student at all could be finished.
    """
    load_libraries()
    task = TASKS.get(experiment.task)
    known = identify(experiment.teacher, task, experiment.precision, bench.store.run)  # type: ignore[arg-type]
    planned = expand(experiment, known)
    check_pairs(planned)
    there = already_there(planned, bench.store.find_run)
    clock = stages(experiment, known, planned, there, bench.sink, pace(bench.store))
    with clock.stage("Loading the images"):
        data = load_task(task, bench.home, clock.sink)
        banks = _banks(task, data, experiment.data_seed)
    with clock.stage("Getting the teacher ready"):
        teacher = obtain(known, experiment, task, data, banks, bench.store, clock.sink, bench.gate)
        name = _teacher_name(known.title, experiment)
        bench.store.link_run(job_id, teacher.run.id, position=0, student=name, role="teacher")
    link = _linker(job_id, planned, bench.store)
    first = Teaching(frozen=_frozen(teacher, experiment), test_logits_NC=teacher.test_logits_NC)
    teachers = Teachers(first, bench.store, teacher.arithmetic)
    for one in planned:
        run = there[one.key]
        if run is not None:
            link(one, run)
            teachers.note(one, run)
            replay(one, run, bench.store.curves(run.id), clock.sink)
    stored = [run for run in there.values() if run is not None]
    trainer = _Trainer(experiment, data, banks, teachers, teacher.arithmetic, bench)
    parts = cohorts([one for one in planned if there[one.key] is None], experiment)
    for place, part in enumerate(parts):
        for one, run in trainer.run(part, clock, (stage(TRAINING, parts, place), stage(EVALUATING, parts, place))):
            link(one, run)
            teachers.note(one, run)
            stored.append(run)
            if run.state == "finished":
                clock.sink(RunFinished(one.key, float(run.scores["test_accuracy"])))
    with clock.stage(MEASURING) as step:
        ensure_measured([teacher.run, *stored], bench.store, bench.gate, step, bench.timer)
    if not any(run.state == "finished" for run in stored):
        raise TrainingDiverged("; ".join(str(run.message) for run in stored))


@dataclass(frozen=True, slots=True)
class _Trainer:
    """Trains, evaluates and stores the networks of one experiment, a cohort at a time."""

    experiment: Experiment
    data: TaskData
    banks: Mapping[str, ImageBank]
    teachers: Teachers
    arithmetic: Arithmetic
    bench: Bench

    def run(
        self, part: Sequence[PlannedStudent], clock: Stages, names: tuple[str, str]
    ) -> Iterator[tuple[PlannedStudent, RunRecord]]:
        """Each network of the cohort with its record, as soon as that is stored.

        Raises: what the store raises for one of them, once the others are stored.
        """
        curves = Curves(clock.sink)
        for one in part:
            reason = self.teachers.why_nobody(one)
            if reason:
                yield one, self._untaught(one, reason, clock.sink)
        part = [one for one in part if self.teachers.why_nobody(one) is None]
        with clock.stage(names[0]):
            trained = self._train(part, curves) if part else ()
        refused: list[DistillError] = []
        with clock.stage(names[1]) as step:
            for done, (one, result) in enumerate(zip(part, trained, strict=True)):
                step(done, len(part))
                self.bench.gate()
                try:
                    run = self._store(one, result, curves)
                except DistillError as error:  # the others are trained too, and may be stored
                    refused.append(error)
                    continue
                if run.state == "failed" and result.error is None:  # of one that diverged the loop has told
                    clock.sink(RunFailed(one.key, str(run.message)))
                yield one, run
        if refused:
            raise refused[0]

    def _train(self, part: Sequence[PlannedStudent], sink: Sink) -> tuple[Trained, ...]:
        experiment = self.experiment
        self.teachers.only(part)
        labels_N: np.ndarray = self.data.train.labels_N
        return train_cohort(
            [recipe(one, experiment.data_seed, labels_N, self._pair(one)) for one in part],
            Plan(
                budget=experiment.budget,
                optimiser=experiment.optimiser,
                mode=experiment.mode,
                views=experiment.views,
                data_seed=experiment.data_seed,
                arithmetic=self.arithmetic,
            ),
            train=self.banks["train"],
            valid=self.banks["valid"],
            teacher=self.teachers.first.frozen,
            sink=sink,
            gate=self.bench.gate,
            side_by_side=self.bench.side_by_side,
            own_teachers={one.key: self.teachers.of(one).frozen for one in part if one.taught_by},
        )

    def _pair(self, one: PlannedStudent) -> Pair:
        if not one.features:
            return Pair()
        return pair_of(one.blueprint, one.teacher_blueprint, self.teachers.of(one).frozen.head)

    def _store(self, one: PlannedStudent, result: Trained, curves: Curves) -> RunRecord:
        if result.error is not None:
            run, files = failed_run(one, result, self.experiment), dict[str, bytes]()
        else:
            said_NC = self.teachers.of(one).test_logits_NC
            run, files = finished_run(one, result, self.experiment, self.data, self.banks, said_NC)
        self.bench.store.save_run(run, curves=curves.of(one.key), files=files)
        return run

    def _untaught(self, one: PlannedStudent, reason: str, sink: Sink) -> RunRecord:
        run = untaught_run(one, reason, self.experiment)
        self.bench.store.save_run(run, curves=[], files={})
        sink(RunFailed(one.key, reason))
        return run


def _teacher_name(title: str, experiment: Experiment) -> str:
    """Its title, unless a student is called so: in a chart every network has a name of its own."""
    taken = {student.name for student in experiment.students}
    while title in taken:
        title = f"{title} (teacher)"
    return title


def _linker(
    job_id: str, planned: Sequence[PlannedStudent], store: Store
) -> Callable[[PlannedStudent, RunRecord], None]:
    positions = {one.key: position for position, one in enumerate(planned, start=1)}

    def link(one: PlannedStudent, run: RunRecord) -> None:
        name, above = one.student.name, one.student.taught_by
        store.link_run(job_id, run.id, position=positions[one.key], student=name, role=one.role, taught_by=above)

    return link


def _banks(task: Task, data: TaskData, data_seed: int) -> Mapping[str, ImageBank]:
    return {
        part: ImageBank(task, split, data_seed=data_seed)
        for part, split in (("train", data.train), ("valid", data.valid), ("test", data.test))
    }


def _frozen(teacher: TeacherAtWork, experiment: Experiment) -> FrozenTeacher:
    records = recorded_of_all(experiment)
    recorded_VNC = read_together(records, experiment.views) if records else None
    return FrozenTeacher(teacher.network, teacher.arithmetic, recorded_VNC)
