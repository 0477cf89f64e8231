"""SKD: structured distillation of dense predictions, its pairwise form. Shapes: B examples, D channels, P places."""

from __future__ import annotations

from collections.abc import Callable

from distill_core.lazy_torch import F, Tensor
from distill_core.methods.base import DistillLoss, FeatureShapes, LossInputs, Method, Settings, StepLoss
from distill_core.methods.checks import check_batches
from distill_core.methods.feature_maps import as_map, check_maps, deepest_maps
from distill_core.methods.logit_terms import weight, weights
from distill_core.methods.losses import labelled_cross_entropy, soft_target_kl
from distill_core.methods.standardization import compared_logits

# Both networks' maps are pooled to so many places a side, or to the smaller map's own.
SIDE = 6


def pairwise(student_BDHW: Tensor, teacher_BDHW: Tensor) -> Tensor:
    """Mean squared difference between cosine similarities of all pairs of places, both maps max-pooled to one size.

    Shapes: (batch, channels, height, width), (batch, other channels, other height, other width). Returns: a scalar; 0
    where they agree. Means over the batch and all P² pairs, at most 6 places a side.
    Raises: InvalidSetting if the batches differ.
    Source: Liu et al. 2019 (arXiv:1903.04197), the pair-wise part.
    """
    check_batches(student_BDHW, teacher_BDHW)
    height, width = (min(SIDE, *sides) for sides in zip(student_BDHW.shape[2:], teacher_BDHW.shape[2:], strict=True))
    student, teacher = (
        similarities_BPP(F.adaptive_max_pool2d(maps, (height, width))) for maps in (student_BDHW, teacher_BDHW.detach())
    )
    return (student - teacher).square().mean()


def similarities_BPP(maps_BDHW: Tensor) -> Tensor:
    """(B, P, P): the cosine between the features of each two places of an example."""
    unit_BDP = F.normalize(maps_BDHW.flatten(2), dim=1)
    return unit_BDP.transpose(1, 2) @ unit_BDP


def _build(settings: Settings, pair: FeatureShapes) -> DistillLoss:
    numbers, between = settings.numbers, _places(pair)

    def loss(inputs: LossInputs) -> StepLoss:
        parts = {
            "hard": labelled_cross_entropy(inputs.student_BC, inputs.targets_B),
            "soft": soft_target_kl(*compared_logits(inputs, settings), temperature=numbers["temperature"]),
            "pairs": between(inputs),
        }
        names = {"hard": "hard_weight", "soft": "weight", "pairs": "pair_weight"}
        return StepLoss(parts=parts, weights={part: numbers[name] for part, name in names.items()})

    return loss


def _places(pair: FeatureShapes) -> Callable[[LossInputs], Tensor]:
    ((own, other),) = deepest_maps(pair)
    return lambda inputs: pairwise(as_map(inputs.student_taps[own]), as_map(inputs.teacher_taps[other]))


ENTRIES = (
    Method(
        name="skd",
        title="Structured distillation, pairwise",
        paper="1903.04197",
        year=2019,
        teaches="Beside the teacher's answer at each position: which places of a scene look alike to it in its deepest "
        "features, two by two.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,T^2\,\mathrm{KL}(p_t^{(T)} \| p_s^{(T)}) + w_p\,\overline{"
        r"(a_s^{ij} - a_t^{ij})^2}, \quad a^{ij} = \cos(f_i, f_j)",
        symbols={
            "w_p": "pair weight",
            "a": "how alike two places of a scene are: the cosine of their features in the deepest map",
        },
        uses_teacher=True,
        temperature=1.0,
        stages=deepest_maps,
        uses_logits=True,
        family="relations",
        # Those of KD at alpha 0.9, so that the pairs are what it adds.
        parameters={**weights(0.1, 0.9), "pair_weight": weight(3.0)},
        needs_positions=True,
        standardizes=True,
        units={"hard": "nats", "soft": "nats"},
        build=_build,
        reads_maps=True,
        fits=check_maps,
    ),
)
