"""Which stored experiments this lab can read: not those that name something that it does not know."""

from collections.abc import Mapping
from typing import Any

import pytest

from distill_core.errors import CorruptFile
from distill_core.planning.resolve import resolve_experiment
from distill_core.reports.readable import experiment_of, is_readable
from distill_core.spec import Experiment
from distill_core.store import JobRecord
from distill_core.tasks import TASKS
from tests.quick import experiment, student
from tests.records import job_record


def job(full: Experiment) -> JobRecord:
    return job_record("a1", full.to_json())


def test_what_this_lab_wrote_can_be_read() -> None:
    full = resolve_experiment(experiment())
    assert is_readable(job(full), TASKS)
    assert experiment_of(job(full), TASKS) == full


@pytest.mark.parametrize(
    "of_student",
    [
        {"architecture": "nowhere"},
        {"method": "nowhere"},
        {"also": [{"method": "nowhere"}]},
        {"start": {"source": "teacher", "change": {"step": "nowhere"}}},
        {"scene": {"corruption": "nowhere"}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_name_that_this_lab_does_not_know_makes_an_experiment_unreadable(of_student: Mapping[str, Any]) -> None:
    """As of a newer lab: one page after the other would fail at it."""
    foreign = job(experiment(student("pupil", **of_student)))
    assert not is_readable(foreign, TASKS)
    with pytest.raises(CorruptFile, match=r"'a1' cannot be read by this lab: .*'nowhere'.*; delete it on Home"):
        experiment_of(foreign, TASKS)
