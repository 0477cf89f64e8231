import math

import numpy as np
import pytest

from distill_core.errors import InvalidSetting
from distill_core.evaluation.anova import compare_with_best, effects
from distill_core.evaluation.statistics import compare

Q_3_4 = 5.040  # 95 % point of the studentized range: 3 means, 4 degrees of freedom, from tables
Q_2_INF, Q_3_INF = 2.772, 3.314

# cell means 1, 3 / 5, 11; seeds shift all cells by ±10 and two of them by ±1 against each other
TABLE = np.array([[[12.0, -10.0], [12.0, -6.0]], [[15.0, -5.0], [21.0, 1.0]]])


def test_of_two_cells_the_margin_is_the_paired_t():
    cells = [[1.0, 2.0, 3.0], [0.0, 2.0, 1.0]]
    standing = compare_with_best(np.array(cells))
    paired = compare(dict(enumerate(cells[0])), dict(enumerate(cells[1])))
    assert (standing.best, standing.difference_K, standing.basis) == (0, (0.0, 1.0), "seeds")
    assert standing.margin == pytest.approx(paired.half_width)
    assert standing.apart_K == (False, False)


@pytest.mark.parametrize("gap", [2.9, 3.0])
def test_three_cells_by_hand(gap):
    # residuals of the first two cells: ±1, 0, ∓1; squares 4 on 4 degrees of freedom: s 1, margin q/√3 = 2.910
    cells = np.array([[11.0, 20, 29], [9, 20, 31], [10, 20, 30]]) - np.array([[0], [0], [gap]])
    standing = compare_with_best(cells)
    assert standing.margin == pytest.approx(Q_3_4 / math.sqrt(3), abs=1e-3)
    assert standing.difference_K == pytest.approx((0.0, 0.0, gap))
    assert standing.apart_K == (False, False, gap == 3.0)


def test_what_a_seed_does_to_all_cells_is_no_noise():
    cells = np.array([[1.0, 2.0, 3.0], [0.0, 2.0, 1.0], [0.5, 1.0, 0.5]])
    shifted = compare_with_best(cells + np.array([100.0, 0.0, -7.0]))
    assert shifted.margin == pytest.approx(compare_with_best(cells).margin)
    assert shifted.difference_K == pytest.approx(compare_with_best(cells).difference_K)


def test_where_lower_is_better_the_others_are_apart_above():
    cells = np.array([[0.5, 0.51, 0.52], [0.9, 0.91, 0.92], [0.5, 0.515, 0.515]])
    standing = compare_with_best(cells, higher_is_better=False)
    assert standing.best == 0
    assert standing.difference_K[1] == pytest.approx(-0.4)
    assert standing.apart_K == (False, True, False)


def test_without_spread_every_real_difference_counts_and_no_rounding_does():
    # 0.1 + 0.2 is not 0.3
    standing = compare_with_best(np.array([[0.1 + 0.2] * 3, [0.3] * 3, [0.2] * 3]))
    assert standing.margin == 0.0
    assert standing.apart_K == (False, False, True)


@pytest.mark.parametrize("seeds", [1, 2])
def test_under_three_seeds_the_images_speak(seeds):
    # p 0.8 of 400 images: standard error 0.02
    standing = compare_with_best(np.repeat([[0.8], [0.75], [0.7]], seeds, axis=1), images=400)
    assert standing.margin == pytest.approx(Q_3_INF * 0.02, rel=1e-3)
    assert standing.basis == "images"
    # two seeds see the same images, so they do not make the margin smaller
    assert standing.apart_K == (False, False, True)


def test_from_three_seeds_on_the_images_are_not_asked():
    cells = np.array([[0.8, 0.81, 0.8], [0.7, 0.72, 0.7]])
    assert compare_with_best(cells, images=10) == compare_with_best(cells)


@pytest.mark.parametrize(("best", "higher_is_better"), [(1.0, True), (0.0, False)])
def test_one_image_is_no_finding_where_the_best_has_no_error(best, higher_is_better):
    standing = compare_with_best(np.array([[best], [abs(best - 0.05)]]), higher_is_better=higher_is_better, images=20)
    assert standing.margin == pytest.approx(Q_2_INF * math.sqrt(20 / 21 / 21 / 20), rel=1e-3)
    assert standing.apart_K == (False, False)


def test_where_nothing_is_known_nothing_is_apart():
    standing = compare_with_best(np.array([[0.9, 0.9], [0.1, 0.1]]))
    assert (standing.margin, standing.apart_K) == (None, (False, False))


