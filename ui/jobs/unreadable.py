"""What of stored experiments cannot be read any more: named on every page that shows it, with what to do about it."""

from collections.abc import Sequence

import streamlit as st

from distill_core.lab import Lab
from distill_core.lab.views import JobView
from distill_core.reports.agreement import Unreadable
from ui.jobs import actions, live
from ui.text import words
from ui.text.language import N_, _

__all__ = ["answers", "runs"]

MOST_TOLD = 3


def runs(lab: Lab, jobs: Sequence[JobView]) -> None:
    """Which runs of these experiments lack a file or a row, so that the page leaves out what they told, and a button
    for each experiment that makes them anew."""
    _told(lab.reports.unreadable([job.id for job in jobs]), jobs)


def answers(lab: Lab, run_ids: Sequence[str]) -> None:
    """The same for runs of any experiments."""
    jobs = {job.id: job for job in (lab.shown_in(run_id) for run_id in run_ids)}
    found = [run for run in lab.reports.unreadable(list(jobs)) if run.run_id in run_ids]
    _told(found, list(jobs.values()))


def _told(found: Sequence[Unreadable], jobs: Sequence[JobView]) -> None:
    for run in found[:MOST_TOLD]:
        whole = N_("{student} cannot be read whole")
        if run.seed is not None:
            whole = N_("{student} (seed {seed}) cannot be read whole")
        st.warning(words.sentence(run.why), title=_(whole, student=words.plain(run.student), seed=run.seed))
    if len(found) > MOST_TOLD:
        st.caption(_("{count} more runs cannot be read whole either.", count=len(found) - MOST_TOLD))
    damaged = {run.job_id for run in found}
    for job in jobs:
        if job.id in damaged and job.state not in live.ACTIVE:
            several = N_("{make}: {title}") if len(jobs) > 1 else N_("{make}")
            st.button(
                _(several, make=_(actions.MAKE), title=words.plain(job.title)),
                icon=":material/healing:",
                key=f"unreadable_{job.id}",
                on_click=actions.again,
                args=(job.id,),
                help=_("Trains what cannot be read, and nothing else."),
                wrap=True,
            )
