"""What one job does: from the specification to stored results."""

from collections.abc import Mapping
from dataclasses import asdict

from distill_core.errors import ExportMismatch, TrainingDiverged
from distill_core.events import RunFinished
from distill_core.experiment import Experiment
from distill_core.pipeline.bench import Bench
from distill_core.pipeline.cohorts import EVALUATING, TRAINING, cohorts, is_step, stage
from distill_core.pipeline.estimate import pace, stages
from distill_core.pipeline.libraries import load_libraries
from distill_core.pipeline.lineage import Teachers
from distill_core.pipeline.measure import ensure_measured
from distill_core.pipeline.pace_measurement import machine_pace
from distill_core.pipeline.planning import look_up
from distill_core.pipeline.recipes import check_pairs
from distill_core.pipeline.record import replay
from distill_core.pipeline.recorded import read_together, recorded_of_all
from distill_core.pipeline.stages import LOADING, MEASURING
from distill_core.pipeline.starts import Starts
from distill_core.pipeline.teaching import TeacherAtWork, obtain
from distill_core.pipeline.trainer import Trainer
from distill_core.store import RunRecord
from distill_core.tasks import TASKS, Task, TaskData, load_task
from distill_core.training import (
    FrozenTeacher,
    ImageBank,
)

__all__ = ["run_job"]


def run_job(job_id: str, experiment: Experiment, bench: Bench) -> None:
    """Train, evaluate, export, measure and store every run of a complete experiment that is not there yet.

    Each run is stored as soon as it is whole, so what is finished outlives a failure or a stop.
    Raises: Stopped; DistillError; TrainingDiverged where no student at all could be finished; ExportMismatch where the
    teacher's file is refused.
    """
    load_libraries()
    task, store = TASKS.get(experiment.task), bench.store
    plan = look_up(experiment, store)
    known, planned, there = plan.teacher, plan.students, plan.there
    check_pairs(planned)
    # What was stored since the job was filed is shown from now on, so that deleting another job does not remove it.
    for link in plan.links():
        store.link_run(job_id, **asdict(link))
    machine = machine_pace()
    slow = pace(store, machine)
    find = plan.teachers.get
    progress = stages(experiment, known, planned, there, bench.sink, slow, find, machine, plan.latencies, bench.clock)
    with progress.stage(LOADING):
        data = load_task(task, bench.home, progress.sink)
        banks = _banks(task, data, experiment.data_seed)
    teacher = obtain(known, experiment, task, data, banks, store, progress, bench.gate)
    store.link_run(job_id, **asdict(plan.teacher_link(teacher.run)))
    if teacher.run.state == "failed":
        raise ExportMismatch(f"the teacher ({known.title}): {teacher.run.message}")
    runs: dict[str, RunRecord] = {}
    teachers = Teachers(_frozen(teacher, experiment), runs, store, teacher.arithmetic)
    starts = Starts(teacher.network, known.blueprint, banks["train"], runs, store, bench.gate, bench.quick)
    for one in planned:
        run = there[one.key]
        if run is not None:
            runs[one.key] = run
            replay(one, run, store.curves(run.id), progress.sink)
    trainer = Trainer(experiment, data, banks, teachers, starts, teacher.arithmetic, bench)
    parts = cohorts(plan.missing, experiment)
    for place, part in enumerate(parts):
        for one, run in trainer.run(part, progress, (stage(TRAINING, parts, place), stage(EVALUATING, parts, place))):
            store.link_run(job_id, **asdict(plan.link(one, run)))
            runs[one.key] = run
            if run.state == "finished":
                progress.sink(RunFinished(one.key, float(run.scores["test_accuracy"])))
        if is_step(part):  # the ladder shows what each rung has won while the others are still to come
            with progress.stage(stage(MEASURING, parts, place)) as step:
                rungs = [runs[one.key] for one in part if one.key in runs]
                ensure_measured([teacher.run, *rungs], store, bench.gate, step, bench.timer, together=False)
    with progress.stage(MEASURING) as step:
        ensure_measured([teacher.run, *runs.values()], store, bench.gate, step, bench.timer)
    if not any(run.state == "finished" for run in runs.values()):
        raise TrainingDiverged("; ".join(str(run.message) for run in runs.values()))


def _banks(task: Task, data: TaskData, data_seed: int) -> Mapping[str, ImageBank]:
    return {
        part: ImageBank(task, split, data_seed=data_seed)
        for part, split in (("train", data.train), ("valid", data.valid), ("test", data.test))
    }


def _frozen(teacher: TeacherAtWork, experiment: Experiment) -> FrozenTeacher:
    records = recorded_of_all(experiment)
    recorded_VNC = read_together(records, experiment.views) if records else None
    return FrozenTeacher(teacher.network, teacher.arithmetic, recorded_VNC)
