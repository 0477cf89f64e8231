"""Whether the runs of an archive are those that its specifications make."""

import json
from collections.abc import Mapping
from typing import cast

from distill_core.accelerator import device_of
from distill_core.archive import refused
from distill_core.errors import CorruptFile, DistillError, said
from distill_core.machine import ResolvedPrecision
from distill_core.planning.job_plan import program_of
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import PlannedRun, expand
from distill_core.planning.teacher_sources import resolve_starts, resolve_teacher
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.spec import Experiment
from distill_core.store import ArchivedJob, ArchivedRun, RunRecord, Store
from distill_core.tasks import Tasks

# What a run's row repeats of its student.
TOLD = ("architecture", "width", "method", "labels", "transfer", "missing_class")


def check_fingerprints(
    job: ArchivedJob, experiment: Experiment, runs: Mapping[str, ArchivedRun], store: Store, tasks: Tasks
) -> None:
    """Compare a job's runs with the students of its experiment, and their fingerprints with those that this lab makes
    of it. A job without a plan, or whose plan names another program than this machine's, may have others.

    Raises: CorruptFile.
    """
    _check_students(job, experiment, runs)
    try:
        full = resolve_experiment(experiment, tasks)
        teacher, starts = _origins(full, runs, store, tasks)
        teachers = [runs[link.run_id].record.fingerprint for link in job.links if link.role == "teacher"]
        planned = expand(full, teacher, teachers, tasks, starts)
        program = program_of(tasks.get(full.task), teacher, planned, device_of(full))
    except DistillError:  # its teacher or initial network is not here, or it cannot be trained here
        return
    if _program(job.plan) == program:
        _compare(job, runs, teacher, planned)


def _origins(
    full: Experiment, runs: Mapping[str, ArchivedRun], store: Store, tasks: Tasks
) -> tuple[ResolvedTeacher, dict[str, ResolvedTeacher]]:
    """The teacher, and the stored runs that students start from."""

    def get_run(run_id: str) -> RunRecord:
        return runs[run_id].record if run_id in runs else store.whole_run(run_id)

    precision, device = cast(ResolvedPrecision, full.precision), device_of(full)
    teacher = resolve_teacher(full.teacher, tasks.get(full.task), precision, get_run, tasks, device)
    return teacher, resolve_starts(full, precision, get_run, tasks, device)


def _check_students(job: ArchivedJob, experiment: Experiment, runs: Mapping[str, ArchivedRun]) -> None:
    students = {student.name: student for student in experiment.students}
    for link in job.links:
        run, student = runs[link.run_id].record, students.get(link.student)
        if link.role == "teacher":
            continue
        alike = student is not None and all(getattr(student, name) == getattr(run, name) for name in TOLD)
        if student is None or not alike or run.seed not in student.seeds or run.task != experiment.task:
            raise _refused(said("a student of its experiment as run {run_id}", run.id), repr(link.student)[:60])


def _compare(
    job: ArchivedJob, runs: Mapping[str, ArchivedRun], teacher: ResolvedTeacher, planned: tuple[PlannedRun, ...]
) -> None:
    made = {(run.student.name, run.seed): run.fingerprints for run in planned}
    for link in job.links:
        run = runs[link.run_id].record
        expected = (teacher.fingerprint,) if link.role == "teacher" else made.get((link.student, run.seed), ())
        if run.fingerprint not in expected:
            raise _refused(
                said("{student} with fingerprint {fingerprint}…", link.student, "".join(expected[:1])[:12]),
                f"{run.fingerprint[:12]}…",
            )


def _program(plan: str | None) -> object:
    try:
        told = json.loads(plan or "null")
    except ValueError:
        return None
    return told.get("program") if isinstance(told, dict) else None


def _refused(expected: str, got: str) -> CorruptFile:
    return refused(expected, got, "export it again", what="the archive's runs")
