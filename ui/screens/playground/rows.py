"""Rows of a table for the Playground: what its columns are called, and some test rows to begin with."""

from typing import Any

import numpy as np

from distill_core.lab import Lab
from distill_core.tasks import Task

__all__ = ["told"]

MOST_ROWS = 20


def told(lab: Lab, task: Task) -> dict[str, Any]:
    """``columns``: names, categories and the range in training; ``rows``: values, null where one is missing, with the
    label, classes in turn."""
    test = lab.catalog.parts(task.name).test
    columns = [
        {"name": one.name, "categories": list(one.categories), "low": one.low, "high": one.high} for one in task.columns
    ]
    rows = [{"values": _plain(test.values_NC[at]), "label": int(test.labels_N[at])} for at in _in_turn(test.labels_N)]
    return {"columns": columns, "rows": rows}


def _in_turn(labels_N: np.ndarray) -> list[int]:
    """The first examples of all classes, then the second ones."""
    ranks_N = np.zeros(len(labels_N), np.int64)
    for label in np.unique(labels_N):
        ranks_N[labels_N == label] = np.arange(int((labels_N == label).sum()))
    order: list[int] = np.lexsort((labels_N, ranks_N))[:MOST_ROWS].tolist()
    return order


def _plain(values_C: np.ndarray) -> list[float | None]:
    """As they were read: the shortest number that is the same in 32 bits."""
    return [None if np.isnan(value) else float(str(value)) for value in values_C]
