"""Values of a table that are missing by chance."""

from itertools import pairwise

import numpy as np
import pytest

from distill_core.errors import InvalidSetting
from distill_core.robustness.corruptions import corrupted, corrupted_rows, corruptions_of
from distill_core.tasks.table.rows import LabelledRows
from tests.own_tables import table_task

pytestmark = pytest.mark.anywhere

PART = LabelledRows(np.arange(4000, dtype=np.float32).reshape(400, 10), np.zeros(400, np.int64))


def missing(severity: int, seed: int = 0, part: LabelledRows = PART) -> np.ndarray:
    return np.isnan(corrupted_rows(part, "missing_values", severity, seed).values_NC)


def test_each_severity_takes_more_of_the_same_values() -> None:
    taken = [missing(severity) for severity in range(1, 6)]
    assert [round(float(one.mean()), 1) for one in taken] == pytest.approx([0.05, 0.15, 0.3, 0.5, 0.75], abs=0.06)
    assert all((more >= less).all() for less, more in pairwise(taken))


def test_what_is_taken_of_a_row_follows_from_seed_and_place_alone() -> None:
    assert (missing(3) != missing(3, seed=1)).any()
    part = LabelledRows(PART.values_NC[7:9], PART.labels_N[7:9])
    alone = corrupted_rows(part, "missing_values", 3, 0, places_N=np.array([7, 8])).values_NC
    np.testing.assert_array_equal(np.isnan(alone), missing(3)[7:9])
    assert not np.isnan(PART.values_NC).any()


def test_tables_have_this_one_and_images_do_not(tmp_path) -> None:
    assert [one.name for one in corruptions_of(table_task(tmp_path))] == ["missing_values"]
    with pytest.raises(InvalidSetting, match="one of kind image"):
        corrupted(np.zeros((1, 8, 8, 1), np.uint8), "missing_values", 1, 0)
