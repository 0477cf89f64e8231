"""What the networks of one experiment did on disturbed examples: a row a run and cell, and means over seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from distill_core.evaluation.statistics import interval
from distill_core.lab import JobView, Lab
from distill_core.reports.results import metric_of
from distill_core.reports.summary import one_network
from distill_core.tasks import Task
from distill_core.tasks.base import Kind
from ui.charts import Dot, Point, Series
from ui.kept import derived, kept
from ui.networks import style
from ui.networks.style import Look
from ui.text import words
from ui.text.language import _, ngettext_by_kind

__all__ = [
    "CLEAN",
    "SEVERITIES",
    "Cell",
    "Trials",
    "along_severity",
    "by_seed",
    "gather",
    "of_corruptions",
    "of_strengths",
]

Cell = tuple[str, float]
CLEAN = "clean"
SEVERITIES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """``summary`` is the lab's, a row a network. ``rows`` are the lab's trials with ``student`` and ``seed``:
    ``disturbance``, ``strength``, ``images``, ``accuracy``, ``ece``, ``nll_nats``. ``stamp`` changes with the
    numbers. ``images``: how many test examples each trial took; 0 where they differ. ``left_out``: the runs that came
    without a file to test; ``without_weights``: those that cannot be attacked; ``repeated``: the networks that each
    seed repeats."""

    job: JobView
    task: Task
    summary: pd.DataFrame
    results: pd.DataFrame
    rows: pd.DataFrame
    looks: Mapping[str, Look]
    stamp: tuple[Any, ...]
    images: int = 0
    left_out: frozenset[str] = frozenset()
    without_weights: frozenset[str] = frozenset()
    repeated: frozenset[str] = frozenset()

    @property
    def kind(self) -> Kind:
        """What the test examples are."""
        return self.task.kind

    @property
    def metric(self) -> str:
        """What the scores are in: the task's own metric, which the trials keep as ``accuracy``."""
        return metric_of(self.summary)

    @property
    def finished(self) -> dict[str, list[str]]:
        """The runs of each finished network."""
        rows = zip(self.summary["student"], self.summary["run_ids"], strict=True)
        return {student: run_ids for student, run_ids in rows if run_ids}

    @property
    def with_file(self) -> dict[str, list[str]]:
        """The runs of each network that came with a file to test."""
        there = {name: [run for run in runs if run not in self.left_out] for name, runs in self.finished.items()}
        return {name: runs for name, runs in there.items() if runs}

    @property
    def run_ids(self) -> list[str]:
        """All finished runs: teacher, controls, students."""
        return [run for runs in self.finished.values() for run in runs]

    @property
    def roles(self) -> dict[str, str]:
        return dict(zip(self.summary["student"], self.summary["role"], strict=True))

    @property
    def controls(self) -> dict[str, str]:
        """The control of each student that has one."""
        students = self.summary[self.summary["role"] == "student"]
        return {
            row["student"]: row["control"] for row in students.to_dict("records") if isinstance(row["control"], str)
        }

    @property
    def most_images(self) -> int:
        """How many test examples there are."""
        known = self.summary["test_images"].dropna()
        return int(known.max()) if len(known) else 0

    @property
    def counted(self) -> str:
        """On which of the test examples."""
        if not 0 < self.images < self.most_images:
            return ngettext_by_kind(
                self.kind, "all {count} test {example}", "all {count} test {examples}", self.most_images
            )
        return ngettext_by_kind(
            self.kind,
            "the first {images} of the {count} test {example}",
            "the first {images} of the {count} test {examples}",
            self.most_images,
            images=words.number(self.images, grouped=True),
        )

    def counts(self, offered: Sequence[int], cells: Sequence[Cell], first: int) -> tuple[list[int], int]:
        """How many examples a test may take, of these and of all there are; and how many most of the trials in these
        cells took, or ``first`` where there is none."""

        def count() -> tuple[list[int], int]:
            most = min(offered[-1], self.most_images)
            found = [number for number in offered if number < most] + [most]
            asked = set(cells) - {(CLEAN, 0)}
            here = [cell in asked for cell in zip(self.rows["disturbance"], self.rows["strength"], strict=True)]
            taken = self.rows.loc[here, "images"]
            known = taken[taken.isin(found)]
            return found, int(known.mode().max()) if len(known) else min(first, most)

        found, usual = derived(self.rows, "counts", count, tuple(offered), tuple(cells), first)
        return list(found), usual

    def on(self, images: int) -> "Trials":
        """The trials on so many examples alone."""
        rows = derived(self.rows, "on", lambda: self.rows[self.rows["images"] == images], images)
        return replace(self, rows=rows, images=images, stamp=(*self.stamp, images))

    def lacking(self, cells: Sequence[Cell], runs: Sequence[str] | None = None) -> list[str]:
        """The runs, by default all finished ones, that were not tested in all of these cells."""

        def find() -> list[str]:
            there = set(zip(self.rows["run_id"], self.rows["disturbance"], self.rows["strength"], strict=True))
            testable = [run for run in asked if run not in self.left_out]
            return [run for run in testable if any((run, *cell) not in there for cell in cells)]

        asked = self.run_ids if runs is None else runs
        return list(derived(self.rows, "lacking", find, tuple(cells), tuple(asked), self.left_out))

    def whole(self, cells: Sequence[Cell], runs: Sequence[str] | None = None) -> "tuple[Trials, list[str]]":
        """The trials without those of ``runs`` (all by default) that lack a cell which another one of them has, so
        that all means are over the same cells; and the names of who is left out, with their seeds."""

        def find() -> tuple[pd.DataFrame, list[str], list[str]]:
            of_them = self.rows[self.rows["run_id"].isin(asked)]
            there = set(zip(of_them["disturbance"], of_them["strength"], strict=True))
            if not there - {(CLEAN, 0)}:
                return self.rows, [], []
            out = self.lacking([cell for cell in cells if cell in there], asked)
            return self.rows[~self.rows["run_id"].isin(out)], out, self._called(out)

        asked = self.run_ids if runs is None else list(runs)
        rows, out, called = derived(self.rows, "whole", find, tuple(cells), tuple(asked), self.left_out)
        return replace(self, rows=rows, stamp=(*self.stamp, *out)), list(called)

    def _called(self, runs: Sequence[str]) -> list[str]:
        known = self.results.drop_duplicates("run_id").set_index("run_id")
        return [_("{student} with seed {seed}", **known.loc[run, ["student", "seed"]].to_dict()) for run in runs]


