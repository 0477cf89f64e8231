"""FitNet and AT: feature maps compared through an adapter, or by their attention.

Shapes: B batch; maps are (B, channels, height, width).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import F, Tensor, nn, torch
from distill_core.methods.base import FeatureShapes, LossInputs, Method, Settings, StagePairs
from distill_core.methods.checks import check_batches
from distill_core.methods.feature_maps import adapter, as_map, channels_last, check_maps, paired_stages, resized
from distill_core.methods.feature_terms import learned_feature_loss, on_features
from distill_core.methods.logit_terms import LARGE_WEIGHT, weights
from distill_core.methods.pictures import Attention, AttentionStage, PairActivations

# The reference of ReviewKD compares pooled maps of these sizes too, each counting half of the one before.
POOLED = (4, 2, 1)


def hint(student: Tensor, teacher: Tensor) -> Tensor:
    """Mean squared difference of features of one shape.

    Returns: a scalar; 0 where they agree. Raises: InvalidSetting if the shapes differ.
    Source: Romero et al. 2015 (arXiv:1412.6550), equation 3.
    """
    if student.shape != teacher.shape:
        got, advice = (
            said("{student} and {teacher}", tuple(student.shape), tuple(teacher.shape)),
            "put an adapter between them",
        )
        raise InvalidSetting("features", expected="one shape", got=got, hint=advice)
    return F.mse_loss(student, teacher.detach())


def attention_transfer(student: Tensor, teacher: Tensor) -> Tensor:
    """Mean squared difference of two attention maps; the larger map is pooled to the size of the smaller.

    Returns: a scalar; 0 where the attention maps agree. Raises: InvalidSetting if the batches differ.
    Source: Zagoruyko, Komodakis 2017 (arXiv:1612.03928), equation 2.
    """
    check_batches(student, teacher)
    teacher = teacher.detach()
    height, width = min(tuple(student.shape[2:]), tuple(teacher.shape[2:]))
    student, teacher = (F.adaptive_avg_pool2d(maps, (height, width)) for maps in (student, teacher))
    return (attention(student) - attention(teacher)).square().mean()


def attention(maps: Tensor) -> Tensor:
    """(B, height · width): the mean of the squared channels at each place, a row an image, with length 1."""
    return F.normalize(maps.square().mean(1).flatten(1), dim=1)


def hierarchical(student_maps: Sequence[Tensor], teacher_maps: Sequence[Tensor]) -> Tensor:
    """Sum over stages of the mean squared difference at full size and pooled to 4, 2 and 1, each worth half of the one
    before, divided by the sum of these weights.

    Returns: a scalar; 0 where they agree. Raises: InvalidSetting for another number of stages or other shapes.
    Source: Chen et al. 2021 (arXiv:2104.09044), section 3.4.
    """
    if len(student_maps) != len(teacher_maps) or not student_maps:
        got = said("{student} and {teacher}", len(student_maps), len(teacher_maps))
        raise InvalidSetting("stages", expected="as many of both, one at least", got=got, hint="choose others")
    return torch.stack([_levels(*pair) for pair in zip(student_maps, teacher_maps, strict=True)]).sum()


def _levels(student: Tensor, teacher: Tensor) -> Tensor:
    loss, weight, total = hint(channels_last(student), channels_last(teacher)), 1.0, 1.0
    for size in POOLED:
        if size < max(student.shape[2:]):
            weight /= 2
            total += weight
            loss = loss + weight * hint(_pooled(student, size), _pooled(teacher, size))
    return loss / total


def _pooled(maps: Tensor, size: int) -> Tensor:
    if size == 1:
        return channels_last(maps).mean((1, 2))
    height, width = (min(size, full) for full in maps.shape[2:])
    return channels_last(F.adaptive_avg_pool2d(maps, (height, width)))


def _middle(pair: FeatureShapes) -> StagePairs:
    stages = paired_stages(pair)
    return (stages[len(stages) // 2],)


def _hint_term(pair: FeatureShapes) -> nn.Module:
    ((own, other),) = _middle(pair)

    class Hint(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.adapter = adapter(pair.student_taps[own], pair.teacher_taps[other])

        def forward(self, inputs: LossInputs) -> Tensor:
            teacher = as_map(inputs.teacher_taps[other])
            return hint(self.adapter(resized(as_map(inputs.student_taps[own]), *teacher.shape[2:])), teacher)

    return Hint()


def _attention_term(pair: FeatureShapes, _settings: Settings) -> Callable[[LossInputs], Tensor]:
    stages = paired_stages(pair)

    def term(inputs: LossInputs) -> Tensor:
        pairs = [(as_map(inputs.student_taps[own]), as_map(inputs.teacher_taps[other])) for own, other in stages]
        return torch.stack([attention_transfer(*pair) for pair in pairs]).sum()

    return term


def _picture(settings: Settings, activations: PairActivations) -> Attention:
    return Attention(stages=tuple(_stage(activations, *places) for places in paired_stages(activations.pair)))


def _stage(activations: PairActivations, own: int, other: int) -> AttentionStage:
    inputs, (student_names, teacher_names) = activations.inputs, activations.stages
    both = as_map(inputs.student_taps[own]), as_map(inputs.teacher_taps[other])
    height, width = min(tuple(maps.shape[2:]) for maps in both)
    student, teacher = (attention(F.adaptive_avg_pool2d(maps, (height, width))) for maps in both)
    return AttentionStage(
        student=student_names[own],
        teacher=teacher_names[other],
        student_NHW=_brightest_1(both[0]),
        teacher_NHW=_brightest_1(both[1]),
        alike_N=(student * teacher).sum(1).numpy(),
    )


def _brightest_1(maps: Tensor) -> np.ndarray:
    """(N, H, W): each attention map divided by its largest value; a map of zeros stays dark."""
    attention_NHW = attention(maps).reshape(len(maps), *maps.shape[2:])
    scaled: np.ndarray = (attention_NHW / attention_NHW.amax((1, 2), keepdim=True).clamp(min=1e-12)).numpy()
    return scaled


ENTRIES = (
    Method(
        name="fitnet",
        title="FitNet",
        paper="1412.6550",
        year=2015,
        teaches="A hint from the middle: the student's features there, through a small adapter, become the teacher's.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,\mathrm{MSE}(r(f_s), f_t)",
        uses_teacher=True,
        stages=_middle,
        parameters=weights(1.0, 100.0, LARGE_WEIGHT),
        build=learned_feature_loss(_hint_term, "hint"),
        reads_maps=True,
        fits=check_maps,
    ),
    Method(
        name="at",
        title="Attention transfer",
        paper="1612.03928",
        year=2017,
        teaches="The student looks where its teacher looks, whatever it sees there.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,\textstyle\sum_l "
        r"\overline{\big(\tilde a_s^l - \tilde a_t^l\big)^2}, \quad a = \tfrac1C\sum_c f_c^2",
        symbols={
            "a": r"attention map: mean of the squared channels; $\tilde a$: with length 1",
            "C": "channels",
        },
        uses_teacher=True,
        stages=paired_stages,
        parameters=weights(1.0, 1000.0, LARGE_WEIGHT),
        picture=_picture,
        build=on_features(_attention_term, "attention"),
        reads_maps=True,
        fits=check_maps,
    ),
)
