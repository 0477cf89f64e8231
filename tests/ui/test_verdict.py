"""What is said of a grid follows from its runs, by numbers worked out by hand; noise is called noise."""

from types import SimpleNamespace

import pytest

from tests.ui import test_heat
from tests.ui.test_heat import seen
from ui.findings.facts import Estimate
from ui.findings.grid import Cell, Effect, Interaction, NoBasis, NoEffect, NoInteraction, Part, Unknown
from ui.findings.sentences import say
from ui.screens.temperature import verdict

COLD_LOW, HOT_LOW, COLD_HIGH, HOT_HIGH = (1.0, 0.5), (4.0, 0.5), (1.0, 1.0), (4.0, 1.0)


def grid(means, *, noise, shift=0.0, unit=0.01):
    """Two temperatures, two alphas and three seeds, as means ± what seeds do to all cells, and to two of them apart.

    The residuals are ±noise in two cells: s² is 4 noise² / 6, and Tukey's margin q(0.95; 4, 6) · s / √3 =
    4.896 · 0.8165 · noise / 1.732 = 2.308 noise.
    """
    cold_low, hot_low, cold_high, hot_high = means
    pulls = {COLD_LOW: noise, HOT_LOW: -noise, COLD_HIGH: 0.0, HOT_HIGH: 0.0}
    middle = dict(zip(pulls, (cold_low, hot_low, cold_high, hot_high), strict=True))
    return {
        place: tuple(unit * (middle[place] + step * (shift + pull)) for step in (-1, 0, 1))
        for place, pull in pulls.items()
    }


WINNER = grid((60, 70, 62, 80), noise=1.0, shift=1.0)
NOISE = grid((70.0, 70.4, 70.2, 70.0), noise=2.0)
CONTROL = (0.50, 0.51, 0.52)
UNKNOWN = (Unknown(axis="T"), Unknown(axis="alpha"))


def found(values, **more):
    return verdict.found(seen(values, **{"control": CONTROL, **more}))


def rounded(estimate: Estimate, digits: int = 4) -> tuple[float, float]:
    return round(estimate.mean, digits), round(estimate.half_width or 0.0, digits)


def place(cell: Cell) -> tuple[float, float]:
    return cell.temperature, cell.alpha


def test_a_clear_winner_over_three_seeds():
    # 4.303, the 97.5 % point of t on 2 degrees of freedom, times 1 point over √3 is 2.5 percentage points.
    # T: squares 588 against noise 0.667, F 882; alpha: 108, F 162; both together: 48, F 72; all on 1 and 6.
    best, near, of_T, of_alpha, both = found(WINNER)
    assert (place(best.cell), best.cells, best.look) == (HOT_HIGH, 4, False)
    assert (rounded(best.cell.value, 3), rounded(best.control, 3)) == ((0.8, 0.025), (0.51, 0.025))
    assert (near.near, near.others, near.seeds, near.tukey, round(near.margin, 3)) == (0, 3, 3, True, 0.023)
    assert (of_T.axis, of_T.at, of_T.best[0], of_T.worst[0]) == ("T", None, 4, 1)
    assert (round(of_T.best[1], 6), round(of_T.worst[1], 6)) == (0.75, 0.61)
    assert (of_alpha.axis, of_alpha.best[0], of_alpha.worst[0]) == ("alpha", 1, 0.5)
    assert (round(of_alpha.best[1], 6), round(of_alpha.worst[1], 6)) == (0.71, 0.65)
    assert (both.low, both.high) == ((0.5, (4.0,)), (1.0, (4.0,)))
    assert max(of_T.p_value, of_alpha.p_value, both.p_value) < 0.001


def test_noise_is_no_finding_and_has_no_winner():
    # t is 0.1061 for both effects and 0.3182 for their interaction, on 6 degrees of freedom: p 0.919 and 0.761.
    best, near, of_T, of_alpha, both = found(NOISE)
    assert (place(best.cell), rounded(best.cell.value, 3)) == (HOT_LOW, (0.704, 0.05))
    assert (near.near, near.others, round(near.margin, 3)) == (3, 3, 0.046)
    assert [type(fact) for fact in (of_T, of_alpha, both)] == [NoEffect, NoEffect, NoInteraction]
    assert (round(of_T.spread, 6), round(of_alpha.spread, 6)) == (0.001, 0.001)
    assert [fact.p_value for fact in (of_T, of_alpha, both)] == [1.0, 1.0, 1.0]


