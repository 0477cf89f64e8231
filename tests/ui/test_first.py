"""Which seeds a repetition asks for."""

import pytest

from distill_core.templates.presets import default_experiment
from ui.jobs.first import more_seeds


@pytest.mark.parametrize(("seeds", "then"), [(1, 3), (2, 3), (3, 6), (19, 20), (20, 20)])
def test_three_at_first_then_three_more_up_to_twenty(seeds, then):
    again = more_seeds(default_experiment(seeds))
    assert {student.seeds for student in again.students} == {tuple(range(then))}
