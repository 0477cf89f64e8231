"""What is said of a grid follows from its runs, by numbers worked out by hand; noise is called noise."""

from types import SimpleNamespace

import pytest

from tests.ui import test_heat
from tests.ui.test_heat import seen
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
UNKNOWN = (
    "How much T matters cannot be told from chance with fewer than three seeds.",
    "How much alpha matters cannot be told from chance with fewer than three seeds.",
)
SURE = "p < 0.001, F test with Holm's correction"


def sentences(values, **more):
    return verdict.sentences(seen(values, **{"control": CONTROL, **more}))


def test_a_clear_winner_over_three_seeds():
    # 4.303, the 97.5 % point of t on 2 degrees of freedom, times 1 point over √3 is 2.5 percentage points.
    # T: squares 588 against noise 0.667, F 882; alpha: 108, F 162; both together: 48, F 72; all on 1 and 6.
    assert sentences(WINNER) == (
        "Best validation accuracy: **T 4, alpha 1** with **80.0 % ± 2.5**; the control, labels alone, has 51.0 % ± "
        "2.5. Being the best of 4, its number is a little too good.",
        "No other cell is within 2.3 percentage points of it: all are significantly worse (Tukey's test over 3 seeds).",
        f"**T matters**: averaged over alpha, T 4 has the best mean (75.0 %) and T 1 the worst (61.0 %; {SURE}).",
        f"**alpha matters**: averaged over T, alpha 1 has the best mean (71.0 %) and alpha 0.5 the worst (65.0 %; "
        f"{SURE}).",
        f"**What T does depends on alpha** ({SURE}): at alpha 0.5 the best T, or one that is not significantly "
        f"different, is "
        "4; at alpha 1 it is 4.",
    )


def test_noise_is_no_finding_and_has_no_winner():
    # t is 0.1061 for both effects and 0.3182 for their interaction, on 6 degrees of freedom: p 0.919 and 0.761.
    told = sentences(NOISE)
    assert told[0].startswith("Best validation accuracy: **T 4, alpha 0.5** with **70.4 % ± 5.0**;")
    assert told[1:] == (
        "All 3 other cells are within 4.6 percentage points of it, and not significantly different (Tukey's "
        "test over 3 seeds): "
        "they carry a ≈.",
        "**No effect of T shown**: averaged over alpha, the largest difference is 0.1 percentage points (p = "
        "1.000, F test with "
        "Holm's correction).",
        "**No effect of alpha shown**: averaged over T, the largest difference is 0.1 percentage points (p = "
        "1.000, F test with "
        "Holm's correction).",
        "**Not shown that what T does depends on alpha** (p = 1.000, F test with Holm's correction).",
    )
    assert not any("matters" in one or "best mean" in one for one in told)


def test_three_questions_are_corrected_for_being_three():
    # F of T is 4.5 · 1.3333² = 8 on 1 and 6 degrees of freedom: p 0.030 alone, and three times that with Holm.
    told = sentences(grid((70, 71.3333, 70, 71.3333), noise=1.0))
    assert told[2] == (
        "**No effect of T shown**: averaged over alpha, the largest difference is 1.3 percentage points (p = "
        "0.090, F test with "
        "Holm's correction)."
    )
    # Beside two effects that are clear its question is the last one, and stands as it is.
    clear = sentences(grid((60, 70, 72 + 1.3333, 62 + 2.6667), noise=1.0))
    assert clear[2].startswith(
        "**No effect of T shown**: averaged over alpha, the largest difference is 0.7 percentage points"
    )
    assert [one.split("**")[1] for one in clear[3:]] == ["alpha matters", "What T does depends on alpha"]


