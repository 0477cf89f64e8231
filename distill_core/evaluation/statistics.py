"""Statistics over seeds: t intervals, paired t tests, Holm correction; McNemar's test for one seed."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from distill_core.errors import InvalidSetting, said

Direction = Literal["better", "worse", "no difference shown", "too few seeds"]
FEWEST_SEEDS = 3
LEVEL = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """Mean and half width of the 95 % interval, in the unit of the values; None under three values."""

    mean: float
    half_width: float | None
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Student minus control over their shared seeds; half width and p are None under three seeds."""

    mean: float
    half_width: float | None
    p_value: float | None
    seeds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The direction of a difference over ``seeds`` seeds, with its adjusted p. With one seed it is McNemar's test,
    which holds for these two networks only."""

    direction: Direction
    seeds: int
    p_value: float | None

    def __str__(self) -> str:
        """The text in tables."""
        return f"one seed: these two networks, {self.direction}" if self.seeds == 1 and self.judged else self.direction

    @property
    def judged(self) -> bool:
        """Whether a test was made."""
        return self.direction != "too few seeds"


def interval(values: Sequence[float], *, repeated: bool = False) -> Interval:
    """95 % Student t interval of the mean (ddof 1). Equal values that are ``repeated`` of one network are no sample,
    and have no half width.

    Raises: InvalidSetting if there is no value or a value is not finite.
    """
    array = _checked(values)
    if array.size < FEWEST_SEEDS or (repeated and np.ptp(array) == 0):
        return Interval(mean=float(array.mean()), half_width=None, count=array.size)
    from scipy.stats import t

    half_width = float(t.ppf(1 - LEVEL / 2, array.size - 1)) * _standard_error(array)
    return Interval(mean=float(array.mean()), half_width=half_width, count=array.size)


def compare(student_by_seed: Mapping[int, float], control_by_seed: Mapping[int, float]) -> Difference:
    """Two-sided paired t-test and interval of student minus control, on their shared seeds.

    Where all differences are equal, p is 0, or 1 if they are 0.
    Raises: InvalidSetting if no seed is shared or a value is not finite.
    """
    shared = sorted(student_by_seed.keys() & control_by_seed.keys())
    if not shared:
        raise InvalidSetting(
            "student and control",
            expected="a seed that both have",
            got=said("{student} and {control}", sorted(student_by_seed), sorted(control_by_seed)),
            hint="train both on the same seeds",
        )
    differences = _checked([student_by_seed[seed] - control_by_seed[seed] for seed in shared])
    result = interval(differences.tolist())
    return Difference(
        mean=result.mean, half_width=result.half_width, p_value=_paired_p(differences), seeds=result.count
    )


def compare_shared(student_by_seed: Mapping[int, float], control_by_seed: Mapping[int, float]) -> Difference | None:
    """``compare``, or None where no seed is shared."""
    return compare(student_by_seed, control_by_seed) if student_by_seed.keys() & control_by_seed.keys() else None


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """p-values adjusted for the number of tests, in the given order; None is no test and stays None.

    Raises: InvalidSetting if a value is outside 0 to 1.
    Source: Holm 1979, Scandinavian Journal of Statistics 6, 65-70.
    """
    asked = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    if any(not 0 <= p <= 1 for p, _ in asked):
        raise InvalidSetting("p-values", expected="0 to 1", got=list(p_values), hint="correct them")
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, place) in enumerate(asked):
        highest = max(highest, min(1.0, (len(asked) - rank) * p))
        adjusted[place] = highest
    return adjusted


def mcnemar(student_right_N: NDArray[Any], control_right_N: NDArray[Any]) -> float:
    """The two-sided p of McNemar's exact test on the images where one network is right and the other wrong.

    Shapes: both (N,) booleans, True where the network is right. It holds for these two networks only.
    Raises: InvalidSetting if shapes differ or there is no image.
    """
    student_N, control_N = np.asarray(student_right_N, dtype=bool), np.asarray(control_right_N, dtype=bool)
    if student_N.ndim != 1 or student_N.shape != control_N.shape or not student_N.size:
        got = said("shapes {student} and {control}", student_N.shape, control_N.shape)
        raise InvalidSetting(
            "right and wrong", expected="the same images, 1 or more", got=got, hint="score both on one split"
        )
    only_student, only_control = int((student_N & ~control_N).sum()), int((control_N & ~student_N).sum())
    return _binomial_p(only_student, only_control)


def direction(mean: float, adjusted_p: float) -> Direction:
    """The direction of a mean difference, where its adjusted p is under 5 %."""
    if adjusted_p >= LEVEL or mean == 0:
        return "no difference shown"
    return "better" if mean > 0 else "worse"


def verdict(difference: Difference, adjusted_p: float | None) -> Direction:
    """The direction of a difference whose p was adjusted by ``holm``, at 5 %."""
    if adjusted_p is None or difference.seeds < FEWEST_SEEDS:
        return "too few seeds"
    return direction(difference.mean, adjusted_p)


def _checked(values: Sequence[float]) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not array.size or not np.isfinite(array).all():
        raise InvalidSetting(
            "values over seeds", expected="finite numbers, 1 or more", got=values, hint="leave failed runs out"
        )
    return array


def _standard_error(array: NDArray[np.float64]) -> float:
    deviation = float(array.std(ddof=1))
    # equal values may differ in their last bit
    return 0.0 if deviation <= 1e-12 * float(np.abs(array).max()) else deviation / math.sqrt(array.size)


def _paired_p(differences: NDArray[np.float64]) -> float | None:
    if differences.size < FEWEST_SEEDS:
        return None
    error, mean = _standard_error(differences), float(differences.mean())
    if error == 0:
        return 1.0 if mean == 0 else 0.0
    from scipy.stats import t

    return float(2 * t.sf(abs(mean) / error, differences.size - 1))


def _binomial_p(only_student: int, only_control: int) -> float:
    if not only_student + only_control:
        return 1.0
    from scipy.stats import binomtest

    return float(binomtest(only_student, only_student + only_control, 0.5).pvalue)
