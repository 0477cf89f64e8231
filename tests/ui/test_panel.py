"""A student is compared with its control seed by seed, and where they share none nothing is claimed."""

import pandas as pd
import pytest

from ui.screens.temperature import panel


def runs(values: dict[int, float], column: str = "valid_accuracy") -> pd.DataFrame:
    return pd.DataFrame({"seed": list(values), column: list(values.values())})


def test_seeds_are_paired_and_not_the_order_of_the_rows():
    # +3, +4 and +5 percentage points: mean 4, and 4.303 · 1 / √3 on each side. Unpaired it would be ± 24.
    student, control = runs({2: 0.85, 0: 0.63, 1: 0.74}), runs({0: 0.60, 1: 0.70, 2: 0.80})
    assert panel.deltas(student, control, "valid_accuracy") == "+4.0 ± 2.5 pp"


def test_a_loss_is_told_as_a_loss():
    assert panel.deltas(runs({0: 0.70}), runs({0: 0.72}), "valid_accuracy") == "−2.0 pp"


def test_no_difference_has_no_sign():
    same = runs({0: 0.7, 1: 0.8, 2: 0.9})
    assert panel.deltas(same, same, "valid_accuracy") == "0.0 ± 0.0 pp"


@pytest.mark.parametrize("seeds", [1, 2])
def test_under_three_seeds_there_is_no_interval(seeds):
    student, control = (dict.fromkeys(range(seeds), share) for share in (0.75, 0.70))
    assert panel.deltas(runs(student), runs(control), "valid_accuracy") == "+5.0 pp"


def test_only_seeds_that_both_have_are_compared():
    # Seed 9 would make it −20 percentage points.
    student, control = runs({0: 0.8, 9: 0.1}), runs({0: 0.7, 1: 0.5})
    assert panel.deltas(student, control, "valid_accuracy") == "+10.0 pp"


@pytest.mark.parametrize("control", [{}, {3: 0.7}])
def test_where_no_seed_is_shared_there_is_a_dash(control):
    assert panel.deltas(runs({0: 0.8}), runs(control), "valid_accuracy") == "–"


@pytest.mark.parametrize("column", panel.SHOWN)
def test_every_number_of_the_panel_is_compared_in_its_own_column(column):
    student = runs({0: 0.5}, column).assign(other=0.9)
    assert panel.deltas(student, runs({0: 0.4}, column).assign(other=0.1), column) == "+10.0 pp"


def test_a_difference_adds_up_with_the_numbers_beside_it():
    # 83.04 and 78.26 are read as 83.0 and 78.3.
    assert panel.deltas(runs({0: 0.8304}), runs({0: 0.7826}), "valid_accuracy") == "+4.78 pp"
