"""Experiment reports: what a page shows of an experiment that is stored here or ships with the lab.

Shipped reports are archives in ``assets/sweeps`` without files, made with the command in the manifest. Their latencies
are another machine's and are not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from distill_core.archive import open_archive
from distill_core.assets import ASSETS, Manifest, manifests, read_asset, read_manifest
from distill_core.errors import NotFound, said
from distill_core.lazy_torch import pd
from distill_core.reports.images import right_answers
from distill_core.reports.readable import experiment_of
from distill_core.reports.results import (
    archived_results,
    confusion,
    confusion_of,
    curves_of,
    curves_table,
    results_table,
)
from distill_core.reports.summary import against, summarise
from distill_core.spec import Experiment
from distill_core.store import ArchivedRun, Store, archived
from distill_core.tasks import Tasks

FOLDER, METHODS_FOLDER = "sweeps", "methods"
SHIPPED, JOB, METHODS = "shipped", "job", "methods"
FOLDERS = {SHIPPED: FOLDER, METHODS: METHODS_FOLDER}


@dataclass(frozen=True, kw_only=True, slots=True)
class ExperimentReport:
    """``results`` is a ``results_table``. ``curves`` takes a mapping of run ids to names,
    ``confusion`` a run id; ``right`` gives the test images that a run classifies correctly. ``command`` made a shipped
    report; None for stored jobs."""

    key: str
    title: str
    experiment: Experiment
    results: pd.DataFrame
    curves: Callable[[Mapping[str, str]], pd.DataFrame]
    confusion: Callable[[str], np.ndarray]
    command: str | None
    right: Callable[[str], np.ndarray]

    def summary(self) -> pd.DataFrame:
        """A row for each student, as ``summarise``."""
        return summarise(self.results, self.right)

    def against(self, reference: str) -> pd.DataFrame:
        """The comparison of the students with one of them, as ``against``."""
        return against(self.results, reference, self.right)


def shipped_reports() -> tuple[Manifest, ...]:
    return manifests(FOLDER, ASSETS)


def shipped_studies(task: str) -> dict[str, str]:
    """The titles of all shipped experiments of a task (sweeps, lessons, method tables) by their key."""
    found = [(kind, manifest) for kind, folder in FOLDERS.items() for manifest in manifests(folder, ASSETS)]
    return {
        f"{kind}:{manifest.name}": manifest.title
        for kind, manifest in found
        if manifest.details["specification"]["task"] == task
    }


def method_tables() -> tuple[tuple[Manifest, ExperimentReport], ...]:
    """Every method at its defaults, as ``tools/make_method_table.py`` trained them. Raises CorruptFile."""
    shipped = manifests(METHODS_FOLDER, ASSETS)
    return tuple(
        (manifest, _shipped(f"{METHODS}:{manifest.name}", METHODS_FOLDER, manifest.name, manifest.sha256))
        for manifest in shipped
    )


def read_experiment_report(store: Store, tasks: Tasks, key: str) -> ExperimentReport:
    """The report of ``shipped:NAME``, ``methods:NAME`` or ``job:ID``. Raises NotFound, CorruptFile."""
    kind, _, name = key.partition(":")
    if kind == JOB:
        return _stored(store, tasks, key, name)
    folder = FOLDERS.get(kind, "")
    if folder and name in {manifest.name for manifest in manifests(folder, ASSETS)}:
        manifest = read_manifest(ASSETS / folder / f"{name}.json")
        return _shipped(key, folder, name, manifest.sha256)
    raise NotFound(said("no report {key!r}; choose another experiment", key))


def _stored(store: Store, tasks: Tasks, key: str, job_id: str) -> ExperimentReport:
    job = store.job(job_id)
    return ExperimentReport(
        key=key,
        title=job.title,
        experiment=experiment_of(job, tasks),
        results=results_table(store, [job_id]),
        curves=lambda runs: curves_table(store, runs),
        confusion=lambda run_id: confusion(store, run_id),
        command=None,
        right=lambda run_id: right_answers(store, run_id),
    )


@lru_cache(maxsize=8)
def _shipped(key: str, folder: str, name: str, sha256: str) -> ExperimentReport:
    manifest = read_manifest(ASSETS / folder / f"{name}.json")
    with open_archive(read_asset(folder, manifest, ASSETS), own=True) as archive:
        of = archived(archive.rows, own=True)
    (job,) = of.jobs

    def run(run_id: str) -> ArchivedRun:
        if run_id not in of.runs:
            raise NotFound(said("no run {run_id!r} in {title!r}; choose another run", run_id, manifest.title))
        return of.runs[run_id]

    return ExperimentReport(
        key=key,
        title=manifest.title,
        experiment=Experiment.from_json(job.record.specification),
        results=archived_results(of.linked(job)),
        curves=lambda runs: curves_of(runs, lambda run_id: run(run_id).record, lambda run_id: run(run_id).curves),
        confusion=lambda run_id: confusion_of(run(run_id).record),
        command=manifest.command,
        right=_unknown,
    )


def _unknown(run_id: str) -> np.ndarray:
    # Only McNemar's test needs them, for one seed; shipped reports have three.
    raise NotFound(said("the predictions of run {run_id!r} do not ship; train it here", run_id))
