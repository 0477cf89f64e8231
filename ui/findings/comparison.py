"""What a finished comparison shows: what labels alone give, what distilling adds, what a student costs beside its
teacher."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from distill_core.tasks.base import Kind
from ui.findings import taken
from ui.findings.facts import Estimate, Fact, Gap, Latency, Paragraph, WhyApart, gap, known
from ui.text.alike import alike

__all__ = ["Cost", "LabelsAlone", "LatenciesApart", "OneSeed", "Pair", "Student", "Teacher", "found"]

MOST_STUDENTS = 2
ROLES = ("control", "student", "teacher")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsAlone:
    """A control; ``labels`` None are all."""

    kind: Kind
    labels: int | None
    accuracy: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    name: str
    accuracy: Estimate
    gap: Gap | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSeed:
    """McNemar's tests of single networks; ``compared``: of how many the p-values are corrected."""

    p_values: tuple[float, ...]
    compared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    labels: int | None
    accuracy: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A cost of a student and of its teacher."""

    own: float
    other: float

    @property
    def alike(self) -> bool:
        return alike(self.own, self.other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a student needs beside its teacher; None where that is not known or cannot be compared."""

    kind: Kind
    student: str
    size_bytes: Pair | None = None
    p50_ms: Pair | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LatenciesApart:
    """Latencies of a student and of its teacher that are told and not compared."""

    student: Latency
    teacher: Latency
    why: WhyApart


def found(summary: pd.DataFrame, kind: Kind) -> tuple[Paragraph, ...]:
    """Up to three paragraphs from ``Reports.summary`` of one experiment, whose task has examples of a ``kind``; what is
    missing there is left out.

    Where rows are left out, the column ``asked`` says how many p-values the experiment has.
    """
    done = summary[summary["test_accuracy"].notna()].sort_values("test_accuracy", ascending=False)
    # Once for all of them: a wide table takes long to be made of rows.
    rows = done.to_dict("records")
    controls, students, teachers = ([row for row in rows if row["role"] == role] for role in ROLES)
    paragraphs = (_labels_alone(controls, kind), _students(students, done), _teacher(teachers, students, kind))
    return tuple(paragraph for paragraph in paragraphs if paragraph)


def accuracy(row: Row) -> Estimate:
    return Estimate.of(row["test_accuracy"], row["test_accuracy_half_width"])


def labels(row: Row) -> int | None:
    count = known(row["labels"])
    return None if count is None else int(count)


def _labels_alone(controls: Sequence[Row], kind: Kind) -> Paragraph:
    return tuple(LabelsAlone(kind=kind, labels=labels(row), accuracy=accuracy(row)) for row in controls[:1])


def _students(students: Sequence[Row], done: pd.DataFrame) -> Paragraph:
    rows = students[:MOST_STUDENTS]
    told: list[Fact] = [Student(name=row["student"], accuracy=accuracy(row), gap=gap(row)) for row in rows]
    # With one seed the p-value is McNemar's over the test set.
    p_values = tuple(row["p_value"] for row in rows if row["verdict_seeds"] == 1 and not pd.isna(row["p_value"]))
    if p_values:
        asked = rows[0]["asked"] if "asked" in done else done["p_value"].notna().sum()
        told.append(OneSeed(p_values=p_values, compared=int(asked)))
    return tuple(told)


def _teacher(teachers: Sequence[Row], students: Sequence[Row], kind: Kind) -> Paragraph:
    if not (teachers and students):
        return ()
    teacher, student = teachers[0], students[0]
    reached = Teacher(labels=labels(teacher), accuracy=accuracy(teacher))
    return (reached, *_cost(student, teacher, kind), *_apart(student, teacher))


def _cost(student: Row, teacher: Row, kind: Kind) -> Paragraph:
    size, latency = _pair(student, teacher, "onnx_bytes"), _pair(student, teacher, "p50_ms")
    latency = latency if taken.together(student, teacher) else None
    cost = Cost(kind=kind, student=student["student"], size_bytes=size, p50_ms=latency)
    return (cost,) if size or latency else ()


def _pair(student: Row, teacher: Row, column: str) -> Pair | None:
    own, other = known(student[column]), known(teacher[column])
    return None if own is None or other is None else Pair(own=own, other=other)


def _apart(student: Row, teacher: Row) -> Paragraph:
    own, other = (taken.latency(row) for row in (student, teacher))
    why = taken.why_not(student, teacher)
    return (LatenciesApart(student=own, teacher=other, why=why),) if own and other and why else ()