def test_the_best_t_of_a_row_is_told_with_those_inside_the_margin():
    # The margin is 2.3 percentage points: at alpha 0.5 both are the best, at alpha 1 T 4 alone.
    told = sentences(grid((60, 61, 62, 80), noise=1.0))[-1]
    assert told.endswith(
        "at alpha 0.5 the best T, or one that is not significantly different, is 1 and 4; at alpha 1 it is 4."
    )
    lower = sentences(grid((60, 61, 62, 80), noise=1.0), metric="ECE")[-1]
    assert lower.endswith("is 1 and 4; at alpha 1 it is 1.")


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (
            79.0,
            "1 of 3 other cells is within 2.3 percentage points of it, and not significantly different (Tukey's "
            "test over 3 seeds): ",
        ),
        (
            77.0,
            "No other cell is within 2.3 percentage points of it: all are significantly worse (Tukey's test "
            "over 3 seeds).",
        ),
    ],
)
def test_a_cell_inside_the_margin_cannot_be_told_from_the_best(second, words):
    told = sentences(grid((60, 70, second, 80), noise=1.0))[1]
    assert told.startswith(words)
    assert told.endswith(("it carries a ≈.", "(Tukey's test over 3 seeds)."))


def test_one_seed_claims_no_effect_and_images_tell_of_chance():
    # 80 % of the 360 validation images of digits: √(0.8 · 0.2 / 360) is 2.108 percentage points, times q(0.95; 4,
    # ∞) = 3.633.
    told = sentences(
        {COLD_LOW: (0.6,), HOT_LOW: (0.74,), COLD_HIGH: (0.75,), HOT_HIGH: (0.8,)}, seeds=1, control=(0.5,)
    )
    assert told == (
        "Best validation accuracy: **T 4, alpha 1** with **80.0 %**; the control, labels alone, has 50.0 %. Being the "
        "best of 4, its number is a little too good.",
        "2 of 3 other cells are within 7.7 percentage points of it, and not significantly different (1 seed: "
        "only the number of images "
        "tells of chance): they carry a ≈.",
        *UNKNOWN,
    )


def test_each_measure_counts_the_images_that_it_was_measured_on():
    # The split is told by the task alone: no image is read for it.
    one = {place: values[1:2] for place, values in WINNER.items()}
    for metric, images in (("accuracy", 10_000), ("agreement", 2_500)):
        fake = SimpleNamespace(name="digits", counts=SimpleNamespace(valid=10_000, test=2_500))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(test_heat, "LAB", SimpleNamespace(catalog=SimpleNamespace(tasks=lambda fake=fake: (fake,))))
            found = seen(one, metric=metric, seeds=1, control=(0.5,)).judgement
        assert found.standing.margin == pytest.approx(3.633 * (0.8 * 0.2 / images) ** 0.5, rel=1e-3)


def test_two_seeds_have_a_p_but_are_not_believed():
    two = {place: values[:2] for place, values in WINNER.items()}
    assert sentences(two, seeds=2, control=CONTROL[:2])[2:] == UNKNOWN


def test_where_not_even_images_tell_of_chance_every_cell_is_marked():
    alone = {COLD_LOW: (0.3,), HOT_LOW: (0.2,), COLD_HIGH: (0.1,), HOT_HIGH: (0.05,)}
    found = seen(alone, metric="ECE", seeds=1, control=(0.4,))
    assert verdict.sentences(found)[1] == (
        "Fewer than three seeds do not show how much is chance: all other cells carry a ≈."
    )
    assert [cell.apart for cell in found.cells] == [False] * 4


def test_nats_are_better_where_they_are_fewer():
    told = sentences(
        grid((0.60, 0.70, 0.62, 0.80), noise=0.01, shift=0.01, unit=1), metric="NLL", control=(0.9, 1.0, 1.1)
    )
    assert told == (
        "Best negative log-likelihood: **T 1, alpha 0.5** with **0.600 ± 0.050 nats**; the control, labels alone, has "
        "1.000 ± 0.248 nats. Being the best of 4, its number is a little too good; seen on the test images it is a "
        "look, not a choice.",
        "1 of 3 other cells is within 0.023 nats of it, and not significantly different (Tukey's test over 3 "
        "seeds): it "
        "carries a ≈.",
        f"**T matters**: averaged over alpha, T 1 has the best mean (0.610 nats) and T 4 the worst (0.750 nats; "
        f"{SURE}).",
        "**alpha matters**: averaged over T, alpha 0.5 has the best mean (0.650 nats) and alpha 1 the worst (0.710 "
        f"nats; {SURE}).",
        f"**What T does depends on alpha** ({SURE}): at alpha 0.5 the best T, or one that is not significantly "
        f"different, is "
        "1; at alpha 1 it is 1.",
    )


