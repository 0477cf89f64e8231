"""What is said of a grid follows from its runs, by numbers worked out by hand; noise is called noise."""

import pytest

from tests.ui.test_heat import seen
from ui.temperature import verdict

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


def sentences(values, **more):
    return verdict.sentences(seen(values, **{"control": CONTROL, **more}))


def test_a_clear_winner_over_three_seeds():
    # 4.303, the 97.5 % point of t on 2 degrees of freedom, times 1 point over √3 is 2.5 points.
    # T: squares 588 against noise 0.667, F 882; alpha: 108, F 162; both together: 48, F 72; all on 1 and 6.
    assert sentences(WINNER) == (
        "Best validation accuracy: **T 4, alpha 1** with **80.0 % ± 2.5**; the control, labels alone, has 51.0 % ± "
        "2.5. As the best of 4 it is flattered a little.",
        "No other cell is within 2.3 points of it: all are behind (Tukey's test over 3 seeds).",
        "**T matters**: averaged over alpha, T 4 is best (75.0 %) and T 1 worst (61.0 %) (p < 0.001, F test).",
        "**alpha matters**: averaged over T, alpha 1 is best (71.0 %) and alpha 0.5 worst (65.0 %) "
        "(p < 0.001, F test).",
        "**T and alpha work together**: the best T is 4 at alpha 0.5 and 4 at alpha 1 (p < 0.001, F test).",
    )


def test_noise_is_no_finding():
    # t is 0.1061 for both effects and 0.3182 for their interaction, on 6 degrees of freedom.
    told = sentences(NOISE)
    assert told[0].startswith("Best validation accuracy: **T 4, alpha 0.5** with **70.4 % ± 5.0**;")
    assert told[1:] == (
        "All 3 other cells are within 4.6 points of it, and cannot be told from it (Tukey's test over 3 seeds): "
        "they carry a ≈.",
        "**No effect of T shown**: averaged over alpha, T 4 is best (70.2 %) and T 1 worst (70.1 %) "
        "(p = 0.919, F test).",
        "**No effect of alpha shown**: averaged over T, alpha 0.5 is best (70.2 %) and alpha 1 worst (70.1 %) "
        "(p = 0.919, F test).",
        "**No interaction of T and alpha shown**: the best T is 4 at alpha 0.5 and 1 at alpha 1 (p = 0.761, F test).",
    )
    assert not any("matters" in one or "together" in one for one in told)


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (
            79.0,
            "1 of 3 other cells is within 2.3 points of it, and cannot be told from it (Tukey's test over 3 seeds): ",
        ),
        (77.0, "No other cell is within 2.3 points of it: all are behind (Tukey's test over 3 seeds)."),
    ],
)
def test_a_cell_inside_the_margin_cannot_be_told_from_the_best(second, words):
    told = sentences(grid((60, 70, second, 80), noise=1.0))[1]
    assert told.startswith(words)
    assert told.endswith(("it carries a ≈.", "(Tukey's test over 3 seeds)."))


def test_one_seed_claims_no_effect_and_images_tell_of_chance():
    # 80 % of 400 images: √(0.8 · 0.2 / 400) is 2 points, times q(0.95; 4, ∞) = 3.633.
    told = sentences(
        {COLD_LOW: (0.6,), HOT_LOW: (0.74,), COLD_HIGH: (0.75,), HOT_HIGH: (0.8,)}, seeds=1, control=(0.5,)
    )
    assert told[:2] == (
        "Best validation accuracy: **T 4, alpha 1** with **80.0 %**; the control, labels alone, has 50.0 %. As the "
        "best of 4 it is flattered a little.",
        "2 of 3 other cells are within 7.3 points of it, and cannot be told from it (1 seed: only the number of images "
        "tells of chance): they carry a ≈.",
    )
    assert told[2:] == (
        "Averaged over alpha, T 4 is best (77.0 %) and T 1 worst (67.5 %); with fewer than three seeds this may be "
        "chance.",
        "Averaged over T, alpha 1 is best (77.5 %) and alpha 0.5 worst (67.0 %); with fewer than three seeds this may "
        "be chance.",
        "The best T is 4 at alpha 0.5 and 4 at alpha 1; with fewer than three seeds this may be chance.",
    )


def test_two_seeds_have_a_p_but_are_not_believed():
    two = {place: values[:2] for place, values in WINNER.items()}
    told = sentences(two, seeds=2, control=CONTROL[:2])
    assert not any("matters" in one or "p <" in one for one in told)
    assert sum("with fewer than three seeds this may be chance" in one for one in told) == 3


