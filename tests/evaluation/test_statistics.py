import math

import numpy as np
import pytest

from distill_core.errors import InvalidSetting
from distill_core.evaluation.statistics import Difference, compare, holm, interval, mcnemar, verdict

T_2 = 4.302653  # 97.5 % quantile of Student's t with 2 degrees of freedom, from tables


def test_interval_of_one_two_three():
    found = interval([1.0, 2.0, 3.0])  # standard deviation 1
    assert (found.mean, found.count) == (2.0, 3)
    assert found.half_width == pytest.approx(T_2 / math.sqrt(3), rel=1e-6)


@pytest.mark.parametrize("values", [[0.8], [0.8, 0.9]])
def test_under_three_values_there_is_no_interval(values):
    assert interval(values).half_width is None


@pytest.mark.parametrize("values", [[], [0.8, math.nan, 0.9]])
def test_no_interval_of_nothing_or_nan(values):
    with pytest.raises(InvalidSetting, match="leave failed runs out"):
        interval(values)


def test_compare_pairs_by_seed_and_uses_what_both_have():
    # differences 1, 2, 3 on seeds 0, 1, 2; seed 9 has no control. With t = 2 * sqrt(3) and 2 degrees of freedom
    # the two-sided p is 1 - t / sqrt(t² + 2)
    found = compare({2: 13.0, 0: 11.0, 1: 12.0, 9: 99.0}, {0: 10.0, 1: 10.0, 2: 10.0})
    assert (found.mean, found.seeds) == (2.0, 3)
    assert found.half_width == pytest.approx(T_2 / math.sqrt(3), rel=1e-6)
    assert found.p_value == pytest.approx(1 - math.sqrt(12) / math.sqrt(14))


def test_pairing_finds_what_two_separate_intervals_hide():
    # seeds differ by 10, the student by about 1 on each of them
    found = compare({0: 1.0, 1: 11.1, 2: 21.05}, {0: 0.0, 1: 10.0, 2: 20.0})
    assert found.p_value is not None
    assert found.p_value < 0.01


def test_two_seeds_have_a_mean_and_no_p():
    assert compare({0: 0.9, 1: 0.8}, {0: 0.7, 1: 0.6}) == Difference(
        mean=pytest.approx(0.2), half_width=None, p_value=None, seeds=2
    )


@pytest.mark.parametrize(("gain", "p"), [(0.0, 1.0), (0.05, 0.0), (-0.05, 0.0)])
def test_equal_differences_have_no_spread(gain, p):
    # 0.75 + 0.05 - 0.75 and its like differ in the last bit
    control = {0: 0.75, 1: 0.8, 2: 0.61}
    found = compare({seed: value + gain for seed, value in control.items()}, control)
    assert (found.p_value, found.half_width) == (p, 0.0)


def test_no_shared_seed_is_refused():
    with pytest.raises(InvalidSetting, match=r"got \[0\] and \[1\]"):
        compare({0: 0.9}, {1: 0.8})


def test_holm_multiplies_by_the_questions_left_and_never_falls():
    # 3 * 0.01; 2 * 0.03; 1 * 0.04 raised to the one before
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_holm_stops_at_one_and_leaves_out_what_was_not_asked():
    assert holm([0.9, None, 0.6]) == [1.0, None, 1.0]
    assert holm([0.02, None]) == [0.02, None]
    assert holm([]) == []


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_holm_refuses_what_is_no_p(p):
    with pytest.raises(InvalidSetting, match="expected 0 to 1"):
        holm([0.5, p])


@pytest.mark.parametrize(
    ("student", "control", "p"),
    [
        # five discordant images, all for the student: 2 / 2^5
        ([1, 1, 1, 1, 1, 0, 1], [0, 0, 0, 0, 0, 0, 1], 0.0625),
        # one against six: 2 * (1 + 7) / 2^7
        ([1, 0, 0, 0, 0, 0, 0], [0, 1, 1, 1, 1, 1, 1], 0.125),
        ([1, 0], [0, 1], 1.0),
        ([1, 0], [1, 0], 1.0),
    ],
)
def test_mcnemar_is_the_exact_binomial_of_the_discordant_images(student, control, p):
    assert mcnemar(np.array(student), np.array(control)) == pytest.approx(p)


@pytest.mark.parametrize(("student", "control"), [([], []), ([True], [True, False])])
def test_mcnemar_refuses_other_images(student, control):
    with pytest.raises(InvalidSetting, match="the same images"):
        mcnemar(np.array(student, dtype=bool), np.array(control, dtype=bool))


@pytest.mark.parametrize(
    ("mean", "seeds", "p", "word"),
    [
        (0.03, 3, 0.049, "better"),
        (-0.03, 3, 0.049, "worse"),
        (0.03, 3, 0.05, "no difference shown"),
        (0.0, 3, 1.0, "no difference shown"),
        (0.03, 2, None, "too few seeds"),
        (0.03, 2, 0.001, "too few seeds"),  # McNemar's p of one seed is no verdict over seeds
    ],
)
def test_verdicts(mean, seeds, p, word):
    assert verdict(Difference(mean=mean, half_width=None, p_value=p, seeds=seeds), p) == word
