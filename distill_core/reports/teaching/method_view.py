"""The view of a method for a pair of trained networks: its stages, its loss, and what it compares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from distill_core.errors import InvalidSetting
from distill_core.lazy_torch import torch
from distill_core.methods import LossInputsUsed, Method, loss_inputs_used
from distill_core.reports.teaching.activations import PairActivations
from distill_core.reports.teaching.logits import Compared, Split, compared, split
from distill_core.reports.teaching.maps import Attention, attend
from distill_core.reports.teaching.pairs import (
    Graphs,
    Matrices,
    distance_graphs,
    few,
    neighbourhoods,
    scaled_graphs,
    similarities,
)
from distill_core.reports.teaching.stages import Stages, hold

Picture = Attention | Matrices | Graphs | Split | Compared | Stages

# Methods with a picture of their own; every other one has that of its kind.
OWN: Mapping[str, Callable[[Method, PairActivations], Picture]] = {
    "at": lambda _, looks: attend(looks),
    "sp": lambda _, looks: similarities(looks),
    "pkt": lambda _, looks: neighbourhoods(looks),
    "rkd": lambda _, looks: distance_graphs(looks),
    "irg": lambda _, looks: scaled_graphs(looks),
    "dkd": split,
}


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


def explain_method(method: Method, looks: PairActivations) -> MethodView:
    """Raise InvalidSetting, with the reason, where the method does not work for this pair."""
    method.check(looks.pair)
    if method.reuses_teacher_head and not looks.grafted:
        expected, hint = (
            f"a student that {method.title} trained",
            "race it, then choose its experiment and its student here",
        )
        raise InvalidSetting(f"a picture of {method.title}", expected=expected, got=looks.student, hint=hint)
    asked = loss_inputs_used(method, looks.pair)
    parts, total = _loss(method, looks, asked)
    return MethodView(
        student=looks.student,
        teacher=looks.teacher,
        stages=looks.stages,
        inputs_used=asked,
        picture=_picture(method, looks, asked),
        index_N=looks.index_N,
        labels_N=looks.inputs.targets_B.numpy(),
        few_K=few(looks),
        parts=parts,
        total=total,
    )


def _picture(method: Method, looks: PairActivations, asked: LossInputsUsed) -> Picture:
    if method.name in OWN:
        return OWN[method.name](method, looks)
    return hold(looks, asked, method.stages(looks.pair)) if method.stages else compared(method, looks)


def _loss(method: Method, looks: PairActivations, asked: LossInputsUsed) -> tuple[dict[str, float], float | None]:
    if asked.trainable or method.uses_rng:
        return {}, None
    with torch.no_grad():
        found = method.build(method.default_settings, looks.pair)(looks.inputs)
    return {name: float(part) for name, part in found.parts.items()}, float(found.total)
