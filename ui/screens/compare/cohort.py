"""The networks of one or several experiments in one table, each under a name of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from distill_core.lab import JobView, Lab
from distill_core.reports.experiment_report import ExperimentReport
from distill_core.reports.gathered import gathered
from distill_core.spec import Experiment
from distill_core.tasks.base import Kind
from ui.kept import derived, kept
from ui.kinds import kind_of
from ui.networks import style
from ui.networks.style import Look

__all__ = ["Cohort", "gather", "keep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """``rows`` is the lab's summary of every chosen experiment, with ``job_id`` and how many comparisons with a
    control that experiment ``asked`` for; ``results`` has a row a run. ``studies`` are the shipped experiments by
    their key, which is their ``job_id``; ``kind``: what the examples of their task are.

    In both, ``student`` is unique: a name that several experiments use carries the experiment's number. ``stamp``
    changes with the numbers.
    """

    stamp: str
    kind: Kind
    jobs: tuple[JobView, ...]
    rows: pd.DataFrame
    results: pd.DataFrame
    studies: Mapping[str, ExperimentReport] = field(default_factory=dict)

    @property
    def done(self) -> pd.DataFrame:
        """The networks that have an accuracy."""
        return self.rows[self.rows["test_accuracy"].notna()]

    def looks(self, *, dark: bool) -> dict[str, Look]:
        found: dict[str, Look] = derived(self.rows, "looks", lambda: style.of_rows(self.rows, dark=dark), dark)
        return found

    def experiment(self, job_id: str) -> Experiment:
        study = self.studies.get(job_id)
        return study.experiment if study else next(job.experiment for job in self.jobs if job.id == job_id)

    def task(self) -> str:
        return self.jobs[0].experiment.task

    def runs(self, student: str) -> list[str]:
        """The run ids of a network, a seed each."""
        return list(self.rows.loc[self.rows["student"] == student, "run_ids"].iloc[0])

    def of_lab(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The networks whose files are stored here, which those that ship as numbers have not."""
        return rows[~rows["job_id"].isin(self.studies)] if self.studies else rows

    def curves(self, lab: Lab, runs: Mapping[str, str]) -> pd.DataFrame:
        """``Reports.curves`` of runs that are stored here or ship."""
        tables = [
            self.studies[study].curves(them) if study else lab.reports.curves(them)
            for study, them in self._apart(runs).items()
        ]
        return pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0]

    def insights(self, lab: Lab, runs: Mapping[str, str]) -> pd.DataFrame:
        """``Reports.insights`` of the runs that are stored here."""
        return lab.reports.insights(self._apart(runs)[""])

    def confusion(self, lab: Lab, run_id: str) -> np.ndarray:
        """``Reports.confusion`` of a run that is stored here or ships."""
        study = next(study for study, runs in self._apart({run_id: ""}).items() if runs)
        return self.studies[study].confusion(run_id) if study else lab.reports.confusion(run_id)

    def _apart(self, runs: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """The runs by the study that they ship in; those of this lab, which come first, under an empty name."""
        found: dict[str, dict[str, str]] = {"": {}}
        jobs = dict(zip(self.results["run_id"], self.results["job_id"], strict=True)) if self.studies else {}
        for run, name in runs.items():
            job = jobs.get(run)
            found.setdefault(job if job in self.studies else "", {})[run] = name
        return found


def gather(lab: Lab, jobs: Sequence[JobView], studies: Sequence[str] = ()) -> Cohort:
    """Ask the lab for every experiment, and for the shipped ``studies`` with these keys, and put the answers under
    each other; a shared network stands there once."""
    ids = [job.id for job in jobs]
    stamp = " ".join((lab.reports.results_version(ids, everywhere=False), *studies))
    shipped = {key: lab.reports.experiment_report(key) for key in studies}
    rows, results = kept(("cohort", stamp), lambda: _gathered(lab, ids, shipped))
    kind = kind_of(lab, jobs[0].experiment.task)
    return Cohort(stamp=stamp, kind=kind, jobs=tuple(jobs), rows=rows, results=results, studies=shipped)


def _gathered(
    lab: Lab, ids: Sequence[str], shipped: Mapping[str, ExperimentReport]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    if not shipped:
        return gathered(ids, lab.reports.summary, lab.reports.results)

    def results(every: Sequence[str]) -> pd.DataFrame:
        of_studies = [report.results.assign(job_id=key) for key, report in shipped.items()]
        return pd.concat([lab.reports.results(list(ids)), *of_studies], ignore_index=True)

    return gathered(
        [*ids, *shipped],
        lambda job_id: shipped[job_id].summary() if job_id in shipped else lab.reports.summary(job_id),
        results,
        {key: f"({report.title})" for key, report in shipped.items()},
    )


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
