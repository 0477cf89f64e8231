"""What is left, in words that stand and never say that nothing is left while something is."""

import math

import pytest

from distill_core.time_left import Countdown, others, rough, time_left


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        *[(0.2, "5 s"), (5, "5 s"), (31, "35 s"), (60, "1 min"), (61, "1 min 30 s"), (299, "5 min"), (301, "6 min")],
        *[(math.inf, "an unknown time"), (math.nan, "an unknown time")],
        *[(2_879, "48 min"), (3_600, "1 h"), (3_601, "1 h 10 min"), (6_420, "1 h 50 min"), (90_000, "25 h")],
    ],
)
def test_a_rough_time_has_no_more_digits_than_anybody_knows(seconds: float, text: str) -> None:
    assert rough(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "late", "text"),
    [
        (None, False, ""),
        (0.0, False, "a few seconds left"),
        (44.0, False, "about 45 s left"),
        (0.0, True, "longer than expected"),
        (582.0, True, "longer than expected, about 10 min left"),
    ],
)
def test_what_is_left(seconds: float | None, late: bool, text: str) -> None:
    assert time_left(seconds, late=late) == text


@pytest.mark.parametrize("busy", [None, 0.0, 0.2])
def test_an_idle_machine_is_not_spoken_of(busy: float | None) -> None:
    assert others(busy) == ""


@pytest.mark.parametrize(
    ("busy", "told"),
    [(0.5, ("50 %", "at least 2.0 times")), (0.75, ("75 %", "at least 4.0 times")), (0.95, ("95 %", "many times"))],
)
def test_what_others_use_makes_it_longer(busy: float, told: tuple[str, ...]) -> None:
    assert all(part in others(busy) for part in told)


def test_it_is_told_what_takes_longer() -> None:
    assert "training takes" in others(0.5)
    assert "testing takes" in others(0.5, "testing")


def test_a_countdown_counts_down_and_is_renewed_only_where_it_was_far_off() -> None:
    countdown = Countdown(100.0, 0.0)
    assert (countdown.seconds_left(100.0, 10.0), countdown.late) == (90.0, False)  # 11 % off: nobody is told
    assert (countdown.seconds_left(60.0, 10.0), countdown.late) == (75.0, False)  # shorter by half of the difference
    assert (countdown.seconds_left(98.0, 10.0), countdown.late) == (75.0, False)
    assert (countdown.seconds_left(99.0, 10.0), countdown.late) == (99.0, True)
    assert (countdown.seconds_left(1.0, 200.0), countdown.late) == (0.0, True)
