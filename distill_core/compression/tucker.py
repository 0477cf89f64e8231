"""Tucker-2: a convolution as 1x1 to fewer channels, the kernel between those, 1x1 back.

Source: Kim et al. 2016 (arXiv:1511.06530); the factors are tensorly's, ranks come from the two unfoldings (HOSVD).
Shapes: a kernel is O x I x H x W, outputs, inputs, height, width.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from distill_core.compression.base import CompressionStep
from distill_core.compression.convolutions import ConvSite, Ranks, ranks_at
from distill_core.compression.factorize import CHOICES, PARAMETERS, Factoring
from distill_core.lazy_torch import LazyModule

tensorly, decomposition = LazyModule("tensorly"), LazyModule("tensorly.decomposition")
# A trained kernel converges in three; for a random one, more take twice the time for a thousandth of the error.
ITERATIONS = 5


def _cost(site: ConvSite, ranks: Ranks) -> int:
    """Multiply-accumulates of the three factors; the first still reads every pixel."""
    first, second = ranks
    core = site.kernel_px * first * second * site.written_px
    return site.read_px * site.inputs * first + core + site.written_px * second * site.outputs


def _spectrum(kernel_OIHW: np.ndarray) -> Callable[[float], Ranks]:
    outputs, inputs, height, width = kernel_OIHW.shape
    by_output = _squares(kernel_OIHW.reshape(outputs, -1))
    by_input = _squares(kernel_OIHW.transpose(1, 0, 2, 3).reshape(inputs, -1))

    def ranks(energy: float) -> Ranks:
        first, second = ranks_at(by_input, energy), ranks_at(by_output, energy)
        # Ranks above those of the core's unfoldings would add random directions.
        return min(first, second * height * width), min(second, first * height * width)

    return ranks


def _squares(unfolded: np.ndarray) -> np.ndarray:
    """Squared singular values of a wide matrix, largest first."""
    squares: np.ndarray = np.linalg.eigvalsh(unfolded @ unfolded.T)[::-1].clip(0)
    return squares


def _factors(kernel_OIHW: np.ndarray, ranks: Ranks) -> tuple[np.ndarray, ...]:
    first, second = ranks
    with tensorly.backend_context("numpy", local_threadsafe=True):
        (core, (outputs, inputs)), _ = decomposition.partial_tucker(
            kernel_OIHW, [second, first], modes=[0, 1], n_iter_max=ITERATIONS, random_state=0
        )
    return inputs.T[:, :, None, None], core, outputs[:, :, None, None]


TUCKER = Factoring(
    title="Tucker convolutions", kind="tucker", cost=_cost, least=(1, 1), spectrum=_spectrum, factors=_factors
)
ENTRIES = (
    CompressionStep(
        name="tucker",
        title=TUCKER.title,
        paper="1511.06530",
        teaches="The channels of a convolution are seldom all needed: with fewer of them inside, between two small "
        "convolutions, much work is saved.",
        family="factorising",
        parameters=PARAMETERS,
        choices=CHOICES,
        check=TUCKER.check,
        apply=TUCKER.apply,
    ),
)
