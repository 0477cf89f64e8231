"""The view of a method for a pair of trained networks: its stages, its loss, and what it compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import torch
from distill_core.methods import LossInputsUsed, Method, loss_inputs_used
from distill_core.methods.pictures import (
    Compared,
    DecoupledTerms,
    PairActivations,
    Picture,
    Stage,
    Stages,
    few,
    labelled,
    softened,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodView:
    """``total`` is the loss at the method's defaults on these images, ``parts`` its terms without their weights; both
    are empty where the loss has weights to train first. ``few_K``: indices into ``index_N`` of some images, evenly over
    the classes; ``stages``: names of the taps, the student's first.

    ``places_N``: (N, axes) where an answer lies in its example, of a task with positions; ``labels_N`` is empty where
    the picture is of whole examples of such a task."""

    student: str
    teacher: str
    stages: tuple[tuple[str, ...], tuple[str, ...]]
    inputs_used: LossInputsUsed
    picture: Picture
    index_N: np.ndarray
    labels_N: np.ndarray
    few_K: np.ndarray
    parts: Mapping[str, float]
    total: float | None
    places_N: np.ndarray | None = None


def explain_method(method: Method, activations: PairActivations) -> MethodView:
    """Raise InvalidSetting, with the reason, where the method does not work for this pair."""
    method.check(activations.pair)
    if method.reuses_teacher_head and not activations.grafted:
        expected, hint = (
            said("a student that {method} trained", method.title),
            "compare it, then choose its experiment and its student here",
        )
        raise InvalidSetting(
            said("a picture of {method}", method.title), expected=expected, got=activations.student, hint=hint
        )
    inputs_used = loss_inputs_used(method, activations.pair)
    parts, total = ({}, None) if inputs_used.trainable or method.uses_rng else _loss(method, activations)
    picture = _picture(method, activations, inputs_used)
    return MethodView(
        student=activations.student,
        teacher=activations.teacher,
        stages=activations.stages,
        inputs_used=inputs_used,
        picture=picture,
        parts=parts,
        total=total,
        **_shown(picture, activations),
    )


def _shown(picture: Picture, activations: PairActivations) -> dict[str, np.ndarray]:
    """Which examples, or positions of them, a picture shows."""
    index_N, labels_N, examples_K = activations.index_N, activations.labels_N.numpy(), activations.examples_K
    if examples_K is None or activations.rows_N is None:
        return {"index_N": index_N, "labels_N": labels_N, "few_K": few(activations)}
    if isinstance(picture, Compared | DecoupledTerms):
        within_N = activations.rows_N % activations.inputs.positions
        places_N = np.stack(np.unravel_index(within_N, activations.positions), axis=1)
        return {"index_N": index_N, "labels_N": labels_N, "few_K": few(activations), "places_N": places_N}
    return {"index_N": examples_K, "labels_N": np.empty(0, np.int64), "few_K": np.arange(len(examples_K))}


def _picture(method: Method, activations: PairActivations, inputs_used: LossInputsUsed) -> Picture:
    """The method's own picture, or that of its kind."""
    if method.picture:
        return method.picture(method.default_settings, activations)
    if not method.stages:
        return (softened if method.uses_teacher else labelled)(method.default_settings, activations)
    pair, (student_names, teacher_names) = activations.pair, activations.stages
    return Stages(
        student=_stages(student_names, pair.student_taps, inputs_used.student_taps),
        teacher=_stages(teacher_names, pair.teacher_taps, inputs_used.teacher_taps),
        pairs=method.stages(pair),
    )


def _stages(names: tuple[str, ...], shapes: tuple[tuple[int, ...], ...], used: tuple[bool, ...]) -> tuple[Stage, ...]:
    return tuple(Stage(name=name, shape=shape, used=use) for name, shape, use in zip(names, shapes, used, strict=True))


def _loss(method: Method, activations: PairActivations) -> tuple[dict[str, float], float]:
    with torch.no_grad():
        loss = method.build(method.default_settings, activations.pair)(activations.inputs)
    return {name: float(part) for name, part in loss.parts.items()}, float(loss.total)
