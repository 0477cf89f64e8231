"""The optimiser of a student's weights, and its learning rate at each update."""

from __future__ import annotations

import math
from collections.abc import Iterable

from distill_core.lazy_torch import nn, torch
from distill_core.spec import Optimiser
from distill_core.training.device import WITH_FUSED_STEPS

BETA2 = 0.999  # torch's own


def torch_optimiser(optimiser: Optimiser, parts: Iterable[nn.Module], device: str) -> torch.optim.Optimizer:
    """SGD with Nesterov momentum, AdamW or Adagrad over all weights of the parts that train.

    Weight decay on gains, biases and norms hurts short trainings, so only matrices and kernels decay.
    """
    groups = [group for part in parts for group in _groups(part, optimiser.weight_decay)]
    rate, fused = optimiser.learning_rate, device in WITH_FUSED_STEPS
    if optimiser.algorithm == "adamw":
        return torch.optim.AdamW(groups, lr=rate, betas=(optimiser.momentum, BETA2), fused=fused)
    if optimiser.algorithm == "adagrad":
        return torch.optim.Adagrad(groups, lr=rate)
    momentum = optimiser.momentum
    return torch.optim.SGD(groups, lr=rate, momentum=momentum, nesterov=momentum > 0, fused=fused)


def learning_rate(optimiser: Optimiser, update: int, updates: int) -> float:
    """The learning rate of an update: linear warm-up to the highest, then half a cosine to nearly 0 at the last."""
    warmup = max(1, round(optimiser.warmup_fraction * updates))
    if update < warmup:
        return optimiser.learning_rate * (update + 1) / warmup
    fraction = (update - warmup) / max(1, updates - warmup)
    return optimiser.learning_rate * 0.5 * (1 + math.cos(math.pi * fraction))


def _groups(network: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    return [
        {"params": [parameter for parameter in parameters if parameter.ndim > 1], "weight_decay": weight_decay},
        {"params": [parameter for parameter in parameters if parameter.ndim <= 1], "weight_decay": 0.0},
    ]
