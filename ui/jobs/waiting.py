"""How far experiments are on a page that shows what is finished of them."""

from collections.abc import Sequence

import streamlit as st

from distill_core.errors import NotFound
from distill_core.lab import JobView, Lab
from ui.jobs import actions, live
from ui.shell import trouble
from ui.text import times, words
from ui.text.language import _

__all__ = ["wait"]

PERIOD_SECONDS = 2.0


def wait(lab: Lab, jobs: Sequence[JobView], *, shown: bool) -> None:
    """How far the chosen experiments are; the page is drawn anew when another of their networks is finished.

    ``shown``: some of their networks stand on the page already.
    """
    active = [job.id for job in jobs if job.state in live.ACTIVE]
    if active:
        more = _("what is finished so far is shown below") if shown else ""
        trouble.fragment(_progress, PERIOD_SECONDS)(lab, active, _stage(lab, active), more)


def _progress(lab: Lab, active: list[str], before: object, more: str) -> None:
    try:
        now, jobs = _stage(lab, active), [lab.job(job_id) for job_id in active]
    except NotFound:  # deleted in another window
        st.rerun()
    if now != before:
        st.rerun()
    for job in jobs:
        with st.container(horizontal=True, vertical_alignment="center"):
            texts = (words.plain(job.title), words.state(job.state), times.of_job(job), more)
            st.progress(job.fraction, text=" · ".join(filter(None, texts)))
            st.page_link(
                "../pages/train.py",
                label=_("Watch"),
                icon=":material/visibility:",
                query_params={"train_show": "watch", "job": actions.place(job)},
            )


def _stage(lab: Lab, active: list[str]) -> object:
    return [lab.job(job_id).state in live.ACTIVE for job_id in active], lab.reports.count_runs(active)
