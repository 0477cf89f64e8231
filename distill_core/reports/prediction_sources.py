"""Who has answered a task's validation and test images, and what they said: logits that were computed once and kept.

Networks that ship have their answers in ``assets/answers``; every finished run of the store has its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from distill_core.assets import ASSETS, Manifest, manifests, read_asset, read_manifest
from distill_core.errors import NotFound, UnknownName
from distill_core.networks import entry_of
from distill_core.reports.predictions import predictions_of
from distill_core.store import RunRecord, Store
from distill_core.tasks import TASKS

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "FOLDER",
    "PredictionSource",
    "Predictions",
    "list_prediction_sources",
    "prediction_source",
    "read_predictions",
    "run_title",
]

FOLDER = "answers"
SHIPPED, RUN = "shipped", "run"
LATEST = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class PredictionSource:
    """A network whose answers can be looked at. ``key`` is ``shipped:NAME`` or ``run:ID``."""

    key: str
    title: str
    role: str
    task: str
    test_accuracy: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Predictions:
    """The logits of one network, float32: (images, classes), of validation and test images; and the labels of test."""

    key: str
    title: str
    valid_logits_NC: "np.ndarray"
    test_logits_NC: "np.ndarray"
    test_labels_N: "np.ndarray"


def list_prediction_sources(store: Store, task: str, limit: int = LATEST) -> tuple[PredictionSource, ...]:
    """Who answered a task: those that ship, then the newest teachers and the newest students of this lab, so many of
    both at most; a student that taught another one later is among both."""
    expected = TASKS.get(task)
    shipped = [one for one in manifests(FOLDER, ASSETS) if one.details["data_sha256"] == expected.sha256]
    there = {run_id for one in shipped for run_id in (one.details["run_id"], *one.details.get("earlier_run_ids", ()))}
    newest = {teach: store.newest_runs(task, teach=teach, limit=limit + len(there)) for teach in (True, False)}
    stored = [
        _stored(run, "teacher" if teach else run.role)
        for teach, runs in newest.items()
        for run in [run for run in runs if run.id not in there][:limit]
    ]
    ordered = sorted(shipped, key=lambda one: one.details["place"])
    return (*(_shipped(one, task) for one in ordered), *stored)


def prediction_source(store: Store, run_id: str) -> PredictionSource:
    """A finished run of this lab, however old. Raises NotFound."""
    run = store.run(run_id)
    if run.state != "finished":
        raise NotFound(f"no answers of run {run_id!r}: it failed; choose another network")
    return _stored(run, run.role)


def read_predictions(store: Store, key: str) -> Predictions:
    """Raises NotFound, CorruptFile."""
    kind, _, name = key.partition(":")
    if kind == RUN:
        run = store.run(name)
        return _answers(key, run_title(run), predictions_of(store.artifact(run.id, "predictions")))
    for manifest in manifests(FOLDER, ASSETS):
        if kind == SHIPPED and manifest.name == name:
            return _answers(key, manifest.title, _read(manifest.name, manifest.sha256))
    raise NotFound(f"no answers of {key!r}; choose another network")


def run_title(run: RunRecord) -> str:
    """A run in a picker: whose it is, which network, how many labels it saw, and its seed."""
    try:
        network = entry_of(run.architecture).title
    except UnknownName:  # as of a home that another version of the lab wrote to
        network = run.architecture
    if run.role == "teacher":
        return run.student if run.student == network else f"{run.student} ({network})"
    labels = "all labels" if run.labels is None else f"{run.labels:,} labels"
    never = f", never {run.missing_class}" if run.missing_class else ""
    return f"{run.student} ({network}, {labels}{never}, seed {run.seed})"


@lru_cache(maxsize=16)
def _read(name: str, sha256: str) -> "dict[str, np.ndarray]":
    from safetensors.numpy import load

    return load(read_asset(FOLDER, read_manifest(ASSETS / FOLDER / f"{name}.json"), ASSETS))


def _answers(key: str, title: str, arrays: "Mapping[str, np.ndarray]") -> Predictions:
    return Predictions(
        key=key,
        title=title,
        valid_logits_NC=arrays["valid_logits_NC"],
        test_logits_NC=arrays["test_logits_NC"],
        test_labels_N=arrays["test_labels_N"],
    )


def _shipped(manifest: Manifest, task: str) -> PredictionSource:
    return PredictionSource(
        key=f"{SHIPPED}:{manifest.name}",
        title=manifest.title,
        role=manifest.details["role"],
        task=task,
        test_accuracy=float(manifest.measured["test_accuracy"]),
    )


def _stored(run: RunRecord, role: str) -> PredictionSource:
    return PredictionSource(
        key=f"{RUN}:{run.id}",
        title=run_title(run),
        role=role,
        task=run.task,
        test_accuracy=float(run.scores["test_accuracy"]),
    )
