"""Rounding agrees, anything else does not; what is missing never does."""

import numpy as np
import pytest

from distill_core.deployment.parity import within_tolerance

pytestmark = pytest.mark.anywhere

WANTED = np.array([[10.0, 0.0], [-20.0, 5.0]], dtype=np.float32)


@pytest.mark.parametrize(
    ("precision", "difference", "agrees"),
    [
        # float32: 0.001 + 0.001 * 20; float16: 0.05 + 0.02 * 20; int8 the same
        ("float32", 0.0, True),
        ("float32", 0.0205, True),
        ("float32", 0.0215, False),
        ("float16", 0.445, True),
        ("float16", 0.455, False),
        ("int8", 0.445, True),
        ("int8", 0.455, False),
    ],
)
def test_the_largest_difference_is_held_against_the_largest_logit(precision, difference, agrees):
    for sign in (1, -1):
        came = WANTED.astype(np.float64)
        came[1, 1] += sign * difference
        found, largest = within_tolerance(came.tolist(), WANTED, precision)
        assert found is agrees
        assert largest == pytest.approx(difference, abs=1e-9)


@pytest.mark.parametrize(
    "came",
    [
        [[10.0, 0.0]],
        [[10.0], [-20.0]],
        [[10.0, 0.0, 1.0], [-20.0, 5.0, 1.0]],
        [[10.0, 0.0], [-20.0]],
        [[10.0, 0.0], [-20.0, None]],
        [[10.0, 0.0], [-20.0, float("nan")]],
        [[10.0, 0.0], [-20.0, float("inf")]],
        [],
    ],
)
def test_other_shapes_and_missing_numbers_never_agree(came):
    assert within_tolerance(came, WANTED, "float16") == (False, float("inf"))


def test_numbers_beyond_any_logit_are_far_away():
    assert within_tolerance([[1e308, 0.0], [-1e308, 5.0]], WANTED, "float32")[0] is False
