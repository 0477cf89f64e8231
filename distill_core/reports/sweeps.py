"""Sweeps: grids of T and alpha, curves and lessons, shipped or trained here."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from distill_core.accelerator import device_of
from distill_core.assets import Manifest
from distill_core.errors import NotFound, said
from distill_core.machine import ResolvedPrecision
from distill_core.planning.fingerprint import job_fingerprint
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.teacher_sources import resolve_teacher
from distill_core.reports.experiment_report import JOB, SHIPPED, shipped_reports
from distill_core.reports.readable import is_readable
from distill_core.spec import Experiment
from distill_core.store import JobRecord, JobState, RunRecord, Store
from distill_core.tasks import TASKS, Tasks
from distill_core.templates.grid import Curve, Grid, curve_of, grid_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Sweep:
    """``key`` is ``shipped:NAME`` or ``job:ID``; ``state`` that of the job, "finished" for a shipped sweep.

    ``grid`` and ``curve``: the shape of the experiment, None for another one.
    """

    key: str
    title: str
    experiment: Experiment
    grid: Grid | None
    curve: Curve | None
    state: str

    @property
    def shipped(self) -> bool:
        return self.key.startswith(SHIPPED)

    @property
    def job_id(self) -> str | None:
        return None if self.shipped else self.key.removeprefix(f"{JOB}:")

    @property
    def asked(self) -> Experiment:
        """The experiment with precision and device ``auto``, as a repetition submits it."""
        return self.experiment.model_copy(update={"precision": "auto", "device": "auto"})

    def repeats(self, other: "Sweep") -> bool:
        """Whether both are the same experiment, apart from precision and device."""
        return self.asked == other.asked


def list_sweeps(store: Store, tasks: Tasks, limit: int) -> tuple[Sweep, ...]:
    """Shipped sweeps, their repetitions of any age, then grids and curves among the newest ``limit`` jobs."""
    reports = shipped_reports()
    shipped = [_of_manifest(manifest) for manifest in reports]
    repeated = {
        record.id: record for manifest in reports if (record := store.find_job(_repeated_fingerprint(manifest)))
    }
    newest = {record.id: record for record in store.jobs(limit=limit)}
    jobs = [_of_job(record) for record in {**newest, **repeated}.values() if is_readable(record, tasks)]
    known = [job for job in jobs if job.grid or job.curve or any(job.repeats(sweep) for sweep in shipped)]
    return (*shipped, *known)


@lru_cache(maxsize=64)
def _repeated_fingerprint(manifest: Manifest) -> str:
    """The fingerprint of the jobs that repeat what ships."""
    full = resolve_experiment(_of_manifest(manifest).asked)
    precision, task = cast(ResolvedPrecision, full.precision), TASKS.get(full.task)
    return job_fingerprint(full, resolve_teacher(full.teacher, task, precision, _no_run, device=device_of(full)), task)


def _no_run(run_id: str) -> RunRecord:
    raise NotFound(said("no run {run_id!r}: what ships is taught by a teacher that ships", run_id))


@lru_cache(maxsize=64)
def _of_manifest(manifest: Manifest) -> Sweep:
    specification = json.dumps(manifest.details["specification"])
    return _sweep(f"{SHIPPED}:{manifest.name}", manifest.title, specification, JobState.FINISHED)


def _of_job(record: JobRecord) -> Sweep:
    return _sweep(f"{JOB}:{record.id}", record.name or record.title, record.specification, record.state)


def _sweep(key: str, title: str, specification: str, state: JobState) -> Sweep:
    experiment, grid, curve = _shape(specification)
    return Sweep(key=key, title=title, experiment=experiment, grid=grid, curve=curve, state=state.value)


@lru_cache(maxsize=256)
def _shape(specification: str) -> tuple[Experiment, Grid | None, Curve | None]:
    experiment = Experiment.from_json(specification)
    return experiment, grid_of(experiment), curve_of(experiment)
