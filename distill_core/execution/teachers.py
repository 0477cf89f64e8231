"""Loads or trains a job's teacher, and stores its record and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from distill_core import clock
from distill_core.accelerator import device_of
from distill_core.errors import ExportMismatch, InvalidSetting, Names, said
from distill_core.execution.records import CurveRecorder, run_id
from distill_core.execution.scoring import evaluate, evaluate_foreign, form_of
from distill_core.execution.teacher_sources import TEACHER_LOADERS, LoadedModel, TeacherContext
from distill_core.lazy_torch import nn
from distill_core.machine import ResolvedPrecision, environment
from distill_core.methods import CONTROL_METHOD
from distill_core.networks.weights import from_bytes, to_bytes
from distill_core.planning.precomputed_logits import precomputed_logits_of, read_precomputed_logits
from distill_core.planning.progress import GETTING_READY, JUDGING, JobProgress
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.spec import Experiment
from distill_core.store import FOREIGN, RunRecord, Store
from distill_core.tasks import Dataset, Task
from distill_core.training.teacher_outputs import ForeignTeacher, FrozenTeacher, Teacher, TeacherModel


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedTeacher:
    """A teacher and its record. ``network``: None where it is no network of this lab; ``run.state`` is failed where its
    evaluation failed."""

    teacher: Teacher
    network: nn.Module | None
    run: RunRecord
    precision: ResolvedPrecision


def load_or_train(
    known: ResolvedTeacher,
    experiment: Experiment,
    task: Task,
    datasets: Mapping[str, Dataset],
    store: Store,
    progress: JobProgress,
    checkpoint: Callable[[], None],
    job_id: str = "",
) -> LoadedTeacher:
    """Load the teacher, evaluate and store it; a TrainedTeacher that is not stored yet is trained first.

    A teacher whose scores or ONNX file fail their checks is stored as failed with the reason and its weights.
    Raises: CorruptFile, TrainingDiverged, Stopped.
    """
    precision, device = cast(ResolvedPrecision, experiment.precision), device_of(experiment)
    context = TeacherContext(
        task=task,
        datasets=datasets,
        precision=precision,
        device=device,
        store=store,
        curves=CurveRecorder(progress.sink),
        checkpoint=checkpoint,
        load=_load,
        job_id=job_id,
    )
    with progress.stage(GETTING_READY):
        run = _stored(known, store)
        loaded = _read_or_load(known, context, run)
    if run is None:
        with progress.stage(JUDGING):
            run, files = _evaluated(known, task, loaded, datasets)
            store.save_run(run, curves=loaded.curves, files=files)
            store.half_trained.remove([known.fingerprint])
    if known.blueprint is None:
        teacher: Teacher = ForeignTeacher(cast(TeacherModel, loaded.model))
        _check_stages(known, teacher, datasets["train"])
        return LoadedTeacher(teacher=teacher, network=None, run=run, precision=precision)
    network = cast("nn.Module", loaded.model)
    records = precomputed_logits_of(experiment)
    logits_VNC = read_precomputed_logits(records, experiment.views) if records else None
    teacher = FrozenTeacher(network, precision, logits_VNC, device)
    return LoadedTeacher(teacher=teacher, network=network, run=run, precision=precision)


def _check_stages(known: ResolvedTeacher, teacher: Teacher, train: Dataset) -> None:
    """Raise InvalidSetting where a model gives other stages than planning was told."""
    if not known.stages:
        return
    _, stages = teacher.logits_and_stages(train.batch(np.arange(1)))
    shapes = tuple(tuple(stage.shape[1:]) for stage in stages)
    if (teacher.stages, shapes) != (tuple(known.stages), tuple(known.stages.values())):
        raise InvalidSetting(
            said("the stages of {name}", known.title),
            expected=Names(f"{name} {shape}" for name, shape in known.stages.items()),
            got=Names(f"{name} {shape}" for name, shape in zip(teacher.stages, shapes, strict=False)),
            hint="let its source tell what its model gives",
        )


def _stored(known: ResolvedTeacher, store: Store) -> RunRecord | None:
    return store.whole_runs([known.fingerprint]).get(known.fingerprint)


def _load(known: ResolvedTeacher, context: TeacherContext) -> LoadedModel:
    return _read_or_load(known, context, _stored(known, context.store))


def _read_or_load(known: ResolvedTeacher, context: TeacherContext, run: RunRecord | None) -> LoadedModel:
    """The model of a teacher: read where its ``run`` is stored, and that is so of networks of this lab alone; else from
    the loader of its kind."""
    if run is None or known.blueprint is None:
        return TEACHER_LOADERS.get(known.choice.kind).load(known, context)
    return LoadedModel(model=from_bytes(known.blueprint, context.store.read_artifact(run.id, "weights")))


def _evaluated(
    known: ResolvedTeacher, task: Task, loaded: LoadedModel, datasets: Mapping[str, Dataset]
) -> tuple[RunRecord, dict[str, bytes]]:
    """The record and files of a teacher."""
    message = None
    if known.blueprint is None:
        scores, files = evaluate_foreign(ForeignTeacher(cast(TeacherModel, loaded.model)), task, datasets)
    else:
        network = cast("nn.Module", loaded.model)
        try:
            scores, files = evaluate(network, known.blueprint, task, datasets)
        except (ExportMismatch, InvalidSetting) as error:
            message, scores, files = error.text, form_of(known.blueprint), {"weights": to_bytes(network)}
    return _record(known, task, scores, loaded, message), files


def _record(
    known: ResolvedTeacher,
    task: Task,
    scores: dict[str, Any],
    loaded: LoadedModel,
    message: str | None,
) -> RunRecord:
    blueprint = known.blueprint
    return RunRecord(
        id=run_id(known.fingerprint),
        fingerprint=known.fingerprint,
        role="teacher",
        student=known.title,
        task=task.name,
        architecture=blueprint.architecture if blueprint else FOREIGN,
        width=blueprint.width if blueprint else 1.0,
        stem_stride=blueprint.stem_stride if blueprint else 1,
        method=CONTROL_METHOD,
        temperature=None,
        alpha=None,
        parameters={},
        seed=loaded.seed,
        labels=known.labels,
        transfer="labelled",
        state="finished" if message is None else "failed",
        message=message,
        updates=loaded.updates,
        seconds=loaded.seconds,
        scores=scores,
        environment=environment(loaded.device),
        created_at=clock.now(),
    )
