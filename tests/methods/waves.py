"""Reference inputs that need no generator."""

import math

import torch
from torch import Tensor

__all__ = ["LABELS", "STUDENT", "TEACHER", "waves"]


def waves(shape: tuple[int, ...], a: float, b: float, scale: float = 1.0) -> Tensor:
    """Element i (in C order) is ``scale`` · sin(a·i + b), float64."""
    positions = torch.arange(math.prod(shape), dtype=torch.float64)
    return (scale * torch.sin(a * positions + b)).reshape(shape)


STUDENT = waves((8, 10), 0.7, 0.1, 3)
TEACHER = waves((8, 10), 1.3, 0.4, 5)
LABELS = torch.tensor([(3 * image + 1) % 10 for image in range(8)])
