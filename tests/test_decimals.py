"""One value has one text, on every screen and in the shell."""

import math
import re
import tokenize
from pathlib import Path

import numpy as np
import pytest

from distill_core import decimals

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("value", "text"), [(5.05, "+5.1"), (-0.44, "-0.4"), (-0.04, "0.0"), (0.04, "0.0"), (0.0, "0.0")]
)
def test_a_difference_has_its_sign_and_nothing_has_none(value: float, text: str) -> None:
    assert decimals.signed(value, 1) == text


@pytest.mark.parametrize(
    ("value_ms", "text"),
    [(0.0312, "0.031"), (0.0996, "0.10"), (0.31, "0.31"), (4.24, "4.2"), (99.94, "99.9"), (120.4, "120")],
)
def test_a_latency_has_as_many_digits_as_count(value_ms: float, text: str) -> None:
    assert decimals.latency(value_ms) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (78.25, 1, "78.3"),
        (78.35, 1, "78.4"),
        (100 * 0.7835, 1, "78.4"),
        (-0.25, 1, "-0.3"),
        (-0.04, 1, "0.0"),
        (2.5, 0, "3"),
        (0.0005, 3, "0.001"),
        (12345678.25, 1, "12345678.3"),
        (np.float64(1.005), 2, "1.01"),
        (math.inf, 1, "inf"),
        (1_234_567_890_123.0, 0, "1234567890123"),
        (123_456_789_012.25, 2, "123456789012.25"),
        (1e300, 0, f"{1e300:.0f}"),
    ],
)
def test_halves_are_rounded_up(value: float, digits: int, text: str) -> None:
    assert decimals.fixed(value, digits) == text


def test_every_accuracy_of_a_test_set_is_rounded_as_by_hand() -> None:
    for images in (360, 500, 2000, 10_000):
        for right in range(images + 1):
            # In tenths of a percent: whole numbers alone.
            tenths = (2 * 1000 * right + images) // (2 * images)
            assert decimals.fixed(100 * (right / images), 1) == f"{tenths // 10}.{tenths % 10}"


@pytest.mark.parametrize(
    ("parts", "digits", "shown"),
    [
        ([70.0, 20.0, 10.0], 1, [70.0, 20.0, 10.0]),
        ([100 / 3] * 3, 1, [33.4, 33.3, 33.3]),
        ([12.5, 12.5, 75.0], 0, [13, 12, 75]),
        ([99.96, 0.03, 0.01], 1, [100.0, 0.0, 0.0]),
        ([0.26, 0.26, 99.48], 1, [0.3, 0.2, 99.5]),
        ([1.25, 1.0], 1, [1.3, 1.0]),
        ([], 1, []),
    ],
)
def test_parts_add_up_as_they_are_shown(parts: list[float], digits: int, shown: list[float]) -> None:
    assert decimals.adding_up(parts, digits) == shown


def test_parts_are_rounded_as_everywhere_where_that_adds_up() -> None:
    generator = np.random.default_rng(7)
    for parts in 100 * generator.dirichlet([0.3] * 10, 300):
        shown, plain = decimals.adding_up(parts.tolist(), 1), [decimals.rounded(part, 1) for part in parts]
        assert decimals.rounded(sum(shown), 6) == 100
        assert shown == plain or decimals.rounded(sum(plain), 6) != 100


def test_no_screen_rounds_accuracies_and_points_by_itself() -> None:
    own = re.compile(r"^.*(100 \* [^}]*:\.\d+f|:\+?\.\d+%|delta\w*:\+?\.\d+f).*$", re.MULTILINE)
    rooms = (ROOT / "ui", ROOT / "pages", ROOT / "distill_core" / "shell")
    for path in [path for room in rooms for path in room.rglob("*.py")]:
        with tokenize.open(path) as file:
            assert own.findall(file.read()) == [], path
