"""Experiment reports: what a page shows of an experiment that is stored here or ships with the lab.

Shipped reports are in ``assets/sweeps``: the rows of ``results_table`` with curves and confusion matrices, made with
the command in the manifest.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from distill_core.assets import ASSETS, Manifest, manifests, read_asset, read_manifest
from distill_core.errors import NotFound
from distill_core.events import INSIGHT
from distill_core.lazy_torch import pd
from distill_core.reports.images import right_answers
from distill_core.reports.readable import experiment_of
from distill_core.reports.results import (
    RESULT_COLUMNS,
    confusion,
    curves_table,
    in_long_form,
    numbers,
    results_table,
)
from distill_core.reports.summary import against, summarise
from distill_core.spec import Experiment
from distill_core.store import Store
from distill_core.tasks import Tasks

FOLDER, METHODS_FOLDER = "sweeps", "methods"
SHIPPED, JOB = "shipped", "job"
DIGITS = 5


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


def method_tables() -> tuple[tuple[Manifest, ExperimentReport], ...]:
    """Every method at its defaults, as ``tools/make_method_table.py`` trained them. Raises CorruptFile."""
    shipped = manifests(METHODS_FOLDER, ASSETS)
    return tuple(
        (manifest, _shipped(f"{METHODS_FOLDER}:{manifest.name}", METHODS_FOLDER, manifest.name, manifest.sha256))
        for manifest in shipped
    )


def read_experiment_report(store: Store, tasks: Tasks, key: str) -> ExperimentReport:
    """The report of ``shipped:NAME`` or ``job:ID``. Raises NotFound, CorruptFile."""
    kind, _, name = key.partition(":")
    if kind == JOB:
        return _stored(store, tasks, key, name)
    if kind == SHIPPED and name in {manifest.name for manifest in shipped_reports()}:
        manifest = read_manifest(ASSETS / FOLDER / f"{name}.json")
        return _shipped(key, FOLDER, name, manifest.sha256)
    raise NotFound(f"no report {key!r}; choose another experiment")


def packed(store: Store, job_id: str) -> bytes:
    """The runs of a finished job as a shipped file: JSON with results, curves and confusion matrices."""
    table = results_table(store, [job_id])
    rows = [_packed_row(store, row) for row in table.to_dict("records")]
    return json.dumps(rows, allow_nan=False, separators=(",", ":")).encode()


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
    told: list[dict[str, Any]] = json.loads(read_asset(folder, manifest, ASSETS))
    rows = [{"metric": "accuracy", **row} for row in told]
    by_run = {row["run_id"]: row for row in rows}

    def row(run_id: str) -> dict[str, Any]:
        if run_id not in by_run:
            raise NotFound(f"no run {run_id!r} in {manifest.title!r}; choose another run")
        return by_run[run_id]

    def curves(runs: Mapping[str, str]) -> pd.DataFrame:
        points = [
            {"run_id": run_id, "student": student, "seed": row(run_id)["seed"], "kind": kind}
            | {"update": update, "value": value}
            for run_id, student in runs.items()
            for kind, (updates, values) in row(run_id)["curves"].items()
            for update, value in zip(updates, values, strict=True)
        ]
        return in_long_form(points, {run_id: row(run_id)["method"] for run_id in runs})

    return ExperimentReport(
        key=key,
        title=manifest.title,
        experiment=Experiment.of(manifest.details["specification"]),
        results=numbers(pd.DataFrame(rows, columns=RESULT_COLUMNS)),
        curves=curves,
        confusion=lambda run_id: np.asarray(row(run_id)["confusion"]),
        command=manifest.command,
        right=_unknown,
    )


def _unknown(run_id: str) -> np.ndarray:
    # Only McNemar's test needs them, for one seed; shipped reports have three.
    raise NotFound(f"the predictions of run {run_id!r} do not ship; train it here")


def _packed_row(store: Store, row: Mapping[Any, Any]) -> dict[str, Any]:
    run = store.run(row["run_id"])
    plain = {str(name): _plain(value) for name, value in row.items()}
    curves: dict[str, tuple[list[int], list[float | None]]] = {}
    for point in store.curves(run.id):
        if point["kind"].startswith(INSIGHT):
            continue
        updates, values = curves.setdefault(point["kind"], ([], []))
        updates.append(point["update"])
        values.append(_plain(round(point["value"], DIGITS)))
    return {**plain, "curves": curves, "confusion": run.scores.get("confusion")}


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
