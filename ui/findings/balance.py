"""How the gradients of the soft and of the hard loss compare while a network trains."""

from dataclasses import dataclass

import pandas as pd

__all__ = ["Balance", "Beyond", "Shown", "found"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """``ratio``: the norm of the soft loss's gradient by that of the hard loss; ``cosine`` of the two."""

    student: str
    ratio: float
    cosine: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """Points that a chart has no room for."""

    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a chart of gradients shows."""

    students: tuple[str, ...]


def found(insights: pd.DataFrame) -> tuple[Balance, ...]:
    """A fact for each student whose parts are both weighted, from the second half of its training.

    ``insights`` is the long table of ``Reports.insights``.
    """
    facts = []
    for student, rows in insights.groupby("student", sort=False):
        late = rows[rows["update"] > rows["update"].max() / 2]
        medians = late.groupby("kind")["value"].median()
        if {"ratio", "cosine"} <= set(medians.index):
            facts.append(Balance(student=str(student), ratio=medians["ratio"], cosine=medians["cosine"]))
    return tuple(facts)
