"""The sum of the losses of several methods."""

from __future__ import annotations

from collections.abc import Mapping

from distill_core.lazy_torch import Tensor, nn
from distill_core.methods.base import DistillLoss, LossInputs, Method, StepLoss

# Between the name of an added method and that of its part.
ADDED = ": "
# Settings that leave out cross-entropy: an added method contributes its own term alone.
SOFT_ALONE = {"alpha": 1.0, "hard_weight": 0.0}


def can_be_added(method: Method) -> bool:
    """Whether the method has a term that reads the teacher beside its cross-entropy and keeps the network as it is."""
    return (
        method.uses_teacher
        and not method.exclusive
        and (method.alpha is not None or "hard_weight" in method.parameters)
    )


def sum_of_losses(first: DistillLoss, others: Mapping[str, tuple[float, DistillLoss]]) -> DistillLoss:
    """The loss ``first`` plus each of the others times its weight; their parts are called ``name: part``.

    The sum has the parameters of all of them. The others were built with ``SOFT_ALONE``.
    """
    if not others:
        return first

    class Together(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            losses = [first, *(loss for _, loss in others.values())]
            self.along = nn.ModuleList(loss for loss in losses if isinstance(loss, nn.Module))

        def forward(self, inputs: LossInputs) -> StepLoss:
            step = first(inputs)
            parts: dict[str, Tensor] = dict(step.parts)
            weights, readings = dict(step.weights), dict(step.readings)
            for name, (weight, loss) in others.items():
                added = loss(inputs)
                for part, value in added.parts.items():
                    if part != "hard":
                        parts[f"{name}{ADDED}{part}"] = value
                        weights[f"{name}{ADDED}{part}"] = weight * added.weights.get(part, 1.0)
                readings.update({f"{name}{ADDED}{reading}": value for reading, value in added.readings.items()})
            return StepLoss(parts=parts, weights=weights, readings=readings)

    return Together()