@pytest.mark.parametrize("values", [[[0.9]], [[0.9, 0.8, 0.7]]])
@pytest.mark.parametrize("images", [None, 100])
def test_a_single_cell_stands_alone(values, images):
    standing = compare_with_best(np.array(values), images=images)
    assert (standing.best, standing.difference_K, standing.margin, standing.apart_K) == (0, (0.0,), None, (False,))


def test_noise_rarely_looks_like_a_finding():
    # 12 equal cells; one family in twenty may err, and best against the rest errs less
    random = np.random.default_rng(0)
    found = [any(compare_with_best(random.normal(0, 1, (12, 3)) + random.normal(0, 5, 3)).apart_K) for _ in range(400)]
    assert sum(found) / 400 < 0.08


@pytest.mark.parametrize(
    ("values", "images", "said"),
    [
        (np.zeros(3), None, "shape (3,)"),
        (np.zeros((0, 3)), None, "shape (0, 3)"),
        (np.array([[0.5, math.nan]]), None, "NaN"),
        (np.array([[50.0], [60.0]]), 100, "got 50.0 to 60.0"),
        (np.array([[0.5], [0.6]]), 0, "got 0"),
    ],
)
def test_what_is_no_grid_is_refused(values, images, said):
    with pytest.raises(InvalidSetting) as refused:
        compare_with_best(values, images=images)
    assert said in str(refused.value)


def p_of_f_1_3(f):
    """Closed form: F on 1 and 3 degrees of freedom is the square of Student's t on 3."""
    x = math.sqrt(f / 3)
    return 1 - 2 / math.pi * (x / (1 + x * x) + math.atan(x))


def test_effects_by_hand():
    # squares: temperature 4 · (9 + 9) = 72, alpha 4 · (4 + 4) = 32, interaction 2 · 4 · 1 = 8; residual 4 on 3
    found = effects(TABLE)
    assert found.temperature.means == (2.0, 8.0)
    assert found.alpha.means == (3.0, 7.0)
    assert found.interaction.means == (1.0, -1.0, -1.0, 1.0)
    assert (found.temperature.spread, found.alpha.spread, found.interaction.spread) == (6.0, 4.0, 2.0)
    assert found.temperature.p_value == pytest.approx(p_of_f_1_3(72 * 3 / 4))
    assert found.alpha.p_value == pytest.approx(p_of_f_1_3(32 * 3 / 4))
    assert found.interaction.p_value == pytest.approx(p_of_f_1_3(8 * 3 / 4))


def p_values(found):
    return [found.temperature.p_value, found.alpha.p_value, found.interaction.p_value]


def test_a_shift_of_one_seed_changes_no_p():
    shifted = TABLE.copy()
    shifted[:, :, 1] += 33.3
    assert p_values(effects(shifted)) == pytest.approx(p_values(effects(TABLE)))


def test_degrees_of_freedom_of_a_larger_grid():
    from scipy.stats import f

    values = np.random.default_rng(0).normal(0, 1, (3, 4, 5))
    cells, grand = values.mean(axis=2), values.mean()
    squares = 4 * 5 * ((cells.mean(axis=1) - grand) ** 2).sum()
    residual = (values - cells[:, :, None] - values.mean(axis=(0, 1)) + grand).ravel()
    assert effects(values).temperature.p_value == pytest.approx(f.sf(squares / 2 / (residual @ residual / 44), 2, 44))


def test_an_additive_table_has_no_interaction():
    temperature, alpha, seed = np.array([0.1, 0.7]), np.array([0.2, 0.3, 0.9]), np.array([0.0, 0.01, 0.05])
    found = effects(temperature[:, None, None] + alpha[:, None] + seed)
    assert found.interaction.p_value == 1.0
    assert found.interaction.spread == pytest.approx(0, abs=1e-15)
    assert (found.temperature.p_value, found.alpha.p_value) == (0.0, 0.0)


def test_a_table_of_one_number_has_no_effect():
    assert p_values(effects(np.full((2, 2, 3), 0.1))) == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("values", "none"),
    [
        (TABLE[:, :, :1], [True, True, True]),
        (TABLE[:1], [True, False, True]),
        (TABLE[:, :1], [False, True, True]),
        (TABLE[:1, :1], [True, True, True]),
    ],
)
def test_without_seeds_or_levels_there_is_no_p(values, none):
    assert [p is None for p in p_values(effects(values))] == none


@pytest.mark.parametrize("values", [np.zeros((2, 3)), np.zeros((2, 0, 3)), np.full((1, 1, 1), np.inf)])
def test_what_is_no_table_is_refused(values):
    with pytest.raises(InvalidSetting, match="leave failed runs out"):
        effects(values)
