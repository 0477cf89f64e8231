"""The networks of one or several experiments in one table, each under a name of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from distill_core.lab import JobView, Lab
from distill_core.reports.gathered import gathered
from ui.kept import kept
from ui.networks import style
from ui.networks.style import Look

__all__ = ["Cohort", "gather", "keep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """``rows`` is the lab's summary of every chosen experiment, with ``job_id`` and how many comparisons with a
    control that experiment ``asked`` for; ``results`` has a row a run.

    In both, ``student`` is unique: a name that several experiments use carries the experiment's number. ``stamp``
    changes with the numbers.
    """

    stamp: str
    jobs: tuple[JobView, ...]
    rows: pd.DataFrame
    results: pd.DataFrame

    @property
    def done(self) -> pd.DataFrame:
        """The networks that have an accuracy."""
        return self.rows[self.rows["test_accuracy"].notna()]

    def looks(self, *, dark: bool) -> dict[str, Look]:
        return style.looks(dict(zip(self.rows["student"], self.rows["role"], strict=True)), dark=dark)

    def task(self) -> str:
        return self.jobs[0].experiment.task

    def runs(self, student: str) -> list[str]:
        """The run ids of a network, a seed each."""
        return list(self.rows.loc[self.rows["student"] == student, "run_ids"].iloc[0])


def gather(lab: Lab, jobs: Sequence[JobView]) -> Cohort:
    """Ask the lab for every experiment and put the answers under each other; a shared network stands there once."""
    ids = [job.id for job in jobs]
    stamp = lab.reports.results_version(ids, everywhere=False)
    rows, results = kept(("cohort", stamp), lambda: gathered(ids, lab.reports.summary, lab.reports.results))
    return Cohort(stamp=stamp, jobs=tuple(jobs), rows=rows, results=results)


def keep(rows: pd.DataFrame, methods: Sequence[str], networks: Sequence[str]) -> pd.DataFrame:
    """The rows that a filter leaves: students by method and network, their controls, and every teacher.

    An empty filter leaves all.
    """
    students = rows[rows["role"] == "student"]
    students = students[students["method"].isin(methods)] if methods else students
    students = students[students["architecture"].isin(networks)] if networks else students
    if not methods and not networks:
        return rows
    beside = (rows["role"] == "control") & rows["student"].isin(students["control"])
    return rows[rows.index.isin(students.index) | beside | (rows["role"] == "teacher")]