def test_three_questions_are_corrected_for_being_three():
    # F of T is 4.5 · 1.3333² = 8 on 1 and 6 degrees of freedom: p 0.030 alone, and three times that with Holm.
    of_T = found(grid((70, 71.3333, 70, 71.3333), noise=1.0))[2]
    assert (type(of_T), round(of_T.p_value, 3), round(of_T.spread, 3)) == (NoEffect, 0.09, 0.013)
    # Beside two effects that are clear its question is the last one, and stands as it is.
    clear = found(grid((60, 70, 72 + 1.3333, 62 + 2.6667), noise=1.0))[2:]
    assert [type(fact) for fact in clear] == [NoEffect, Effect, Interaction]
    assert round(clear[0].spread, 3) == 0.007


def test_the_best_t_of_a_row_is_told_with_those_inside_the_margin():
    # The margin is 2.3 percentage points: at alpha 0.5 both are the best, at alpha 1 T 4 alone.
    both = found(grid((60, 61, 62, 80), noise=1.0))[-1]
    assert (both.low, both.high) == ((0.5, (1.0, 4.0)), (1.0, (4.0,)))
    lower = found(grid((60, 61, 62, 80), noise=1.0), metric="ECE")[-1]
    assert (lower.low, lower.high) == ((0.5, (1.0, 4.0)), (1.0, (1.0,)))


@pytest.mark.parametrize(("second", "near"), [(79.0, 1), (77.0, 0)])
def test_a_cell_inside_the_margin_cannot_be_told_from_the_best(second, near):
    told = found(grid((60, 70, second, 80), noise=1.0))[1]
    assert (told.near, told.others, round(told.margin, 3)) == (near, 3, 0.023)


def test_one_seed_claims_no_effect_and_images_tell_of_chance():
    # 80 % of the 360 validation images of digits: √(0.8 · 0.2 / 360) is 2.108 percentage points, times q(0.95; 4,
    # ∞) = 3.633.
    best, near, *effects = found(
        {COLD_LOW: (0.6,), HOT_LOW: (0.74,), COLD_HIGH: (0.75,), HOT_HIGH: (0.8,)}, seeds=1, control=(0.5,)
    )
    assert (best.cell.value, best.control) == (Estimate(mean=0.8), Estimate(mean=0.5))
    assert (near.near, near.seeds, near.tukey, round(near.margin, 3)) == (2, 1, False, 0.077)
    assert tuple(effects) == UNKNOWN


def test_each_measure_counts_the_images_that_it_was_measured_on():
    # The split is told by the task alone: no image is read for it.
    one = {place: values[1:2] for place, values in WINNER.items()}
    for metric, images in (("accuracy", 10_000), ("agreement", 2_500)):
        fake = SimpleNamespace(name="digits", counts=SimpleNamespace(valid=10_000, test=2_500))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(test_heat, "LAB", SimpleNamespace(catalog=SimpleNamespace(tasks=lambda fake=fake: (fake,))))
            view = seen(one, metric=metric, seeds=1, control=(0.5,)).judgement
        assert view.standing.margin == pytest.approx(3.633 * (0.8 * 0.2 / images) ** 0.5, rel=1e-3)


def test_two_seeds_have_a_p_but_are_not_believed():
    two = {place: values[:2] for place, values in WINNER.items()}
    assert found(two, seeds=2, control=CONTROL[:2])[2:] == UNKNOWN


def test_where_not_even_images_tell_of_chance_every_cell_is_marked():
    alone = {COLD_LOW: (0.3,), HOT_LOW: (0.2,), COLD_HIGH: (0.1,), HOT_HIGH: (0.05,)}
    view = seen(alone, metric="ECE", seeds=1, control=(0.4,))
    assert verdict.found(view)[1] == NoBasis()
    assert [cell.apart for cell in view.cells] == [False] * 4


def test_nats_are_better_where_they_are_fewer():
    best, near, of_T, of_alpha, both = found(
        grid((0.60, 0.70, 0.62, 0.80), noise=0.01, shift=0.01, unit=1), metric="NLL", control=(0.9, 1.0, 1.1)
    )
    assert (place(best.cell), best.share, best.look) == (COLD_LOW, False, True)
    assert (rounded(best.cell.value, 3), rounded(best.control, 3)) == ((0.6, 0.05), (1.0, 0.248))
    assert (near.near, near.share, round(near.margin, 3)) == (1, False, 0.023)
    assert (of_T.best[0], of_T.worst[0]) == (1, 4)
    assert (of_alpha.best[0], of_alpha.worst[0]) == (0.5, 1)
    assert (both.low, both.high) == ((0.5, (1.0,)), (1.0, (1.0,)))


