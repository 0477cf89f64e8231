"""Depthwise separation: a convolution as a sum of pairs, a kernel for each channel and a 1x1 that mixes them.

Source: Guo et al. 2018 (arXiv:1808.05517), from a singular value decomposition for each input channel.
Shapes: a kernel is O x I x H x W, outputs, inputs, height, width.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from distill_core.compression.base import CompressionStep
from distill_core.compression.convolutions import ConvSite, Ranks, ranks_at
from distill_core.compression.factorize import CHOICES, PARAMETERS, Factoring


def _cost(site: ConvSite, ranks: Ranks) -> int:
    """Multiply-accumulates of ``ranks[0]`` pairs."""
    between = site.inputs * ranks[0]
    return site.written_px * between * (site.kernel_px + site.outputs)


def _by_channel(kernel_OIHW: np.ndarray) -> np.ndarray:
    """A matrix for each input channel: I x O x (H·W)."""
    outputs, inputs, _, _ = kernel_OIHW.shape
    return kernel_OIHW.transpose(1, 0, 2, 3).reshape(inputs, outputs, -1)


def _spectrum(kernel_OIHW: np.ndarray) -> Callable[[float], Ranks]:
    squares = (np.linalg.svd(_by_channel(kernel_OIHW), compute_uv=False) ** 2).sum(0)
    return lambda energy: (ranks_at(squares, energy),)


def _factors(kernel_OIHW: np.ndarray, ranks: Ranks) -> tuple[np.ndarray, ...]:
    (rank,), (outputs, inputs, height, width) = ranks, kernel_OIHW.shape
    left_IOR, values_IR, right_IRK = np.linalg.svd(_by_channel(kernel_OIHW), full_matrices=False)
    depthwise = right_IRK[:, :rank].reshape(inputs * rank, 1, height, width)
    mixed = (left_IOR * values_IR[:, None])[:, :, :rank]
    return depthwise, mixed.transpose(1, 0, 2).reshape(outputs, inputs * rank, 1, 1)


SEPARABLE = Factoring(
    title="Separable convolutions", kind="separable", cost=_cost, least=(1,), spectrum=_spectrum, factors=_factors
)
ENTRIES = (
    CompressionStep(
        name="separable",
        title=SEPARABLE.title,
        paper="1808.05517",
        teaches="Every convolution is a sum of pairs, one part that looks around and one that mixes channels: the "
        "first few pairs say most of it.",
        family="factorising",
        parameters=PARAMETERS,
        choices=CHOICES,
        check=SEPARABLE.check,
        apply=SEPARABLE.apply,
    ),
)
