"""What a chart of accuracy against a cost shows: the Pareto front, the networks whose interval reaches it, the students
that lose, the networks without an interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from distill_core.reports.results import metric_of
from distill_core.tasks.base import Kind
from ui.findings import comparison, disturbed, taken
from ui.findings.facts import Gap, Paragraph, gap

__all__ = ["Losers", "Member", "Near", "NoInterval", "OnFront", "found"]

SEEDS = 3
MOST_MEMBERS, MOST_NEAR = 4, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A network on the front, with its cost in the unit of its column."""

    name: str
    cost: float
    accuracy: float
    disturbed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OnFront:
    """``more`` members are only counted. ``column`` is the cost of the chart."""

    members: tuple[Member, ...]
    more: int
    column: str
    metric: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Networks whose interval reaches the front."""

    names: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Losers:
    """Students that are worse than their control."""

    gaps: tuple[tuple[str, Gap], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoInterval:
    """Networks without an interval; None: that is all of them."""

    networks: int | None


def found(rows: pd.DataFrame, kind: Kind, column: str, taken_column: str = "") -> tuple[Paragraph, ...]:
    """A paragraph for each thing that the chart shows.

    ``rows`` is ``Reports.summary`` with ``on_front`` and ``near_front`` for this cost, and ``kind`` what the task's
    examples are; ``taken_column``: which column tells what disturbed it, where it is a latency.
    """
    shown = (
        _front(rows, column, taken_column),
        disturbed.found(rows, taken_column) if taken_column else (),
        _near(rows),
        _losers(rows),
        _bare(rows),
    )
    return (*comparison.found(_compared(rows), kind)[:2], *(paragraph for paragraph in shown if paragraph))


def _compared(rows: pd.DataFrame) -> pd.DataFrame:
    """The best student, its control, who shares that control, and the teachers: the first paragraphs compare these."""
    students = rows[rows["role"] == "student"].sort_values("test_accuracy", ascending=False)
    if students.empty:
        return rows
    best = students.iloc[0]
    beside = (rows["student"] == best["control"]) | (rows["control"] == best["control"])
    return rows[(rows["student"] == best["student"]) | beside | (rows["role"] == "teacher")]


def _front(rows: pd.DataFrame, column: str, taken_column: str) -> Paragraph:
    columns = ["student", column, "test_accuracy", *({taken_column} & {*rows})]
    front = rows.loc[rows["on_front"], columns].sort_values(column).to_dict("records")
    if not front:
        return ()
    shown = _few(front, MOST_MEMBERS)
    members = tuple(
        Member(
            name=row["student"],
            cost=float(row[column]),
            accuracy=float(row["test_accuracy"]),
            disturbed=bool(taken_column) and taken.is_disturbed(row.get(taken_column)),
        )
        for row in shown
    )
    return (OnFront(members=members, more=len(front) - len(shown), column=column, metric=metric_of(rows)),)


def _few(them: Sequence, most: int) -> Sequence:
    """All of them, or one fewer than there is room for, since the others are counted there."""
    return them if len(them) <= most else them[: most - 1]


def _near(rows: pd.DataFrame) -> Paragraph:
    near = list(rows[rows["near_front"]]["student"])
    shown = _few(near, MOST_NEAR)
    return (Near(names=tuple(shown), more=len(near) - len(shown)),) if near else ()


def _losers(rows: pd.DataFrame) -> Paragraph:
    worse = rows["direction"] == "worse"
    found = [(row["student"], gap(row)) for row in rows[worse].to_dict("records")] if worse.any() else []
    lost = tuple((name, behind) for name, behind in found if behind)
    return (Losers(gaps=lost),) if lost else ()


def _bare(rows: pd.DataFrame) -> Paragraph:
    own = rows["role"] != "teacher"
    few = int((own & (rows["seeds"] < SEEDS)).sum())
    return (NoInterval(networks=None if few == own.sum() else few),) if few else ()