def test_where_not_even_images_tell_of_chance_every_cell_is_marked():
    alone = {COLD_LOW: (0.3,), HOT_LOW: (0.2,), COLD_HIGH: (0.1,), HOT_HIGH: (0.05,)}
    found = seen(alone, metric="ECE", seeds=1, control=(0.4,))
    assert verdict.sentences(found)[1] == (
        "With fewer than three seeds nobody knows how much is chance: all other cells carry a ≈."
    )
    assert [cell.apart for cell in found.cells] == [False] * 4


def test_nats_are_better_where_they_are_fewer():
    told = sentences(
        grid((0.60, 0.70, 0.62, 0.80), noise=0.01, shift=0.01, unit=1), metric="NLL", control=(0.9, 1.0, 1.1)
    )
    assert told == (
        "Best negative log-likelihood: **T 1, alpha 0.5** with **0.600 ± 0.050 nats**; the control, labels alone, has "
        "1.000 ± 0.248 nats. As the best of 4 it is flattered a little.",
        "1 of 3 other cells is within 0.023 nats of it, and cannot be told from it (Tukey's test over 3 seeds): it "
        "carries a ≈.",
        "**T matters**: averaged over alpha, T 1 is best (0.610 nats) and T 4 worst (0.750 nats) (p < 0.001, F test).",
        "**alpha matters**: averaged over T, alpha 0.5 is best (0.650 nats) and alpha 1 worst (0.710 nats) (p < 0.001, "
        "F test).",
        "**T and alpha work together**: the best T is 1 at alpha 0.5 and 1 at alpha 1 (p < 0.001, F test).",
    )


def test_a_calibration_error_is_a_share_and_lower_is_better():
    told = sentences(grid((6, 7, 6.2, 8), noise=0.1), metric="ECE")
    assert told[0].startswith("Best calibration error: **T 1, alpha 0.5** with **6.0 % ± 0.2**;")
    assert "is within 0.2 points of it" in told[1]


def test_of_one_alpha_no_effect_is_told():
    told = sentences({(T, 0.9): (v, v + 0.01, v + 0.01) for T, v in ((1.0, 0.6), (2.0, 0.7), (4.0, 0.8))})
    # Seeds do the same to all cells, so nothing is left to chance.
    assert told[2:] == (
        "**T matters**: at alpha 0.9, T 4 is best (80.7 %) and T 1 worst (60.7 %) (p < 0.001, F test).",
    )


def test_cells_that_are_all_equal_show_nothing():
    told = sentences(dict.fromkeys(WINNER, (0.7, 0.7, 0.7)))
    assert told[1].startswith("All 3 other cells are within 0.0 points of it")
    assert [one.split("**")[1] for one in told[2:]] == [
        "No effect of T shown",
        "No effect of alpha shown",
        "No interaction of T and alpha shown",
    ]


def test_without_a_control_the_best_is_still_called_flattered():
    assert sentences(WINNER, control=())[0] == (
        "Best validation accuracy: **T 4, alpha 1** with **80.0 % ± 2.5**. As the best of 4 it is flattered a little."
    )


def test_of_a_part_of_a_grid_only_its_progress_is_told():
    part = {**WINNER, COLD_LOW: (None,) * 3, HOT_LOW: (0.7, None, None)}
    assert sentences(part) == (
        "7 of 12 runs are finished. The best cell and the effects are told once all are there: a part of a grid is no "
        "comparison.",
    )


def test_a_repetition_to_the_last_digit():
    assert verdict.both(seen(WINNER), seen(WINNER)) == (
        "Repeated here, the best cell is T 4, alpha 1 with 80.0 % ± 2.5; shipped it is T 4, alpha 1 with 80.0 % ± 2.5. "
        "Both grids agree to the last digit."
    )


@pytest.mark.parametrize(
    ("metric", "words"), [("accuracy", "within 12.0 points in every cell"), ("NLL", "within 0.120 nats in every cell")]
)
def test_a_repetition_with_another_best_cell(metric, words):
    here = {**WINNER, COLD_HIGH: (0.73, 0.74, 0.75), HOT_LOW: (0.80, 0.81, 0.82)}
    told = verdict.both(seen(WINNER, metric=metric), seen(here, metric=metric))
    assert told.endswith(f"Both grids agree {words}.")
    if metric == "accuracy":
        assert told.startswith(
            "Repeated here, the best cell is T 4, alpha 0.5 with 81.0 % ± 2.5; shipped it is T 4, alpha 1 with 80.0 %"
        )


def test_a_repetition_that_is_not_finished_tells_its_own_progress():
    part = {**WINNER, COLD_LOW: (None,) * 3}
    assert verdict.both(seen(WINNER), seen(part)).startswith("9 of 12 runs are finished.")
