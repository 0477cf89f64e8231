"""What the methods beside KD share: ``hard_weight`` times cross-entropy, and ``weight`` times a term of their own."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from distill_core.methods.base import DistillLoss, FeatureShapes, LossInputs, Settings, StepLoss
from distill_core.methods.losses import labelled_cross_entropy
from distill_core.methods.standardization import maybe_standardized
from distill_core.tasks import IGNORE

if TYPE_CHECKING:
    from torch import Tensor

__all__ = [
    "LARGE_RANGES",
    "RANGES",
    "WARMUP_FRACTION",
    "WEIGHTS",
    "cross_entropy_plus",
    "labels_or_pseudo_labels",
    "linear_warmup",
    "on_labels",
    "on_logits",
    "weighted",
]

# The range of every weight.
WEIGHTS = (0.0, 1000.0)
RANGES = {"hard_weight": WEIGHTS, "weight": WEIGHTS}
# Where the term itself is tiny.
LARGE_RANGES = {"hard_weight": WEIGHTS, "weight": (0.0, 100_000.0)}
# References that warm up do so over 20 of 240 epochs.
WARMUP_FRACTION = 1 / 12

Term = Callable[[LossInputs, Settings], "Tensor"]


def weighted(term: Term, name: str = "soft") -> Callable[[Settings, FeatureShapes], DistillLoss]:
    """Builds the loss of a method from its term, which is called ``name`` in the live chart."""

    def build(settings: Settings, pair: FeatureShapes) -> DistillLoss:
        return lambda inputs: cross_entropy_plus(settings, inputs, term(inputs, settings), name)

    return build


def on_logits(
    term: "Callable[[Tensor, Tensor, Settings], Tensor]", name: str = "soft"
) -> Callable[[Settings, FeatureShapes], DistillLoss]:
    """The same for a term that compares the student's logits with the teacher's."""

    def own(inputs: LossInputs, settings: Settings) -> "Tensor":
        return term(*maybe_standardized(inputs, settings), settings)

    return weighted(own, name)


def on_labels(
    term: "Callable[[Tensor, Tensor, Tensor, Settings], Tensor]", name: str = "soft"
) -> Callable[[Settings, FeatureShapes], DistillLoss]:
    """The same for a term that needs a class for each image as well."""

    def own(inputs: LossInputs, settings: Settings) -> "Tensor":
        return term(*maybe_standardized(inputs, settings), labels_or_pseudo_labels(inputs), settings)

    return weighted(own, name)


def cross_entropy_plus(
    settings: Settings, inputs: LossInputs, own: "Tensor", name: str, share: float = 1.0
) -> StepLoss:
    """The weighted sum of cross-entropy and a method's own term, with both as parts; ``share`` of its weight counts."""
    numbers = settings.parameters
    hard = labelled_cross_entropy(inputs.student_BC, inputs.targets_B)
    weights = {"hard": numbers["hard_weight"], name: share * numbers["weight"]}
    return StepLoss(parts={"hard": hard, name: own}, weights=weights)


def linear_warmup(progress: float) -> float:
    """The share of its weight that a term has at ``progress``: it grows from 0 to 1 in ``WARMUP_FRACTION``, then
    stays."""
    return min(1.0, progress / WARMUP_FRACTION)


def labels_or_pseudo_labels(inputs: LossInputs) -> "Tensor":
    """(B,) classes for terms that need one: the target, or the teacher's first choice where there is none."""
    import torch

    assert inputs.teacher_BC is not None
    return torch.where(inputs.targets_B == IGNORE, inputs.teacher_BC.argmax(1), inputs.targets_B)
