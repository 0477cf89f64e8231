"""What the page asked the lab before, kept while the stored numbers stay the same."""

import pandas as pd

from distill_core.errors import NotFound
from distill_core.lab import Lab
from distill_core.reports.experiment_report import ExperimentReport
from distill_core.reports.prediction_sources import PredictionSource
from distill_core.reports.sweeps import Sweep
from ui.kept import kept
from ui.text import words
from ui.text.language import _

__all__ = ["answerers", "older", "sheet", "stamp", "summary", "teacher"]


def stamp(lab: Lab, study: Sweep) -> tuple[str, ...]:
    """Another tuple whenever the study's numbers may be others."""
    return (
        (study.key,)
        if study.job_id is None
        else (study.key, lab.reports.results_version([study.job_id], everywhere=False))
    )


def sheet(lab: Lab, study: Sweep) -> ExperimentReport:
    return kept(("sheet", *stamp(lab, study)), lambda: lab.reports.experiment_report(study.key))


def summary(lab: Lab, study: Sweep) -> pd.DataFrame:
    """A row a student of the study."""
    return kept(("sheet summary", *stamp(lab, study)), lambda: sheet(lab, study).summary())


def answerers(lab: Lab, task: str) -> tuple[PredictionSource, ...]:
    return kept(("answerers", task, lab.reports.runs_version()), lambda: lab.reports.prediction_sources(task))


def older(lab: Lab, task: str, name: str | None) -> PredictionSource | None:
    """A network of this task by the number in its name, however long ago it was trained; None where there is none."""
    try:
        found = lab.reports.prediction_source((name or "").rpartition("#")[2].strip())
    except NotFound:
        return None
    return found if found.task == task else None


def teacher(lab: Lab, study: Sweep) -> str:
    """The teacher's name, as its run has it; before there is one, a plain word."""
    results = sheet(lab, study).results
    names = results.loc[results["role"] == "teacher", "student"]
    return words.plain(str(names.iloc[0])) if len(names) else _("its teacher")