def gather(lab: Lab, job: JobView) -> Trials:
    """Ask the lab for an experiment and for what is stored of its trials."""
    stamp = lab.reports.results_version([job.id], everywhere=False)
    summary, results = kept(("tested", stamp), lambda: (lab.reports.summary(job.id), lab.reports.results([job.id])))
    runs = [run for ids in summary["run_ids"] for run in ids]
    version = lab.robustness.scores_version(runs)

    def read() -> pd.DataFrame:
        named = results[["run_id", "student", "seed"]].drop_duplicates()
        return lab.robustness.scores(runs).merge(named, on="run_id")

    rows, dark = kept(("trials", stamp, version), read), style.dark()
    return Trials(
        job=job,
        task=lab.tasks.get(job.experiment.task),
        summary=summary,
        results=results,
        rows=rows,
        looks=derived(summary, "looks", lambda: style.of_rows(summary, dark=dark), dark),
        stamp=(stamp, version),
        left_out=lab.reports.left_out([job.id], "onnx"),
        without_weights=lab.reports.left_out([job.id], "weights"),
        repeated=derived(results, "repeated", lambda: _repeated(results)),
    )


def _repeated(results: pd.DataFrame) -> frozenset[str]:
    return frozenset(results.loc[results["run_id"].isin(one_network(results)), "student"])


def along_severity(tested: Trials, corruptions: Sequence[str], column: str = "accuracy") -> list[Series]:
    """A series a network: clean examples at place 0, then the mean over the corruptions at each severity.

    Only corruptions count that a run has at all severities, and only runs that have all of these: all are means of the
    same.
    """
    whole = [name for name in corruptions if by_seed(tested, [(name, severity) for severity in SEVERITIES])]
    cells = [[(CLEAN, 0)], *([(name, severity) for name in whole] for severity in SEVERITIES)]
    return _series(tested, cells, column)


def of_strengths(tested: Trials, attack: str, eps: Sequence[float], column: str = "accuracy") -> list[Series]:
    """A series a network: clean examples at place 0, then the attack at each eps."""
    return _series(tested, [[(CLEAN, 0)], *([(attack, strength)] for strength in eps)], column)


def of_corruptions(
    tested: Trials, titles: Mapping[str, str], severities: Sequence[int] = SEVERITIES, column: str = "accuracy"
) -> list[Dot]:
    """A dot a network and corruption: the mean over these severities, of the runs that have all of them."""
    found = []
    for name, title in titles.items():
        by_student = _means(tested, [(name, severity) for severity in severities], column)
        found += [Dot(row=title, network=name, mean=mean, half_width=half) for name, (mean, half) in by_student.items()]
    return found


def _series(tested: Trials, cells: Sequence[Sequence[Cell]], column: str) -> list[Series]:
    points: dict[str, list[Point]] = {}
    for place, group in enumerate(cells):
        for name, (mean, half) in _means(tested, group, column).items():
            points.setdefault(name, []).append(Point(place=place, mean=mean, half_width=half))
    looks = {name: look for name, look in tested.looks.items() if name in points}
    return [Series(name=name, look=look, points=tuple(points[name])) for name, look in looks.items()]


def by_seed(tested: Trials, cells: Sequence[Cell], column: str = "accuracy") -> dict[str, dict[int, float]]:
    """Each network's mean over these cells, by seed, of the runs that have all of them."""
    table = tested.rows.assign(cell=list(zip(tested.rows["disturbance"], tested.rows["strength"], strict=True)))
    table = table[table["cell"].isin(list(cells))]
    if table.empty:
        return {}
    wide = table.pivot(index=["student", "seed"], columns="cell", values=column)
    if len(wide.columns) < len(set(cells)):
        return {}
    wide = wide.dropna()
    found: dict[str, dict[int, float]] = {}
    for (name, seed), mean in wide.mean(axis="columns").items():
        found.setdefault(name, {})[int(seed)] = float(mean)
    return {name: found[name] for name in tested.looks if name in found}


def _means(tested: Trials, cells: Sequence[Cell], column: str) -> dict[str, tuple[float, float | None]]:
    """Mean and half width over seeds."""
    found = by_seed(tested, cells, column)
    over = {name: interval([*seeds.values()], repeated=name in tested.repeated) for name, seeds in found.items()}
    return {name: (mean.mean, mean.half_width) for name, mean in over.items()}
