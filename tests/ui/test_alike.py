"""What differs by less than a tenth is the same, whichever way round."""

import pytest

from ui.text.alike import alike


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(0.046, 0.047, True), (100, 109.9, True), (100, 110, False), (110, 100, False), (1, 1, True), (2, 1, False)],
)
def test_a_tenth_is_a_difference(one, other, same):
    assert alike(one, other) is same


def test_a_closer_look_is_possible():
    assert not alike(1.05, 1.0, within=1.03)
