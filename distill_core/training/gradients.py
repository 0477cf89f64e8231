"""Which part of a loss pulls how hard at a network, and whether labels and teacher pull the same way."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from distill_core.methods import StepLoss

if TYPE_CHECKING:
    from torch import Tensor

# A look costs a backward pass for each part: for KD half as much as the step itself, so one step in 30 costs 5 %.
POINTS, RAREST = 16, 30
PULL, HARD = "pull of ", "hard"


def due(update: int, updates: int) -> bool:
    """Whether an update, counted from 0, is looked at: the first, the last, and some between at even distances."""
    return update == updates - 1 or update % max(RAREST, math.ceil(updates / POINTS)) == 0


def gradient_norms(step: StepLoss, weights: "Sequence[Tensor]") -> dict[str, float]:
    """The length of each part's gradient on ``weights``, times the part's weight: ``pull of <part>``. Where labels
    and something else pull, also ``cosine``, between the labels' gradient and the sum of all others, and ``ratio``,
    how many times as long that sum is. The step's own readings stand beside them.

    The step can be differentiated afterwards as if nobody had looked.
    """
    # A part without weight pulls at nothing: looking at it would cost as much as at any other.
    gradients = {name: _gradient(part, weights) for name, part in step.weighted.items() if step.weights.get(name, 1.0)}
    found = {f"{PULL}{name}": float(gradient.norm()) for name, gradient in gradients.items()}
    others = [gradient for name, gradient in gradients.items() if name != HARD]
    if HARD in gradients and others:
        hard, soft = gradients[HARD], sum(others[1:], others[0])
        hard_length, soft_length = float(hard.norm()), float(soft.norm())
        if hard_length > 0 and soft_length > 0:
            found["cosine"] = float(hard @ soft) / (hard_length * soft_length)
            found["ratio"] = soft_length / hard_length
    return {**found, **step.readings}


def _gradient(part: "Tensor", weights: "Sequence[Tensor]") -> "Tensor":
    """Of all weights in a row."""
    import torch

    if not part.requires_grad:
        return torch.zeros(sum(weight.numel() for weight in weights))
    found = torch.autograd.grad(part, weights, retain_graph=True, allow_unused=True, materialize_grads=True)
    return torch.cat([one.flatten().float() for one in found])
