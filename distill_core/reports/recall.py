"""Recall by class: a student beside its control."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from distill_core.lazy_torch import pd


def recall_gains(results: pd.DataFrame, student: str, control: str, classes: Sequence[str]) -> dict[str, list[float]]:
    """Recall of the student minus that of its control in percentage points: by class, a value for each seed of both."""
    of_student, of_control = _recalls(results, student), _recalls(results, control)
    seeds = sorted(of_student.keys() & of_control.keys())
    return {
        name: [100 * (of_student[seed][place] - of_control[seed][place]) for seed in seeds]
        for place, name in enumerate(classes)
        if seeds
    }


def _recalls(results: pd.DataFrame, name: str) -> dict[int, np.ndarray]:
    """By seed; without the runs whose row does not tell it."""
    rows = results[(results["student"] == name) & (results["state"] == "finished")]
    pairs = zip(rows["seed"], rows["per_class_recall"], strict=True)
    return {int(seed): np.asarray(recall) for seed, recall in pairs if isinstance(recall, list)}
