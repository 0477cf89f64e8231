"""The cells of a grid are the stored runs, and a part of a grid is no comparison."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from distill_core.evaluation.anova import compare_with_best, effects
from distill_core.reports.grid_cells import METRICS, GridCell, cells_of_grid, judge
from distill_core.spec import Student
from distill_core.templates.grid import Grid
from tests.reports.conftest import Swept

VALID = METRICS["valid_accuracy"]
GRID = Grid(
    temperatures=(1.0, 4.0), alphas=(0.5, 0.9), seeds=(0, 1, 2), student=Student(name="a", architecture="resnet8")
)


def row(T: float, alpha: float, seed: int, value: float | None, **changes: Any) -> dict[str, Any]:
    plain = {
        "student": f"T {T:g}, alpha {alpha:g}",
        "role": "student",
        "state": "finished",
        "run_id": f"{T}{alpha}{seed}",
    }
    return {**plain, "temperature": T, "alpha": alpha, "seed": seed, "valid_accuracy": value, **changes}


# Lowest at T 1 with alpha 0.5, highest at T 4 with alpha 0.9.
ROWS = [
    row(T, alpha, seed, value + seed / 100)
    for (T, alpha), value in {(4.0, 0.9): 0.8, (1.0, 0.5): 0.5, (4.0, 0.5): 0.6, (1.0, 0.9): 0.7}.items()
    for seed in (2, 0, 1)
]


def but(**changes: Any) -> pd.DataFrame:
    """The rows with the one of T 4, alpha 0.5 and seed 1 changed."""
    chosen = {"temperature": 4.0, "alpha": 0.5, "seed": 1}
    return pd.DataFrame([{**one, **changes} if chosen.items() <= one.items() else one for one in ROWS])


def without(T: float, alpha: float, *seeds: int) -> pd.DataFrame:
    return pd.DataFrame(
        [one for one in ROWS if (one["temperature"], one["alpha"]) != (T, alpha) or one["seed"] not in seeds]
    )


def test_the_cells_are_the_stored_runs_to_the_last_digit(swept: Swept) -> None:
    results = swept.lab.reports.results([swept.job])
    store = swept.lab._store
    agreed = results.set_index("run_id")["agreement"]
    for metric in METRICS.values():
        found = cells_of_grid(results, metric)
        assert [(one.temperature, one.alpha) for one in found] == [(1, 0.5), (4, 0.5), (1, 0.9), (4, 0.9)]
        for one in found:
            runs = [store.run(run_id) for run_id in one.runs]
            assert list(one.by_seed.items()) == [
                (run.seed, agreed[run.id] if metric.column == "agreement" else run.scores[metric.column])
                for run in runs
            ]
            assert [run.seed for run in runs] == [0, 1, 2]
            assert {(run.temperature, run.alpha, run.role) for run in runs} == {(one.temperature, one.alpha, "student")}
            assert {run.student for run in runs} == {one.student}


def test_the_judgement_of_stored_runs_is_that_of_their_numbers(swept: Swept) -> None:
    results = swept.lab.reports.results([swept.job])
    for metric in METRICS.values():
        found = judge(cells_of_grid(results, metric), swept.grid, metric, images=360)
        assert found is not None
        taught = results[results["role"] == "student"]
        by_cell = taught.pivot_table(index="seed", columns=["temperature", "alpha"], values=metric.column)
        best = by_cell.mean().idxmax() if metric.higher_is_better else by_cell.mean().idxmin()
        chosen = found.cells[found.standing.best]
        assert (chosen.temperature, chosen.alpha) == best
        means_T = [by_cell[T].to_numpy().mean() for T in (1.0, 4.0)]
        assert found.effects.temperature.means == pytest.approx(means_T)
        means_A = [by_cell.xs(alpha, axis=1, level="alpha").to_numpy().mean() for alpha in (0.5, 0.9)]
        assert found.effects.alpha.means == pytest.approx(means_A)


def test_the_control_and_the_teacher_are_no_cells(swept: Swept) -> None:
    results = swept.lab.reports.results([swept.job])
    taught = set(results.loc[results["role"] == "student", "run_id"])
    assert {run for one in cells_of_grid(results, VALID) for run in one.runs} == taught
    assert len(taught) == 12


def test_cells_come_alpha_by_alpha_whatever_the_order_of_the_rows() -> None:
    found = cells_of_grid(pd.DataFrame(ROWS), VALID)
    assert [(one.alpha, one.temperature) for one in found] == [(0.5, 1), (0.5, 4), (0.9, 1), (0.9, 4)]
    assert found[1] == GridCell(
        temperature=4.0,
        alpha=0.5,
        student="T 4, alpha 0.5",
        by_seed={0: 0.6, 1: 0.61, 2: 0.62},
        runs=("4.00.50", "4.00.51", "4.00.52"),
    )
    mean = found[1].mean
    assert mean is not None
    assert (mean.mean, mean.count) == (pytest.approx(0.61), 3)
    # 4.302653 is the 97.5 % quantile of Student's t with 2 degrees of freedom; the deviation is 0.01.
    assert mean.half_width == pytest.approx(4.302653 * 0.01 / np.sqrt(3), rel=1e-6)


def test_a_whole_grid_is_judged_on_its_own_table() -> None:
    found = judge(cells_of_grid(pd.DataFrame(ROWS), VALID), GRID, VALID, images=1_000)
    assert found is not None
    values_KS = np.array([[0.5], [0.6], [0.7], [0.8]]) + np.array([0, 0.01, 0.02])
    assert found.standing == compare_with_best(values_KS, images=1_000)
    assert found.standing.best == 3
    assert found.effects.temperature.means == pytest.approx((0.61, 0.71))
    assert found.effects.alpha.means == pytest.approx((0.56, 0.76))
    values_TAS = np.stack([values_KS[[0, 2]], values_KS[[1, 3]]])
    assert found.effects == effects(values_TAS)


@pytest.mark.parametrize(
    "results",
    [
        without(4.0, 0.5, 1),
        without(4.0, 0.5, 0, 1, 2),
        but(state="failed", valid_accuracy=None),
        but(seed=3),
        pd.DataFrame(ROWS[:3]),
        pd.DataFrame(ROWS[:0], columns=list(ROWS[0])),
    ],
    ids=["a seed missing", "a cell missing", "a run failed", "another seed", "one cell", "nothing yet"],
)
def test_a_part_of_a_grid_is_not_judged(results: pd.DataFrame) -> None:
    found = cells_of_grid(results, VALID)
    assert judge(found, GRID, VALID, images=1_000) is None


def test_a_failed_run_does_not_count_and_its_cell_is_shown_with_the_others() -> None:
    # A number that a failed run has left behind, too.
    found = cells_of_grid(but(state="failed", valid_accuracy=0.99), VALID)
    assert len(found) == 4
    assert (found[1].by_seed, found[1].runs) == ({0: 0.6, 2: 0.62}, ("4.00.50", "4.00.52"))
    mean = found[1].mean
    assert mean is not None
    assert (mean.mean, mean.half_width, mean.count) == (pytest.approx(0.61), None, 2)


def test_a_cell_of_which_every_run_failed_is_not_there() -> None:
    rows = [one | {"state": "failed"} if one["temperature"] == 4.0 else one for one in ROWS]
    assert [one.temperature for one in cells_of_grid(pd.DataFrame(rows), VALID)] == [1.0, 1.0]


def test_a_cell_before_its_first_run_has_no_mean() -> None:
    assert GridCell(temperature=1.0, alpha=0.5, student="a", by_seed={}, runs=()).mean is None


def test_the_metrics_know_their_direction_their_unit_and_their_images() -> None:
    known = {one.column: (one.higher_is_better, one.share, one.split) for one in METRICS.values()}
    assert known == {
        "valid_accuracy": (True, True, "validation"),
        "agreement": (True, True, "test"),
        "ece": (False, True, "test"),
        "nll_nats": (False, False, "test"),
    }
    assert list(METRICS) == list(known)


def test_where_lower_is_better_the_lowest_is_best() -> None:
    table = pd.DataFrame([{**one, "ece": one["valid_accuracy"]} for one in ROWS])
    found = judge(cells_of_grid(table, METRICS["ece"]), GRID, METRICS["ece"], images=1_000)
    assert found is not None
    assert found.standing.best == 0
    assert all(difference <= 0 for difference in found.standing.difference_K)


@pytest.mark.parametrize(
    ("column", "basis"),
    [("valid_accuracy", "images"), ("agreement", "images"), ("ece", "seeds"), ("nll_nats", "seeds")],
)
def test_with_one_seed_only_shares_of_images_tell_of_chance(column: str, basis: str) -> None:
    grid = Grid(temperatures=GRID.temperatures, alphas=GRID.alphas, seeds=(0,), student=GRID.student)
    table = pd.DataFrame([{**one, column: one["valid_accuracy"]} for one in ROWS if one["seed"] == 0])
    found = judge(cells_of_grid(table, METRICS[column]), grid, METRICS[column], images=1_000)
    assert found is not None
    assert found.standing.basis == basis
    assert (found.standing.margin is None) == (basis == "seeds")
    assert any(found.standing.apart_K) == (basis == "images")
    assert found.effects.temperature.p_value is None
