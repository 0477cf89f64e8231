"""The view of a method for a pair of trained networks: its stages, its loss, and what it compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import torch
from distill_core.methods import LossInputsUsed, Method, loss_inputs_used
from distill_core.methods.pictures import PairActivations, Picture, Stage, Stages, few, labelled, softened


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodView:
    """``total`` is the loss at the method's defaults on these images, ``parts`` its terms without their weights; both
    are empty where the loss has weights to train first. ``few_K``: indices into ``index_N`` of some images, evenly over
    the classes; ``stages``: names of the taps, the student's first."""

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
    return MethodView(
        student=activations.student,
        teacher=activations.teacher,
        stages=activations.stages,
        inputs_used=inputs_used,
        picture=_picture(method, activations, inputs_used),
        index_N=activations.index_N,
        labels_N=activations.labels_N.numpy(),
        few_K=few(activations),
        parts=parts,
        total=total,
    )


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
