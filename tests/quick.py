"""A small comparison that trains in seconds, shared by the tests of the pipeline, the lab and the pages."""

import functools
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from distill_core.deployment.latency import measure
from distill_core.deployment.server_measurement import StoredLatencies
from distill_core.events import EventLog
from distill_core.execution.context import JobContext
from distill_core.execution.job import run_job
from distill_core.networks import Blueprint
from distill_core.planning.duration import Estimate
from distill_core.planning.job_plan import JobPlan, resolve
from distill_core.planning.runs import PlannedRun
from distill_core.planning.stored_runs import StoredRuns
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.spec import Budget, Experiment, Student, TrainedTeacher
from distill_core.store import Store
from distill_core.tasks import TASKS, TaskCatalog
from tests.records import job_record

__all__ = ["KNOWN_TEACHER", "QUICK_TIMER", "estimate", "experiment", "student", "work"]

# Whatever else runs on this machine is no matter of a test.
QUICK_TIMER = functools.partial(measure, warmup_runs=1, warmup_seconds=0.0, runs=5, seconds=0.0, counters=lambda: None)
# For tests of what is planned: its name is all that a plan needs to know.
KNOWN_TEACHER = ResolvedTeacher(
    choice=TrainedTeacher(architecture="plain_cnn"),
    title="Plain CNN",
    blueprint=Blueprint.for_images(architecture="plain_cnn", classes=10, channels=1, size_px=8),
    fingerprint="teacher",
)


def student(name: str = "KD", **changes: object) -> Student:
    return Student.model_validate(
        {"name": name, "architecture": "plain_cnn", "width": 0.5, "labels": 100, "seeds": (0,), **changes}
    )


def experiment(*students: Student, updates: int = 8, **changes: object) -> Experiment:
    chosen = students or (student(), student("KD, all", transfer="all"))
    return Experiment.model_validate(
        {
            "task": "digits",
            "teacher": TrainedTeacher(architecture="plain_cnn", budget=Budget(updates=30, batch_size=32)).model_dump(),
            "students": [one.model_dump() for one in chosen],
            "budget": {"updates": updates, "batch_size": 16},
            **changes,
        }
    )


def estimate(
    full: Experiment,
    teacher: ResolvedTeacher,
    planned: Sequence[PlannedRun],
    *,
    there: Collection[str] = (),
    made: Collection[str] = (),
    latencies: StoredLatencies = StoredLatencies(),  # noqa: B008
    **changes: Any,
) -> Estimate:
    """What these runs should take where those with the keys ``there`` are stored, and the teachers with the
    fingerprints ``made``."""
    plan = JobPlan(experiment=full, teacher=teacher, runs=tuple(planned), fingerprint="", program={})
    students: dict[str, Any] = {run.key: "stored" if run.key in there else None for run in planned}
    teachers: dict[str, Any] = dict.fromkeys(made, "stored")
    stored = StoredRuns(plan=plan, students=students, teachers=teachers, latencies=latencies)
    return Estimate(stored=stored, task=TASKS.get(full.task), **changes)


def work(
    store: Store,
    home: Path,
    full: Experiment,
    job: str = "a1",
    checkpoint: Any = lambda: None,
    log: EventLog | None = None,
) -> EventLog:
    """Do a complete experiment as a job of this store; what it told."""
    log = log or EventLog()
    store.add_job(job_record(job, full.to_json(), owner=store.lab_id))
    tasks = TaskCatalog(home)
    plan = resolve(full, store, tasks)
    run_job(job, plan, JobContext(store=store, tasks=tasks, sink=log, checkpoint=checkpoint, timer=QUICK_TIMER))
    return log
