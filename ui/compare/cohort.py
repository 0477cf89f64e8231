"""The networks of one or several experiments in one table, each under a name of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from distill_core.lab import JobView, Lab
from ui import style
from ui.kept import kept
from ui.style import Look

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
    stamp = lab.reports.results_version([job.id for job in jobs], everywhere=False)
    rows, results = kept(("cohort", stamp), lambda: _tables(lab, jobs))
    return Cohort(stamp=stamp, jobs=tuple(jobs), rows=rows, results=results)


def _tables(lab: Lab, jobs: Sequence[JobView]) -> tuple[pd.DataFrame, pd.DataFrame]:
    summaries = [(job.id, lab.reports.summary(job.id)) for job in jobs]
    # Holm's correction counts all comparisons of an experiment, whatever a filter leaves of them.
    tables = [table.assign(job_id=job_id, asked=table["p_value"].notna().sum()) for job_id, table in summaries]
    every = pd.concat([table.astype(object) for table in tables], ignore_index=True).infer_objects()
    every = every.assign(given=every["student"], network=[_network(row) for row in every.to_dict("records")])
    # A control serves several teachers: how often it agrees with them is one number only where there is one.
    teachers = every.groupby("network")["agreement"].transform("nunique")
    rows = every.assign(agreement=every["agreement"].where(teachers < 2)).drop_duplicates("network")
    rows = rows.reset_index(drop=True)
    rows = rows.assign(student=_names(rows))
    names = dict(zip(rows["network"], rows["student"], strict=True))
    here = {(row.job_id, row.given): names[row.network] for row in every.itertuples()}
    for other in ("control", "taught_by"):
        rows[other] = [here.get(pair) for pair in zip(rows["job_id"], rows[other], strict=True)]
    results = lab.reports.results([job.id for job in jobs]).drop_duplicates("run_id")
    pairs = zip(results["job_id"], results["student"], strict=True)
    return rows, results.assign(student=[here.get(pair) for pair in pairs])


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


def _network(row: dict) -> str:
    """The same for the same trained networks, whatever an experiment calls them."""
    runs = ",".join(sorted(row["run_ids"]))
    return f"{row['role']} {runs}" if runs else f"{row['job_id']} {row['student']}"


def _names(rows: pd.DataFrame) -> list[str]:
    several = rows.groupby("given")["job_id"].nunique() > 1
    pairs = zip(rows["given"], rows["job_id"], strict=True)
    return [f"{given} #{job_id[:4]}" if several[given] else given for given, job_id in pairs]
