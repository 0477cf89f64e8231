"""Activations of two trained networks on the same test images: logits and stage features.

Shapes: N images, C classes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from distill_core.assets import read_asset
from distill_core.errors import InvalidSetting, Names, NotFound, said
from distill_core.lazy_torch import nn, torch
from distill_core.methods import LossInputs
from distill_core.methods.feature_shapes import pair_of
from distill_core.methods.pictures import PairActivations, spread
from distill_core.methods.rows import as_rows
from distill_core.networks import Blueprint, forward_features
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes
from distill_core.planning.blueprints import task_blueprint
from distill_core.planning.teacher_sources.shipped import shipped_manifest
from distill_core.reports.images import task_parts
from distill_core.reports.prediction_sources import RUN, SHIPPED, run_title
from distill_core.spec import TrainedTeacher
from distill_core.store import Store
from distill_core.tasks import IGNORE, Task, TaskCatalog

# Of a task with positions so many whole examples, and as many rows of their logits as there would be images.
IMAGES, SCENES = 40, 8


@dataclass(frozen=True, kw_only=True, slots=True)
class _LoadedNetwork:
    title: str
    blueprint: Blueprint
    network: nn.Module


def pair_activations(store: Store, tasks: TaskCatalog, task: str, teacher: str, student: str) -> PairActivations:
    """Run two networks on the same test examples. Keys are ``shipped:NAME`` of a teacher, or ``run:ID``.

    Raises: NotFound, CorruptFile; InvalidSetting for networks of another task.
    """
    described = tasks.get(task)
    dataset = described.dataset(described, task_parts(task, tasks).test)
    positions = described.target.positions
    examples_K = np.arange(min(SCENES, len(dataset))) if positions else spread(dataset.targets, IMAGES)
    targets_R = dataset.targets[examples_K].flatten()
    examples, rows_N = dataset.batch(examples_K), _some(targets_R) if positions else None
    student_network, teacher_network = (_load(store, tasks, described, key) for key in (student, teacher))
    with torch.no_grad():
        (student_BC, student_taps), (teacher_BC, teacher_taps) = (
            forward_features(loaded.network, examples) for loaded in (student_network, teacher_network)
        )
    ensemble = bool(teacher_network.blueprint.members)
    head = None if ensemble else teacher_network.network.get_submodule("head")
    return PairActivations(
        student=student_network.title,
        teacher=teacher_network.title,
        pair=pair_of(student_network.blueprint, teacher_network.blueprint, head),
        grafted=student_network.blueprint.teacher_head == teacher_network.blueprint,
        stages=(tuple(student_taps), tuple(teacher_taps)),
        inputs=LossInputs(
            student_BC=as_rows(student_BC),
            teacher_BC=as_rows(teacher_BC),
            targets_B=torch.from_numpy(targets_R),
            progress=1.0,
            positions=math.prod(positions),
            student_taps=tuple(student_taps.values()),
            teacher_taps=tuple(teacher_taps.values()),
            peers=(as_rows(teacher_BC),),
        ),
        index_N=examples_K if rows_N is None else examples_K[rows_N // math.prod(positions)],
        classes=described.classes,
        positions=positions,
        rows_N=rows_N,
        examples_K=examples_K if positions else None,
    )


def _some(targets_R: np.ndarray) -> np.ndarray:
    """Some of the rows with a target, evenly over the classes, from all over the examples; class by class."""
    scattered = np.random.default_rng(0).permutation(np.flatnonzero(targets_R != IGNORE))
    chosen: np.ndarray = scattered[spread(targets_R[scattered], IMAGES)]
    return chosen


def _load(store: Store, tasks: TaskCatalog, task: Task, key: str) -> _LoadedNetwork:
    kind, _, name = key.partition(":")
    if kind == SHIPPED:
        manifest = shipped_manifest(name)
        _check(manifest.title, task, manifest.details["tasks"])
        blueprint = task_blueprint(TrainedTeacher.model_validate(manifest.details["recipe"]), task)
        return _LoadedNetwork(
            title=manifest.title, blueprint=blueprint, network=from_bytes(blueprint, read_asset("teachers", manifest))
        )
    if kind != RUN:
        raise NotFound(said("no network {key!r}; choose another one", key))
    run = store.run(name)
    _check(run.student, task, [run.task])
    blueprint = blueprint_of(run, tasks)
    network = from_bytes(blueprint, store.read_artifact(run.id, "weights"))
    return _LoadedNetwork(title=run_title(run), blueprint=blueprint, network=network)


def _check(title: str, task: Task, tasks: list[str]) -> None:
    if task.name not in tasks:
        hint = "choose two networks of one task"
        raise InvalidSetting(title, expected=said("a network of {task}", task.name), got=Names(tasks), hint=hint)
