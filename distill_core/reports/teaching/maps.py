"""Attention maps of two networks, stage by stage. Shapes: N images, H W the size of a map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from distill_core.lazy_torch import F, Tensor
from distill_core.methods.feature_maps import as_map, paired_stages
from distill_core.methods.zoo.fitnet_at import attention
from distill_core.reports.teaching.activations import PairActivations


@dataclass(frozen=True, kw_only=True, slots=True)
class AttentionStage:
    """A pair of stages. Maps are (N, H, W) at each network's own size, 0 to 1 for each image; ``alike_N`` is the cosine
    of the two maps at the smaller size, as attention transfer compares them."""

    student: str
    teacher: str
    student_NHW: np.ndarray
    teacher_NHW: np.ndarray
    alike_N: np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class Attention:
    """All paired stages, early to late."""

    stages: tuple[AttentionStage, ...]


def attend(looks: PairActivations) -> Attention:
    """The attention maps of all paired stages. Raises InvalidSetting for a stage that is no map."""
    return Attention(stages=tuple(_stage(looks, *places) for places in paired_stages(looks.pair)))


def _stage(looks: PairActivations, own: int, other: int) -> AttentionStage:
    student, teacher = as_map(looks.inputs.student_taps[own]), as_map(looks.inputs.teacher_taps[other])
    height, width = min(tuple(student.shape[2:]), tuple(teacher.shape[2:]))
    one, two = (attention(F.adaptive_avg_pool2d(maps, (height, width))) for maps in (student, teacher))
    return AttentionStage(
        student=looks.stages[0][own],
        teacher=looks.stages[1][other],
        student_NHW=_shown(student),
        teacher_NHW=_shown(teacher),
        alike_N=(one * two).sum(1).numpy(),
    )


def _shown(maps: Tensor) -> np.ndarray:
    found = attention(maps).reshape(len(maps), *maps.shape[2:])
    # A map of nothing stays dark.
    return (found / found.amax((1, 2), keepdim=True).clamp(min=1e-12)).numpy()  # type: ignore[no-any-return]