@pytest.mark.parametrize(("metric", "look"), [("accuracy", False), ("agreement", True), ("ECE", True), ("NLL", True)])
def test_what_is_seen_on_test_images_is_a_look_and_no_choice(metric, look):
    first = sentences(WINNER, metric=metric)[0]
    assert first.endswith("; seen on the test images it is a look, not a choice.") is look
    assert "Being the best of 4, its number is a little too good" in first


def test_a_calibration_error_is_a_share_and_lower_is_better():
    told = sentences(grid((6, 7, 6.2, 8), noise=0.1), metric="ECE")
    assert told[0].startswith("Best calibration error: **T 1, alpha 0.5** with **6.0 % ± 0.2**;")
    assert "is within 0.2 percentage points of it" in told[1]


def test_of_one_alpha_no_effect_is_told():
    told = sentences({(T, 0.9): (v, v + 0.01, v + 0.01) for T, v in ((1.0, 0.6), (2.0, 0.7), (4.0, 0.8))})
    # Seeds do the same to all cells, so nothing is left to chance.
    assert told[2:] == (
        f"**T matters**: at alpha 0.9, T 4 has the best mean (80.7 %) and T 1 the worst (60.7 %; {SURE}).",
    )


def test_of_one_temperature_no_effect_is_told_either():
    told = sentences({(4.0, a): (v, v + 0.01, v + 0.01) for a, v in ((0.3, 0.6), (0.6, 0.7), (0.9, 0.8))})
    assert told[2:] == (
        f"**alpha matters**: at T 4, alpha 0.9 has the best mean (80.7 %) and alpha 0.3 the worst (60.7 %; {SURE}).",
    )


def test_cells_that_are_all_equal_show_nothing():
    told = sentences(dict.fromkeys(WINNER, (0.7, 0.7, 0.7)))
    assert told[1].startswith("All 3 other cells are within 0.0 percentage points of it")
    assert [one.split("**")[1] for one in told[2:]] == [
        "No effect of T shown",
        "No effect of alpha shown",
        "Not shown that what T does depends on alpha",
    ]


def test_without_a_control_the_best_is_still_called_too_good():
    assert sentences(WINNER, control=())[0] == (
        "Best validation accuracy: **T 4, alpha 1** with **80.0 % ± 2.5**. Being the best of 4, its number is a little "
        "too good."
    )


def test_of_a_part_of_a_grid_only_its_progress_is_told():
    part = {**WINNER, COLD_LOW: (None,) * 3, HOT_LOW: (0.7, None, None)}
    assert sentences(part) == (
        "7 of 12 runs are finished. The best cell and the effects can only be told of a whole grid.",
    )


@pytest.mark.parametrize(
    ("failed", "words"),
    [
        ({COLD_LOW: (0.6, "the *loss* is not finite", 0.6)}, "11 of 12 runs are finished; in 1 cell a run failed: "),
        (
            {COLD_LOW: ("the *loss* is not finite",) * 3, HOT_LOW: (None, 0.7, "the *loss* is not finite")},
            "7 of 12 runs are finished; in 2 cells a run failed: ",
        ),
    ],
)
def test_cells_that_failed_are_named_with_the_reason(failed, words):
    assert sentences({**WINNER, **failed}) == (
        rf"{words}The \*loss\* is not finite. The best cell and the effects can only be told of a whole grid.",
    )


def test_a_repetition_to_the_last_digit():
    assert verdict.both(seen(WINNER), seen(WINNER)) == (
        "Repeated here, the best cell is T 4, alpha 1 with 80.0 % ± 2.5; shipped it is T 4, alpha 1 with 80.0 % ± 2.5. "
        "Both grids agree to the last digit."
    )


@pytest.mark.parametrize(
    ("metric", "words"),
    [("accuracy", "within 12.0 percentage points in every cell"), ("NLL", "within 0.120 nats in every cell")],
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
    assert verdict.both(seen(WINNER), seen(part)) == (
        "Trained here: 9 of 12 runs are finished. The best cell and the effects can only be told of a whole grid."
    )
    failed = {**WINNER, COLD_LOW: ("it diverged",) * 3}
    assert verdict.both(seen(WINNER), seen(failed)).startswith(
        "Trained here: 9 of 12 runs are finished; in 1 cell a run failed: It diverged."
    )