@pytest.mark.parametrize(("metric", "look"), [("accuracy", False), ("agreement", True), ("ECE", True), ("NLL", True)])
def test_what_is_seen_on_test_images_is_a_look_and_no_choice(metric, look):
    assert found(WINNER, metric=metric)[0].look is look


def test_a_calibration_error_is_a_share_and_lower_is_better():
    best, near, *_ = found(grid((6, 7, 6.2, 8), noise=0.1), metric="ECE")
    assert (best.metric, place(best.cell), rounded(best.cell.value, 3)) == (
        "calibration error",
        COLD_LOW,
        (0.06, 0.002),
    )
    assert (near.near, round(near.margin, 3)) == (1, 0.002)


def test_of_one_alpha_no_effect_is_told():
    told = found({(T, 0.9): (v, v + 0.01, v + 0.01) for T, v in ((1.0, 0.6), (2.0, 0.7), (4.0, 0.8))})
    # Seeds do the same to all cells, so nothing is left to chance.
    (of_T,) = told[2:]
    assert (of_T.axis, of_T.at, of_T.best[0], of_T.worst[0]) == ("T", 0.9, 4, 1)
    assert (round(of_T.best[1], 3), round(of_T.worst[1], 3)) == (0.807, 0.607)


def test_of_one_temperature_no_effect_is_told_either():
    told = found({(4.0, a): (v, v + 0.01, v + 0.01) for a, v in ((0.3, 0.6), (0.6, 0.7), (0.9, 0.8))})
    (of_alpha,) = told[2:]
    assert (of_alpha.axis, of_alpha.at, of_alpha.best[0], of_alpha.worst[0]) == ("alpha", 4, 0.9, 0.3)


def test_cells_that_are_all_equal_show_nothing():
    told = found(dict.fromkeys(WINNER, (0.7, 0.7, 0.7)))
    assert (told[1].near, told[1].others, told[1].margin) == (3, 3, 0)
    assert [type(fact) for fact in told[2:]] == [NoEffect, NoEffect, NoInteraction]


def test_a_grid_without_a_control_has_a_best_cell():
    assert found(WINNER, control=())[0].control is None


def test_of_a_part_of_a_grid_only_its_progress_is_told():
    part = {**WINNER, COLD_LOW: (None,) * 3, HOT_LOW: (0.7, None, None)}
    assert found(part) == (Part(finished=7, runs=12),)


@pytest.mark.parametrize(
    ("failed", "finished", "cells"),
    [
        ({COLD_LOW: (0.6, "the *loss* is not finite", 0.6)}, 11, 1),
        ({COLD_LOW: ("the *loss* is not finite",) * 3, HOT_LOW: (None, 0.7, "the *loss* is not finite")}, 7, 2),
    ],
)
def test_cells_that_failed_are_named_with_the_reason(failed, finished, cells):
    (told,) = found({**WINNER, **failed})
    assert told == Part(finished=finished, runs=12, failed=cells, message="the *loss* is not finite")
    assert r"The \*loss\* is not finite." in say(told)


def test_a_repetition_to_the_last_digit():
    told = verdict.compared(seen(WINNER), seen(WINNER))
    assert (place(told.here), place(told.shipped), told.largest) == (HOT_HIGH, HOT_HIGH, 0)


@pytest.mark.parametrize(("metric", "share"), [("accuracy", True), ("NLL", False)])
def test_a_repetition_with_another_best_cell(metric, share):
    here = {**WINNER, COLD_HIGH: (0.73, 0.74, 0.75), HOT_LOW: (0.80, 0.81, 0.82)}
    told = verdict.compared(seen(WINNER, metric=metric), seen(here, metric=metric))
    assert (told.share, round(told.largest, 6)) == (share, 0.12)
    if share:
        assert (place(told.here), place(told.shipped)) == (HOT_LOW, HOT_HIGH)
        assert (rounded(told.here.value, 3), rounded(told.shipped.value, 3)) == ((0.81, 0.025), (0.8, 0.025))


def test_a_repetition_that_is_not_finished_tells_its_own_progress():
    part = {**WINNER, COLD_LOW: (None,) * 3}
    assert verdict.compared(seen(WINNER), seen(part)) == Part(finished=9, runs=12, again=True)
    failed = {**WINNER, COLD_LOW: ("it diverged",) * 3}
    told = verdict.compared(seen(WINNER), seen(failed))
    assert told == Part(finished=9, runs=12, failed=1, message="it diverged", again=True)
