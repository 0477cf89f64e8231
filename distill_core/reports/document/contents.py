"""What a document tells of some experiments."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from distill_core.decimals import fixed, signed
from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import pd
from distill_core.reports.results import metric_of
from distill_core.tasks.base import METRIC_TITLES

MOST = 50
ROLES = {"control": "control", "student": "student", "teacher": "teacher"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """An experiment of a document: its number, name, what it trains, note, and its specification."""

    job_id: str
    title: str
    subject: str
    note: str
    specification: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """``rows``: a row a network (``gathered``); ``runs``: one a run; ``curves``: long form; ``findings``: sentences."""

    experiments: tuple[Told, ...]
    rows: pd.DataFrame
    runs: pd.DataFrame
    curves: pd.DataFrame
    findings: tuple[str, ...]

    @property
    def title(self) -> str:
        first, *others = self.experiments
        return first.title + (f" and {len(others)} more" if others else "")

    @property
    def metric(self) -> str:
        """How the metric of the scores is called."""
        name = metric_of(self.rows)
        return METRIC_TITLES.get(name, name)


def check_count(count: int) -> None:
    """Raises InvalidSetting for no experiment, and for more than a document holds."""
    if not 1 <= count <= MOST:
        expected = said("1 to {most} experiments", MOST)
        raise InvalidSetting("a report", expected=expected, got=count, hint="choose some")


def plain_findings(rows: pd.DataFrame) -> tuple[str, ...]:
    """A sentence for each student with a score, the best one first."""
    students = rows[(rows["role"] == "student") & rows["test_accuracy"].notna()]
    ordered = students.sort_values("test_accuracy", ascending=False, kind="stable")
    metric = METRIC_TITLES.get(metric_of(rows), metric_of(rows))
    return tuple(_finding(row, metric) for row in ordered.to_dict("records"))


def share(value: Any, half_width: Any = None) -> str:
    """A score in %, with its interval where there is one; empty where it is missing."""
    if missing(value):
        return ""
    interval = "" if missing(half_width) else f" ± {fixed(100 * half_width, 1)}"
    return f"{fixed(100 * value, 1)} %{interval}"


def points(row: Mapping[Any, Any]) -> str:
    """The difference from the control, with its interval; empty without one."""
    delta, half = row["delta_points"], row["delta_half_width_points"]
    if missing(delta):
        return ""
    digits = int(row["delta_digits"])
    interval = "" if missing(half) else f" ± {fixed(half, digits)}"
    return f"{signed(delta, digits)}{interval}"


def missing(value: Any) -> bool:
    return value is None or value != value


def environments(runs: pd.DataFrame) -> Sequence[tuple[str, str]]:
    """What is known of the machines and versions of the runs: names with all values that occur."""
    found: dict[str, list[str]] = {}
    for entry in runs["environment"]:
        for name, value in (entry if isinstance(entry, dict) else {}).items():
            values = found.setdefault(str(name), [])
            if str(value) not in values:
                values.append(str(value))
    return [(name.replace("_", " "), "; ".join(values)) for name, values in found.items()]


def indented(specification: str) -> str:
    """A specification for readers."""
    return json.dumps(json.loads(specification), indent=2, ensure_ascii=False)


def _finding(row: Mapping[Any, Any], metric: str) -> str:
    reached = f"{row['student']} reaches {share(row['test_accuracy'], row['test_accuracy_half_width'])} {metric}"
    if not (against := points(row)):
        return f"{reached} on the test set."
    return f"{reached} on the test set, {against} points against its control: {row['verdict'] or 'no verdict'}."
