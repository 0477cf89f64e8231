"""Executes one job: from its plan to stored runs."""

from collections.abc import Mapping
from dataclasses import asdict

from distill_core.accelerator import device_of
from distill_core.deployment.server_measurement import ensure_measured
from distill_core.errors import ExportMismatch, Names, TrainingDiverged, said
from distill_core.events import RunFinished
from distill_core.execution.cohort_runner import CohortRunner
from distill_core.execution.context import JobContext
from distill_core.execution.initial_networks import InitialNetworks
from distill_core.execution.pace_measurement import estimate_here
from distill_core.execution.records import replay
from distill_core.execution.teacher_pool import TeacherPool
from distill_core.execution.teachers import load_or_train
from distill_core.jobs.torch_import import import_torch
from distill_core.planning.cohorts import EVALUATING, TRAINING, is_step, split_into_cohorts, stage
from distill_core.planning.job_plan import JobPlan
from distill_core.planning.progress import LOADING, MEASURING
from distill_core.planning.resources import check_fits_now
from distill_core.planning.stored_runs import find_stored_runs
from distill_core.store import RunRecord
from distill_core.tasks import Dataset, Task, TaskData


def run_job(job_id: str, plan: JobPlan, context: JobContext) -> None:
    """Train, evaluate, export, measure and store every run of a plan that is not stored yet.

    Each run is stored as soon as it is scored, so finished runs survive a failure or a stop.
    Raises: Stopped; DistillError, also where disk or memory are too full by now; TrainingDiverged where no student
    could be finished; ExportMismatch where the teacher's ONNX file fails its check.
    """
    import_torch()
    experiment, known, store = plan.experiment, plan.teacher, context.store
    task = context.tasks.get(experiment.task)
    stored = find_stored_runs(plan, store)
    check_fits_now(stored, task, context.tasks.home)
    # Link runs that were stored since the submission, so that deleting another job does not remove them.
    for link in stored.links():
        store.link_run(job_id, **asdict(link))
    estimate = estimate_here(stored, task, store)
    progress = estimate.progress(context.sink, context.clock)
    with progress.stage(LOADING):
        data = context.tasks.load(task.name, progress.sink)
        datasets = _datasets(task, data, experiment.data_seed)
    teacher = load_or_train(known, experiment, task, datasets, store, progress, context.checkpoint, job_id)
    store.link_run(job_id, **asdict(plan.teacher_link(teacher.run)))
    if teacher.run.state == "failed":
        raise ExportMismatch(said("the teacher ({name}): {why}", known.title, teacher.run.message))
    runs: dict[str, RunRecord] = {}
    teachers = TeacherPool(teacher.teacher, runs, store, teacher.precision, device_of(experiment))
    initial_networks = InitialNetworks(teacher.network, known.blueprint, task, datasets["train"], runs, context)
    for planned in plan.runs:
        run = stored.students[planned.key]
        if run is not None:
            runs[planned.key] = run
            replay(planned, run, store.curves(run.id), progress.sink)
    cohort_runner = CohortRunner(
        job_id, experiment, task, datasets, teachers, initial_networks, teacher.precision, context
    )
    parts = split_into_cohorts(stored.missing, experiment)
    for place, part in enumerate(parts):
        names = stage(TRAINING, parts, place), stage(EVALUATING, parts, place)
        for planned, run in cohort_runner.run(part, progress, names):
            store.link_run(job_id, **asdict(plan.link(planned, run)))
            runs[planned.key] = run
            if run.state == "finished":
                progress.sink(RunFinished(planned.key, float(run.score("test")), run.metric))
        if is_step(part):  # pages show the latency of each stage while later stages still train
            with progress.stage(stage(MEASURING, parts, place)) as step:
                trained = [runs[planned.key] for planned in part if planned.key in runs]
                ensure_measured([teacher.run, *trained], store, context.checkpoint, step, context.timer, together=False)
    with progress.stage(MEASURING) as step:
        ensure_measured([teacher.run, *runs.values()], store, context.checkpoint, step, context.timer)
    if not any(run.state == "finished" for run in runs.values()):
        raise TrainingDiverged(said("{reasons:; }", Names(run.message for run in runs.values())))


def _datasets(task: Task, data: TaskData, data_seed: int) -> Mapping[str, Dataset]:
    return {
        part: task.dataset(task, split, data_seed=data_seed)
        for part, split in (("train", data.train), ("valid", data.valid), ("test", data.test))
    }
