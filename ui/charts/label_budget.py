"""Accuracy against the number of labels: the lines of a chart, and what they show."""

from collections.abc import Sequence

import pandas as pd

from distill_core.spec import Experiment
from distill_core.templates.presets import default_experiment
from ui.charts.along import Point, Series
from ui.findings.facts import Estimate, Gap, Paragraph, gap
from ui.findings.lessons import LabelGain
from ui.findings.sentences import paragraphs
from ui.networks import style
from ui.text import words
from ui.text.language import _

__all__ = ["count", "drawn", "found", "gains", "label_series", "teachers"]


def _kinds(first: Experiment) -> dict[str, str]:
    """What students are called by their transfer sets."""
    return {student.transfer: student.name for student in first.students}


def label_series(
    summary: pd.DataFrame, counts: Sequence[float | None], *, dark: bool, first: Experiment | None = None
) -> list[Series]:
    """Control, both kinds of students, and the teacher, over the counts of labels; with every label both are one.

    ``counts`` are the places, those included that are not trained yet; None is every label. ``first``:
    the comparison whose students they are, and look like; the default one without it.
    """
    first = first or default_experiment()
    settings, kinds = {student.name: style.setting(student.model_dump()) for student in first.students}, _kinds(first)
    roles = {"control": "control", **dict.fromkeys(kinds.values(), "student"), "teacher": "teacher"}
    looks = style.looks(roles, dark=dark, settings=settings)
    taught = summary[(summary["role"] != "teacher") & summary["test_accuracy"].notna()]
    place = {count(labels): number for number, labels in enumerate(counts)}
    found = [("control", taught[taught["role"] == "control"])]
    for transfer, name in kinds.items():
        rows = taught[(taught["role"] == "student") & ((taught["transfer"] == transfer) | taught["labels"].isna())]
        found.append((name, rows))
    series = [
        Series(name=name, look=looks[name], points=drawn(rows, [place[count(labels)] for labels in rows["labels"]]))
        for name, rows in found
    ]
    return [*series, *teachers(summary, {"teacher": looks["teacher"]})]


def drawn(rows: pd.DataFrame, places: Sequence[int]) -> tuple[Point, ...]:
    numbers = zip(places, rows["test_accuracy"], rows["test_accuracy_half_width"], strict=True)
    points = [
        Point(place=at, mean=mean, half_width=None if pd.isna(half) else half)
        for at, mean, half in numbers
        if not pd.isna(mean)
    ]
    return tuple(sorted(points, key=lambda point: point.place))


def teachers(summary: pd.DataFrame, looks: dict[str, style.Look]) -> list[Series]:
    rows = summary[summary["role"] == "teacher"]
    return [
        Series(name=name, look=look, points=drawn(rows, [0]), level=True)
        for name, look in looks.items()
        if len(rows) == 1 and rows["test_accuracy"].notna().all()
    ]


def gains(summary: pd.DataFrame, first: Experiment | None = None) -> tuple[str, ...]:
    """The paragraphs of ``found``."""
    return paragraphs(found(summary, first))


def found(summary: pd.DataFrame, first: Experiment | None = None) -> tuple[Paragraph, ...]:
    """The gain over the control with the fewest labels, where it is largest, and with the most, for both kinds."""
    facts = []
    for transfer, name in _kinds(first or default_experiment()).items():
        rows = summary[(summary["role"] == "student") & summary["delta_points"].notna()]
        rows = rows[(rows["transfer"] == transfer) | rows["labels"].isna()].sort_values("labels", na_position="last")
        if len(rows) < 2:
            continue
        largest = rows["delta_points"].idxmax()
        shown = dict.fromkeys([rows.index[0], largest, rows.index[-1]])
        facts.append(tuple(_gain(name, rows.loc[place], largest=place == largest) for place in shown))
    return tuple(facts)


def _gain(kind: str, row: pd.Series, *, largest: bool) -> LabelGain:
    gained = gap(row.to_dict())
    labels = None if pd.isna(row["labels"]) else int(row["labels"])
    return LabelGain(kind=kind, labels=labels, gap=gained or Gap(points=Estimate(mean=0.0)), largest=largest)


def count(labels: float | None) -> str:
    return _("all") if labels is None or pd.isna(labels) else words.number(labels, grouped=True)
