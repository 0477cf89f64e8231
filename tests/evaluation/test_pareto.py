import math

import pytest

from distill_core.errors import InvalidSetting
from distill_core.evaluation.pareto import near_pareto_front, pareto_front


def test_a_dearer_and_worse_point_is_off_the_front():
    assert pareto_front([1, 2, 3, 4], [1, 3, 2, 4]) == (True, True, False, True)


def test_order_plays_no_part():
    assert pareto_front([4, 3, 2, 1], [4, 2, 3, 1]) == (True, False, True, True)


def test_equal_points_stand_together():
    assert pareto_front([1, 1, 2], [5, 5, 5]) == (True, True, False)


def test_at_equal_cost_only_the_best_stays():
    assert pareto_front([1, 1], [5, 6]) == (False, True)


def test_a_point_without_a_number_is_on_no_front_and_dominates_no_other():
    assert pareto_front([None, 1, 2], [9, 1, math.nan]) == (False, True, False)


def test_no_points_no_front():
    assert pareto_front([], []) == ()
    assert near_pareto_front([], [], []) == ()


@pytest.mark.parametrize(("half_width", "near"), [(0.5, False), (1.0, True), (2.0, True), (None, False)])
def test_near_is_whose_interval_reaches_the_front_at_its_cost(half_width, near):
    # at cost 3 the front stands at 3; the point there is worth 2
    assert near_pareto_front([1, 2, 3, 4], [1, 3, 2, 4], [9, 9, half_width, 9]) == (False, False, near, False)


def test_a_point_without_a_number_is_not_near():
    assert near_pareto_front([1, None, 2], [1, 5, None], [1, 9, 9]) == (False, False, False)


def test_columns_of_two_lengths_are_refused():
    with pytest.raises(InvalidSetting, match="one number a point"):
        pareto_front([1, 2], [1])
