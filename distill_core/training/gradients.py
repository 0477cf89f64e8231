"""Gradient norms of the parts of a loss, and the angle between the gradients of labels and teacher."""

from __future__ import annotations

import math
from collections.abc import Sequence

from distill_core.lazy_torch import Tensor, torch
from distill_core.methods import StepLoss

# The norms cost a backward pass for each part: for KD 1.5 times the step itself, so one step in 30 costs 5 %.
POINTS, RAREST = 16, 30
PULL, HARD = "pull of ", "hard"


def due(update: int, updates: int) -> bool:
    """Whether the norms of an update, counted from 0, are recorded: of the first, the last, and some between."""
    return update == updates - 1 or update % max(RAREST, math.ceil(updates / POINTS)) == 0


def gradient_norms(step: StepLoss, weights: Sequence[Tensor]) -> dict[str, float]:
    """The norm of the gradient of each weighted part with respect to ``weights``: ``pull of <part>``.

    Where labels and another part have a gradient, also ``cosine``, of the labels' gradient and the sum of the others,
    and ``ratio``, the norm of that sum over the labels' norm. The step's own readings are added.
    The graph is kept, so that the step can be differentiated afterwards.
    """
    # A part with weight 0 has no gradient, and its backward pass would cost as much as any other.
    gradients = {name: _gradient(part, weights) for name, part in step.weighted.items() if step.weights.get(name, 1.0)}
    norms = {f"{PULL}{name}": float(gradient.norm()) for name, gradient in gradients.items()}
    others = [gradient for name, gradient in gradients.items() if name != HARD]
    if HARD in gradients and others:
        hard, soft = gradients[HARD], sum(others[1:], others[0])
        hard_length, soft_length = float(hard.norm()), float(soft.norm())
        if hard_length > 0 and soft_length > 0:
            norms["cosine"] = float(hard @ soft) / (hard_length * soft_length)
            norms["ratio"] = soft_length / hard_length
    return {**norms, **step.readings}


def _gradient(part: Tensor, weights: Sequence[Tensor]) -> Tensor:
    """The gradient of a part with respect to all weights, flattened into one vector."""
    if not part.requires_grad:
        return torch.zeros(sum(weight.numel() for weight in weights), device=part.device)
    gradients = torch.autograd.grad(part, weights, retain_graph=True, allow_unused=True, materialize_grads=True)
    return torch.cat([gradient.flatten().float() for gradient in gradients])
