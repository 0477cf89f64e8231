"""Networks with stored logits on a task's validation and test images, and those logits.

Shipped networks have theirs in the archive of ``assets/answers``; every finished run of the store has a file of
predictions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from safetensors.numpy import load

from distill_core.archive import open_archive
from distill_core.assets import ASSETS, Manifest, manifests, read_asset, read_manifest
from distill_core.errors import NotFound, UnknownName, said
from distill_core.networks import entry_of
from distill_core.reports.predictions import predictions_of
from distill_core.store import RunRecord, Store
from distill_core.tasks import Tasks

FOLDER = "answers"
SHIPPED, RUN = "shipped", "run"
LATEST = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class PredictionSource:
    """A network with stored logits. ``key`` is ``shipped:NAME`` or ``run:ID``; ``student``: what its experiment calls
    it."""

    key: str
    student: str
    title: str
    role: str
    task: str
    test_accuracy: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Predictions:
    """The float32 logits (images, classes) of a network on validation and test images, and the test labels."""

    key: str
    title: str
    valid_logits_NC: np.ndarray
    test_logits_NC: np.ndarray
    test_labels_N: np.ndarray


def list_prediction_sources(store: Store, tasks: Tasks, task: str, limit: int = LATEST) -> tuple[PredictionSource, ...]:
    """The prediction sources of a task: shipped networks, then the newest ``limit`` teachers and ``limit`` students of
    this lab; a student that also teaches is in both lists."""
    described = tasks.get(task)
    shipped = [
        manifest for manifest in manifests(FOLDER, ASSETS) if manifest.details["data_sha256"] == described.sha256
    ]
    shipped_runs = {
        run_id
        for manifest in shipped
        for run_id in (manifest.details["run_id"], *manifest.details.get("earlier_run_ids", ()))
    }
    newest = {teach: store.newest_runs(task, teach=teach, limit=limit + len(shipped_runs)) for teach in (True, False)}
    stored = [
        _stored(run, "teacher" if teach else run.role)
        for teach, runs in newest.items()
        for run in [run for run in runs if run.id not in shipped_runs and "predictions" not in run.left_out][:limit]
    ]
    ordered = sorted(shipped, key=lambda manifest: manifest.details["place"])
    return (*(_shipped(manifest, task) for manifest in ordered), *stored)


def prediction_source(store: Store, run_id: str) -> PredictionSource:
    """The source of any finished run of this lab. Raises NotFound."""
    run = store.run(run_id)
    if run.state != "finished":
        raise NotFound(said("no predictions of run {run_id!r}: it failed; choose another network", run_id))
    return _stored(run, run.role)


def read_predictions(store: Store, key: str) -> Predictions:
    """The logits of a source. Raises NotFound, CorruptFile."""
    kind, _, name = key.partition(":")
    if kind == RUN:
        run = store.run(name)
        return _answers(key, run_title(run), predictions_of(store.artifact(run.id, "predictions")))
    for manifest in manifests(FOLDER, ASSETS):
        if kind == SHIPPED and manifest.name == name:
            return _answers(key, manifest.title, _read(manifest.name, manifest.sha256))
    raise NotFound(said("no predictions of {key!r}; choose another network", key))


def run_title(run: RunRecord) -> str:
    """The text of a run in a picker: student, network, labels and seed."""
    try:
        network = entry_of(run.architecture).title
    except UnknownName:  # from a home of another version of the lab
        network = run.architecture
    if run.role == "teacher":
        return run.student if run.student == network else said("{student} ({network})", run.student, network)
    labels = said("all labels") if run.labels_seen is None else said("{count:,} labels", run.labels_seen)
    if run.missing_class:
        parts = run.student, network, labels, run.missing_class, run.seed
        return said("{student} ({network}, {labels}, never {missing}, seed {seed})", *parts)
    return said("{student} ({network}, {labels}, seed {seed})", run.student, network, labels, run.seed)


@lru_cache(maxsize=16)
def _read(name: str, sha256: str) -> dict[str, np.ndarray]:
    manifest = read_manifest(ASSETS / FOLDER / f"{name}.json")
    with open_archive(read_asset(FOLDER, manifest, ASSETS), own=True) as archive:
        return load(archive.read(manifest.details["predictions_sha256"]))


def _answers(key: str, title: str, arrays: Mapping[str, np.ndarray]) -> Predictions:
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
        student=manifest.details["student"],
        title=manifest.title,
        role=manifest.details["role"],
        task=task,
        test_accuracy=float(manifest.measured["test_accuracy"]),
    )


def _stored(run: RunRecord, role: str) -> PredictionSource:
    return PredictionSource(
        key=f"{RUN}:{run.id}",
        student=run.student,
        title=run_title(run),
        role=role,
        task=run.task,
        test_accuracy=float(run.score("test")),
    )
