"""A chain while it runs: how far it is, and how the network learns that trains now. The page is drawn anew with each
stage that is finished."""

from collections.abc import Mapping

import streamlit as st

from distill_core.lab import JobView, Lab
from ui.jobs import learning, live
from ui.networks.style import Look
from ui.shell import trouble
from ui.text.language import _

__all__ = ["bar", "curves"]


def bar(lab: Lab, job: JobView, finished: int) -> None:
    """Progress, pause and stop; ``finished`` is how many runs stand on the page already."""
    trouble.fragment(_bar, live.PERIOD_SECONDS)(lab, job.id, finished, job.evaluated)


def curves(lab: Lab, job: JobView, looks: Mapping[str, Look]) -> None:
    """Learning curves of what has trained so far."""
    trouble.fragment(_curves, live.PERIOD_SECONDS)(lab, job.id, looks)


def _bar(lab: Lab, job_id: str, finished: int, evaluated: bool) -> None:
    job = live.still_active(lab, job_id)
    if job is None or job.evaluated != evaluated or lab.reports.count_runs([job_id]) != finished:
        st.rerun()
    live.bar(lab, job)


def _curves(lab: Lab, job_id: str, looks: Mapping[str, Look]) -> None:
    job = live.still_active(lab, job_id)
    if job is None:
        return  # the bar asks for the page
    live.failures(job.events)
    names = [student.name for student in job.experiment.students if not student.untrained]
    trained = {name: looks[name] for name in names if name in looks}
    frame = live.kept_points(job, trained)
    st.markdown(_("**How they learn**"))
    learning.show(frame, trained, updates=job.experiment.budget.updates, live=True, metric=live.metric(lab, job))
    learning.of_validation(lab, job.experiment.task)
