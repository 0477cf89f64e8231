"""Experiments that ask one question many times, shipped or trained here: grids of T and alpha, curves, lessons."""

import json
from dataclasses import dataclass
from functools import lru_cache

from distill_core.assets import Manifest
from distill_core.experiment import Experiment
from distill_core.pipeline.sweeps import Curve, Grid, curve_of, grid_of
from distill_core.reports.sheets import JOB, SHIPPED, shipped_sheets
from distill_core.store import JobRecord, JobState, Store

__all__ = ["Study", "studies"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Study:
    """``key`` is ``shipped:NAME`` or ``job:ID``; ``state`` that of the job, "finished" for what ships.

    ``grid`` and ``curve`` are the shape, where it has one.
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

    def repeats(self, other: "Study") -> bool:
        """Whether both are the same experiment, whatever the precision that their machines have."""
        return _asked(self.experiment) == _asked(other.experiment)


def studies(store: Store, limit: int) -> tuple[Study, ...]:
    """What ships, then the newest jobs of this lab that have a shape or repeat what ships."""
    shipped = [_of_manifest(manifest) for manifest in shipped_sheets()]
    jobs = [_of_job(record) for record in store.jobs(limit=limit)]
    known = [job for job in jobs if job.grid or job.curve or any(job.repeats(one) for one in shipped)]
    return (*shipped, *known)


def _of_manifest(manifest: Manifest) -> Study:
    experiment, grid, curve = _shape(json.dumps(manifest.details["specification"]))
    return Study(
        key=f"{SHIPPED}:{manifest.name}",
        title=manifest.title,
        experiment=experiment,
        grid=grid,
        curve=curve,
        state=JobState.FINISHED.value,
    )


def _of_job(record: JobRecord) -> Study:
    experiment, grid, curve = _shape(record.specification)
    return Study(
        key=f"{JOB}:{record.id}",
        title=record.title,
        experiment=experiment,
        grid=grid,
        curve=curve,
        state=record.state.value,
    )


@lru_cache(maxsize=256)
def _shape(specification: str) -> tuple[Experiment, Grid | None, Curve | None]:
    experiment = Experiment.from_json(specification)
    return experiment, grid_of(experiment), curve_of(experiment)


def _asked(experiment: Experiment) -> Experiment:
    return experiment.model_copy(update={"precision": "auto"})
