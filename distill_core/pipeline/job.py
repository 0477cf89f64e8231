"""What one job does: from the specification to stored results."""

from collections.abc import Callable, Mapping, Sequence

from distill_core.errors import TrainingDiverged
from distill_core.events import RunFinished
from distill_core.experiment import Experiment
from distill_core.pipeline.bench import Bench
from distill_core.pipeline.cohorts import EVALUATING, TRAINING, already_there, cohorts, is_step, stage
from distill_core.pipeline.estimate import MEASURING, pace, stages
from distill_core.pipeline.libraries import load_libraries
from distill_core.pipeline.lineage import Teachers, Teaching
from distill_core.pipeline.measure import ensure_measured
from distill_core.pipeline.recipes import check_pairs
from distill_core.pipeline.record import replay
from distill_core.pipeline.recorded import read_together, recorded_of_all
from distill_core.pipeline.runs import PlannedStudent, expand
from distill_core.pipeline.starts import Starts
from distill_core.pipeline.teachers import identify
from distill_core.pipeline.teaching import TeacherAtWork, obtain
from distill_core.pipeline.trainer import Trainer
from distill_core.store import RunRecord, Store
from distill_core.tasks import TASKS, Task, TaskData, load_task
from distill_core.training import (
    FrozenTeacher,
    ImageBank,
)

__all__ = ["run_job"]


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
    clock = stages(experiment, known, planned, there, bench.sink, pace(bench.store), bench.store.find_run)
    with clock.stage("Loading the images"):
        data = load_task(task, bench.home, clock.sink)
        banks = _banks(task, data, experiment.data_seed)
    with clock.stage("Getting the teacher ready"):
        teacher = obtain(known, experiment, task, data, banks, bench.store, clock.sink, bench.gate)
        name = _teacher_name(known.title, experiment)
        bench.store.link_run(job_id, teacher.run.id, position=0, student=name, role="teacher")
    link, runs = _linker(job_id, planned, bench.store), dict[str, RunRecord]()
    first = Teaching(frozen=_frozen(teacher, experiment), test_logits_NC=teacher.test_logits_NC)
    teachers = Teachers(first, runs, bench.store, teacher.arithmetic)
    starts = Starts(teacher.network, known.blueprint, banks["train"], runs, bench.store, bench.gate, bench.quick)
    for one in planned:
        run = there[one.key]
        if run is not None:
            link(one, run)
            runs[one.key] = run
            replay(one, run, bench.store.curves(run.id), clock.sink)
    trainer = Trainer(experiment, data, banks, teachers, starts, teacher.arithmetic, bench)
    parts = cohorts([one for one in planned if there[one.key] is None], experiment)
    for place, part in enumerate(parts):
        for one, run in trainer.run(part, clock, (stage(TRAINING, parts, place), stage(EVALUATING, parts, place))):
            link(one, run)
            runs[one.key] = run
            if run.state == "finished":
                clock.sink(RunFinished(one.key, float(run.scores["test_accuracy"])))
        if is_step(part):  # the ladder shows what each rung has won while the others are still to come
            with clock.stage(stage(MEASURING, parts, place)) as step:
                rungs = [runs[one.key] for one in part if one.key in runs]
                ensure_measured([teacher.run, *rungs], bench.store, bench.gate, step, bench.timer)
    with clock.stage(MEASURING) as step:
        ensure_measured([teacher.run, *runs.values()], bench.store, bench.gate, step, bench.timer)
    if not any(run.state == "finished" for run in runs.values()):
        raise TrainingDiverged("; ".join(str(run.message) for run in runs.values()))


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
