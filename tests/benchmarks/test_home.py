"""The home that ``benchmarks/many_runs.py`` asks: whatever a page compares there can be compared."""

from pathlib import Path

import pytest

from benchmarks.classroom import home as classroom
from distill_core.lab import Lab
from distill_core.reports.images import test_logits as logits_of


def test_a_teacher_that_is_older_than_its_students_answers_as_many_images(
    home: Path, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classroom, "LOOKED_INTO", 5)
    classroom.make(lab, 15)
    (job,) = lab.jobs(limit=1)
    runs = lab.reports.results([job.id])
    assert runs["role"].iloc[0] == "teacher"
    assert {len(logits_of(lab._store, run)) for run in runs["run_id"].iloc[[0, -1]]} == {classroom.IMAGES}
