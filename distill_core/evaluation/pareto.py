"""The Pareto front: the points that no other point dominates in cost and value. P points."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from distill_core.errors import InvalidSetting, Names, said

Numbers = Sequence[float | None]


def pareto_front(costs: Numbers, values: Numbers) -> tuple[bool, ...]:
    """Which points are non-dominated: no other point has at most the cost and at least the value, and is better in one.

    Equal points are on the front together; a point with a missing number (None, NaN) never is.
    Raises: InvalidSetting if the lengths differ.
    """
    costs_P, values_P = _columns(costs, values)
    known_P = ~(np.isnan(costs_P) | np.isnan(values_P))
    no_worse = (costs_P[None, :] <= costs_P[:, None]) & (values_P[None, :] >= values_P[:, None])
    better = (costs_P[None, :] < costs_P[:, None]) | (values_P[None, :] > values_P[:, None])
    on_P = known_P & ~(no_worse & better).any(axis=1)
    return tuple(on_P.tolist())


def near_pareto_front(costs: Numbers, values: Numbers, half_widths: Numbers) -> tuple[bool, ...]:
    """Which points off the front have an interval (value ± half width) that reaches it.

    The front at a cost is the highest value of all points of at most this cost. A point with a half width of None or
    NaN has no interval and is not near.
    Raises: InvalidSetting if the lengths differ.
    """
    on_P = pareto_front(costs, values)
    costs_P, values_P, halves_P = _columns(costs, values, half_widths)
    at_P = [values_P[(costs_P <= cost) & np.array(on_P)].max(initial=-np.inf) for cost in costs_P]
    reach_P = np.where(np.isnan(costs_P), np.nan, values_P + halves_P)
    return tuple(bool(not on and reach >= at) for on, reach, at in zip(on_P, reach_P, at_P, strict=True))


def _columns(*columns: Numbers) -> list[NDArray[np.float64]]:
    if len({len(column) for column in columns}) != 1:
        got = said("{counts: and }", Names(len(column) for column in columns))
        raise InvalidSetting("points", expected="one number a point", got=got, hint="pass columns of one table")
    return [np.array(column, dtype=np.float64) for column in columns]
