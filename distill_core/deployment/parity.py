"""Compares logits up to rounding. B images, C classes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Absolute, and as a share of the largest logit: kernels add in different orders, float16 rounds each sum, and where a
# sum lies between two steps of 8 bits its last bit decides which step the next layers receive.
TOLERANCES = {"float32": (1e-3, 1e-3), "float16": (0.05, 0.02), "int8": (0.05, 0.02)}


def within_tolerance(
    logits_BC: "Sequence[Sequence[float | None]] | NDArray[Any]", wanted_BC: "NDArray[Any]", precision: str
) -> tuple[bool, float]:
    """Whether the logits equal the wanted ones up to rounding, and the largest absolute difference.

    Another shape, or a number that is missing or not finite, never agrees: the difference is infinite.
    """
    try:
        given_BC = np.asarray(logits_BC, dtype=np.float64)  # None becomes NaN
    except ValueError:  # rows of different lengths
        return False, float("inf")
    if given_BC.shape != wanted_BC.shape or not np.isfinite(given_BC).all():
        return False, float("inf")
    difference = float(np.abs(given_BC - wanted_BC).max())
    return difference <= tolerance(wanted_BC, precision), difference


def tolerance(wanted_BC: "NDArray[Any]", precision: str) -> float:
    """The allowed difference of a logit: an absolute part, and a share of the largest logit. Browsers use the same."""
    absolute, share = TOLERANCES[precision]
    return absolute + share * float(np.abs(wanted_BC).max())
