"""Pages and the shell tell times alike."""

import math
from types import SimpleNamespace

import pytest

from distill_core import time_left
from ui.text import times


@pytest.mark.parametrize("seconds", [0.2, 31, 60, 61, 301, 3_600, 3_601, 90_000, math.inf])
def test_a_rough_time(seconds: float) -> None:
    assert times.rough(seconds) == time_left.rough(seconds)


@pytest.mark.parametrize("seconds", [None, 0.0, 44.0, 582.0])
@pytest.mark.parametrize("late", [False, True])
def test_what_is_left(seconds: float | None, late: bool) -> None:
    work = SimpleNamespace(seconds_left=seconds, late=late)
    assert times.left(work) == time_left.time_left(seconds, late=late)


@pytest.mark.parametrize("busy", [None, 0.1, 0.5, 0.666, 0.95])
def test_what_other_programs_do(busy: float | None) -> None:
    assert times.others(busy) == time_left.others(busy)
    assert times.others(busy, tests=True) == time_left.others(busy, "testing")
