"""Analysis of variance of a grid over seeds: comparison with the best cell, and effects of the two factors.

K cells, S seeds; T temperatures, A alphas.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from distill_core.errors import InvalidSetting, said
from distill_core.evaluation.statistics import FEWEST_SEEDS, LEVEL

Floats = NDArray[np.float64]
ROUNDING = 1e-12  # of the largest value; equal values may differ in their last bit


@dataclass(frozen=True, kw_only=True, slots=True)
class BestComparison:
    """The best of K cells and which cells differ from it significantly (``apart_K``), in the unit of the values.

    ``difference_K`` is best minus cell: negative where lower is better. ``margin`` is Tukey's honest significant
    difference at 95 % over all pairs, None where it cannot be computed; ``basis``: what it is computed from.
    """

    best: int
    difference_K: tuple[float, ...]
    margin: float | None
    apart_K: tuple[bool, ...]
    basis: Literal["seeds", "images"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """Means in the unit of the values, their max − min, and the p of the F test, None where it is not defined."""

    means: tuple[float, ...]
    spread: float
    p_value: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Effects:
    """The effects of two factors and their interaction.

    The means of ``interaction`` are each cell's deviation from additivity, temperature by temperature.
    """

    temperature: Effect
    alpha: Effect
    interaction: Effect


def compare_with_best(
    values_KS: NDArray[Any], *, higher_is_better: bool = True, images: int | None = None
) -> BestComparison:
    """Which cells differ from the best by more than chance, corrected for all pairs of cells.

    From three seeds on: seeds are blocks, and the margin is Tukey's honest significant difference,
    q(0.95; K, (K − 1)(S − 1)) · s / √S. Under three, values that are shares of ``images`` images get
    q(0.95; K, ∞) · √(p(1 − p) / images), since all seeds see the same images; p is that of the best cell, at least
    1 / (images + 1) away from 0 and 1.
    Raises: InvalidSetting if the values are no finite (1 or more, 1 or more), images < 1, or there are images and
    values outside 0 to 1.
    Source: Tukey 1953, The problem of multiple comparisons; Hsu 1996, Multiple comparisons, for the best.
    """
    checked_KS = _checked(values_KS, "cells x seeds", 2)
    if images is not None:
        _check_shares(checked_KS, images)
    mean_K = checked_KS.mean(axis=1)
    best = int(mean_K.argmax() if higher_is_better else mean_K.argmin())
    difference_K = mean_K[best] - mean_K
    by_images = checked_KS.shape[1] < FEWEST_SEEDS and images is not None
    margin = _image_margin(mean_K[best], checked_KS.shape, images) if by_images else _seed_margin(checked_KS)
    least = math.inf if margin is None else margin + ROUNDING * np.abs(checked_KS).max()
    return BestComparison(
        best=best,
        difference_K=tuple(difference_K.tolist()),
        margin=margin,
        apart_K=tuple((np.abs(difference_K) > least).tolist()),
        basis="images" if by_images else "seeds",
    )


def effects(values_TAS: NDArray[Any]) -> Effects:
    """Two-way analysis of variance with seeds as additive blocks: F tests on (TA − 1)(S − 1) degrees of freedom.

    Shape: (temperatures, alphas, seeds), each 1 or more. p is None under two seeds or where a factor has one level.
    Raises: InvalidSetting if the shape differs or a value is not finite.
    Source: Fisher 1925, Statistical Methods for Research Workers, chapters VII and VIII.
    """
    checked_TAS = _checked(values_TAS, "temperatures x alphas x seeds", 3)
    temperatures, alphas, seeds = checked_TAS.shape
    mean_TA, mean = checked_TAS.mean(axis=2), checked_TAS.mean()
    mean_T, mean_A = mean_TA.mean(axis=1), mean_TA.mean(axis=0)
    cross_TA = mean_TA - mean_T[:, None] - mean_A + mean
    residual_TAS = checked_TAS - mean_TA[:, :, None] - checked_TAS.mean(axis=(0, 1)) + mean
    noise = _squares(residual_TAS, checked_TAS), (temperatures * alphas - 1) * (seeds - 1)

    def effect(means: Floats, deviations: Floats, freedom: int) -> Effect:
        squares = _squares(np.broadcast_to(deviations, checked_TAS.shape), checked_TAS)
        return Effect(
            means=tuple(means.ravel().tolist()),
            spread=float(means.max() - means.min()),
            p_value=_f_test((squares, freedom), noise),
        )

    return Effects(
        temperature=effect(mean_T, (mean_T - mean)[:, None, None], temperatures - 1),
        alpha=effect(mean_A, (mean_A - mean)[None, :, None], alphas - 1),
        interaction=effect(cross_TA, cross_TA[:, :, None], (temperatures - 1) * (alphas - 1)),
    )


@lru_cache(maxsize=256)
def _studentized_range(cells: int, freedom: float) -> float:
    from scipy.stats import studentized_range

    return float(studentized_range.ppf(1 - LEVEL, cells, freedom))


def _seed_margin(values_KS: Floats) -> float | None:
    cells, seeds = values_KS.shape
    if cells < 2 or seeds < FEWEST_SEEDS:
        return None
    residual_KS = values_KS - values_KS.mean(axis=1, keepdims=True) - values_KS.mean(axis=0) + values_KS.mean()
    freedom = (cells - 1) * (seeds - 1)
    squares = _squares(residual_KS, values_KS)
    return _studentized_range(cells, freedom) * math.sqrt(squares / freedom / seeds)


def _image_margin(share: float, shape: tuple[int, ...], images: int | None) -> float | None:
    cells = shape[0]
    if cells < 2 or images is None:
        return None
    # with all images right or all wrong the spread would be 0, and a single image significant
    share = min(max(share, 1 / (images + 1)), images / (images + 1))
    return _studentized_range(cells, math.inf) * math.sqrt(share * (1 - share) / images)


def _f_test(effect: tuple[float, int], noise: tuple[float, int]) -> float | None:
    """p of a sum of squares and its degrees of freedom against those of the residual."""
    (squares, freedom), (noise_squares, noise_freedom) = effect, noise
    if not freedom or not noise_freedom:
        return None
    if not noise_squares:
        return 0.0 if squares else 1.0
    from scipy.stats import f

    return float(f.sf(squares / freedom / (noise_squares / noise_freedom), freedom, noise_freedom))


def _squares(deviations: Floats, values: Floats) -> float:
    squares = float((deviations**2).sum())
    return 0.0 if squares <= values.size * (ROUNDING * float(np.abs(values).max())) ** 2 else squares


def _check_shares(values_KS: Floats, images: int) -> None:
    if images < 1:
        raise _wrong("images", expected="1 or more", got=images)
    if values_KS.min() < 0 or values_KS.max() > 1:
        raise _wrong(
            "shares of images", expected="0 to 1", got=said("{least} to {most}", values_KS.min(), values_KS.max())
        )


def _checked(values: NDArray[Any], axes: str, dimensions: int) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != dimensions or not array.size:
        raise _wrong("values", expected=said("{axes}, 1 or more each", axes), got=said("shape {shape}", array.shape))
    if not np.isfinite(array).all():
        raise _wrong("values", expected="finite numbers", got="infinite ones or NaN")
    return array


def _wrong(what: str, *, expected: object, got: object) -> InvalidSetting:
    return InvalidSetting(what, expected=expected, got=got, hint="leave failed runs out, on all cells alike")
