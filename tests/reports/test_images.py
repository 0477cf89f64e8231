"""Which images are shown where two networks differ."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from distill_core.reports import images
from distill_core.tasks import TaskCatalog


def test_of_two_very_sure_networks_the_surest_pairs_come_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of these probabilities are 1 in float64; only their logits tell them apart."""
    teacher = np.zeros((360, 10), np.float32)
    teacher[:, 0] = 100
    student = teacher.copy()
    for place, sure in ((3, 100), (7, 400), (9, 200)):
        teacher[place, 0], student[place, 0], student[place, 1] = 500, 0, sure
    said = {"student": student, "teacher": teacher}
    monkeypatch.setattr(images, "test_logits", lambda store, run_id: said[run_id])
    store: Any = SimpleNamespace(run=lambda run_id: SimpleNamespace(task="digits"))
    shown = images.disagreements(store, TaskCatalog(home), "student", "teacher", limit=5)
    assert [one.index for one in shown] == [7, 9, 3]
    assert {(one.teacher_class, one.student_class) for one in shown} == {(0, 1)}
    # Of a teacher that ships only the first answers are kept.
    said["teacher"] = teacher[:8]
    shown = images.disagreements(store, TaskCatalog(home), "student", "teacher", limit=5)
    assert [one.index for one in shown] == [7, 3]
