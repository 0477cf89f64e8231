"""What the methods beside KD share: ``hard_weight`` times cross-entropy, and ``weight`` times a term of their own."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from distill_core.methods.entry import DistillLoss, LossInputs, Pair, Settings, StepLoss
from distill_core.methods.losses import labelled_cross_entropy

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["WEIGHTS", "known_labels", "weighted"]

# The range of every weight.
WEIGHTS = (0.0, 1000.0)

Term = Callable[[LossInputs, Settings], "Tensor"]


def weighted(term: Term, name: str = "soft") -> Callable[[Settings, Pair], DistillLoss]:
    """Builds the loss of a method from its term, which is called ``name`` in the live chart."""

    def build(settings: Settings, pair: Pair) -> DistillLoss:
        hard_weight, weight = settings.parameters["hard_weight"], settings.parameters["weight"]

        def loss(inputs: LossInputs) -> StepLoss:
            hard = labelled_cross_entropy(inputs.student_BC, inputs.labels_B, inputs.labelled_B)
            own = term(inputs, settings)
            return StepLoss(total=hard_weight * hard + weight * own, parts={"hard": hard, name: own})

        return loss

    return build


def known_labels(inputs: LossInputs) -> "Tensor":
    """(B,) classes for terms that need one: the label, or the teacher's first choice where the student has none."""
    import torch

    assert inputs.teacher_BC is not None
    return torch.where(inputs.labelled_B, inputs.labels_B, inputs.teacher_BC.argmax(1))
