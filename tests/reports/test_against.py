"""One student beside another is judged as it is judged beside its control."""

import numpy as np
import pandas as pd
import pytest

from distill_core.reports.summary import against, one_network

# Three seeds: 2 points more at each, with a spread of 1; t on 2 degrees of freedom.
HALF = 4.303 / 3**0.5


def rows(
    student: str, *accuracies: float | None, role: str = "student", trainings: int | None = None
) -> list[dict[str, object]]:
    return [
        {"student": student, "role": role, "seed": seed, "run_id": f"{student}/{seed}", "test_accuracy": accuracy}
        | {"state": "failed" if accuracy is None else "finished", "trainings": trainings}
        for seed, accuracy in enumerate(accuracies)
    ]


def judged(*them: list[dict[str, object]], right: object = pytest.fail) -> pd.DataFrame:
    table = pd.DataFrame([row for each in them for row in each])
    return against(table, "KD", right).set_index("student")  # type: ignore[arg-type]


KD = rows("KD", 0.80, 0.82, 0.84)
OTHERS = (rows("teacher", 0.95, role="teacher"), rows("control", 0.7, 0.7, 0.7, role="control"))


def test_a_row_a_student_with_its_paired_difference() -> None:
    found = judged(*OTHERS, KD, rows("DKD", 0.81, 0.84, 0.87))
    assert list(found.index) == ["DKD"]
    assert found.loc["DKD", "delta_points"] == pytest.approx(2.0)
    assert found.loc["DKD", "delta_half_width_points"] == pytest.approx(HALF, abs=1e-3)
    assert found.loc["DKD", "verdict"] == "no difference shown"


def test_holm_counts_the_students_that_are_compared() -> None:
    better = rows("A", 0.90, 0.921, 0.939)
    alone, beside = judged(KD, better), judged(KD, better, rows("B", 0.81, 0.83, 0.86), rows("C", 0.79, 0.83, 0.84))
    assert alone.loc["A", "verdict"] == "better"
    assert beside.loc["A", "p_value"] == pytest.approx(3 * alone.loc["A", "p_value"])


def test_what_is_worse_is_said_to_be_worse() -> None:
    assert judged(KD, rows("A", 0.70, 0.721, 0.739)).loc["A", "verdict"] == "worse"


def test_one_seed_is_judged_over_the_test_images() -> None:
    images = {"KD/0": np.array([True] * 10 + [False] * 10), "A/0": np.array([True] * 20)}
    found = judged(rows("KD", 0.5), rows("A", 1.0), right=images.__getitem__)
    assert found.loc["A", "verdict"] == "one seed: these two networks, better"
    assert found.loc["A", "p_value"] == pytest.approx(2 / 2**10)


def test_two_networks_that_every_seed_repeats_are_judged_once() -> None:
    images = {"KD/0": np.array([True] * 10 + [False] * 10), "A/0": np.array([True] * 20)}
    pair = rows("KD", 0.5, 0.5, 0.5, trainings=0), rows("A", 1.0, 1.0, 1.0, trainings=0)
    found = judged(*pair, right=images.__getitem__)
    assert found.loc["A", "verdict"] == "one seed: these two networks, better"
    assert found.loc["A", "p_value"] == pytest.approx(2 / 2**10)
    assert np.isnan(found.loc["A", "delta_half_width_points"])
    # Beside one that was trained there is a sample.
    trained = judged(KD, pair[1])
    assert (trained.loc["A", "verdict_seeds"], trained.loc["A", "delta_half_width_points"] > 0) == (3, True)


def test_what_each_seed_repeats_is_one_network() -> None:
    """Not what was trained, nor what a step that draws at random made of it, nor what failed."""
    same, drawn = rows("KD", 0.5, 0.5, None, trainings=0), rows("A", 0.5, 0.6, trainings=0)
    table = pd.DataFrame([*same, *drawn, *rows("B", 0.5, 0.5, trainings=1)])
    assert one_network(table) == {"KD/0", "KD/1"}


def test_two_seeds_are_too_few() -> None:
    assert judged(rows("KD", 0.5, 0.5), rows("A", 0.9, 0.9)).loc["A", "verdict"] == "too few seeds"


def test_a_student_without_a_shared_finished_seed_has_no_difference() -> None:
    found = judged(rows("KD", None, 0.8), rows("A", 0.9, None))
    assert found.loc["A"].isna().all()


def test_without_the_other_nothing_is_compared() -> None:
    assert judged(rows("A", 0.9, 0.9, 0.9))["delta_points"].isna().all()
