"""Loads or trains a teacher, and stores its record and files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from distill_core import clock
from distill_core.assets import read_asset
from distill_core.errors import ExportMismatch, InvalidSetting, TrainingDiverged
from distill_core.events import Event, Progress
from distill_core.execution.records import CurveRecorder, run_id
from distill_core.execution.scoring import evaluate, form_of
from distill_core.machine import ResolvedPrecision, environment
from distill_core.methods import CONTROL_METHOD
from distill_core.networks.ensemble import ensemble_of
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes, to_bytes
from distill_core.planning.progress import GETTING_READY, JUDGING, JobProgress
from distill_core.planning.teacher import ResolvedTeacher, shipped_manifest
from distill_core.spec import TEACHER_NAME, Experiment, ShippedTeacher, StoredTeacher, TrainedTeacher
from distill_core.store import RunRecord, Store
from distill_core.tasks import Dataset, Task
from distill_core.training.teacher_training import train_teacher

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedTeacher:
    """A teacher's network and record; ``run.state`` is failed where its evaluation failed."""

    network: "nn.Module"
    run: RunRecord
    precision: ResolvedPrecision


@dataclass(frozen=True, slots=True)
class _TeacherContext:
    """The arguments for making a teacher. ``part``: the index of an ensemble's member, and the number of members."""

    task: Task
    datasets: Mapping[str, Dataset]
    precision: ResolvedPrecision
    store: Store
    curves: CurveRecorder
    checkpoint: Callable[[], None]
    part: tuple[int, int] = (0, 1)

    def sink(self, event: Event) -> None:
        """Pass an event on; progress of a member is scaled to its part of the whole."""
        if isinstance(event, Progress):
            place, members = self.part
            event = replace(event, done=place * event.total + event.done, total=members * event.total)
        self.curves(event)


def load_or_train(
    known: ResolvedTeacher,
    experiment: Experiment,
    task: Task,
    datasets: Mapping[str, Dataset],
    store: Store,
    progress: JobProgress,
    checkpoint: Callable[[], None],
) -> LoadedTeacher:
    """Load the teacher, evaluate and store it; a TrainedTeacher that is not stored yet is trained first.

    A teacher whose scores or ONNX file fail their checks is stored as failed with the reason and its weights.
    Raises: CorruptFile, TrainingDiverged, Stopped.
    """
    room = _TeacherContext(
        task, datasets, cast(ResolvedPrecision, experiment.precision), store, CurveRecorder(progress.sink), checkpoint
    )
    with progress.stage(GETTING_READY):
        run = store.whole_runs([known.fingerprint]).get(known.fingerprint)
        if run is not None:
            network = from_bytes(known.blueprint, store.read_artifact(run.id, "weights"))
            return LoadedTeacher(network=network, run=run, precision=room.precision)
        network, history = _make(known, room)
    with progress.stage(JUDGING):
        message = None
        try:
            scores, files = evaluate(network, known.blueprint, task, datasets)
        except (ExportMismatch, InvalidSetting) as error:
            message, scores, files = str(error), form_of(known.blueprint), {"weights": to_bytes(network)}
        run = _record(known, task, scores, history, message)
        store.save_run(run, curves=history["curves"], files=files)
    return LoadedTeacher(network=network, run=run, precision=room.precision)


def _make(
    known: ResolvedTeacher, room: _TeacherContext, name: str = TEACHER_NAME
) -> "tuple[nn.Module, dict[str, Any]]":
    """The network and its training history; ``name`` is its name in events."""
    choice = known.choice
    nothing: dict[str, Any] = {"updates": 0, "seconds": 0.0, "seed": 0, "curves": []}
    if isinstance(choice, ShippedTeacher):
        manifest = shipped_manifest(choice.name)
        recipe, measured = manifest.details["recipe"], manifest.measured
        history = {"updates": recipe["budget"]["updates"], "seconds": measured["seconds"], "seed": recipe["seed"]}
        return from_bytes(known.blueprint, read_asset("teachers", manifest)), {**nothing, **history}
    if known.members:
        networks = [
            _member(member, replace(room, part=(place, len(known.members))), f"{name} (member {place + 1})")
            for place, member in enumerate(known.members)
        ]
        return ensemble_of(networks), nothing
    if not isinstance(choice, TrainedTeacher):
        assert isinstance(choice, StoredTeacher)
        stored = room.store.run(choice.run)
        return from_bytes(blueprint_of(stored), room.store.read_artifact(stored.id, "weights")), nothing
    trained = train_teacher(
        choice,
        room.task,
        train=room.datasets["train"],
        valid=room.datasets["valid"],
        precision=room.precision,
        sink=room.sink,
        checkpoint=room.checkpoint,
        name=name,
    )
    if trained.error is not None:
        raise TrainingDiverged(trained.error)
    history = {"updates": trained.updates, "seconds": trained.seconds, "seed": choice.seed}
    return trained.network, {**history, "curves": room.curves.of(trained.config.run)}


def _member(known: ResolvedTeacher, room: _TeacherContext, name: str) -> "nn.Module":
    """A member of an ensemble: loaded where it is stored, else made; its weights are stored in the ensemble's only."""
    run = room.store.whole_runs([known.fingerprint]).get(known.fingerprint)
    if run is not None:
        return from_bytes(known.blueprint, room.store.read_artifact(run.id, "weights"))
    return _make(known, room, name)[0]


def _record(
    known: ResolvedTeacher, task: Task, scores: dict[str, Any], history: Mapping[str, Any], message: str | None
) -> RunRecord:
    return RunRecord(
        id=run_id(known.fingerprint),
        fingerprint=known.fingerprint,
        role="teacher",
        student=known.title,
        task=task.name,
        architecture=known.blueprint.architecture,
        width=known.blueprint.width,
        stem_stride=known.blueprint.stem_stride,
        method=CONTROL_METHOD,
        temperature=None,
        alpha=None,
        parameters={},
        seed=history["seed"],
        labels=known.labels,
        transfer="labelled",
        state="finished" if message is None else "failed",
        message=message,
        updates=history["updates"],
        seconds=history["seconds"],
        scores=scores,
        environment=environment(),
        created_at=clock.now(),
    )
