"""What stands in place of a plan's time where an equal experiment is there, or on its way."""

import streamlit as st

from distill_core.lab import Lab
from ui.jobs import live
from ui.shell import trouble
from ui.text import times, words
from ui.text.language import _

__all__ = ["show"]


def show(lab: Lab, job_id: str) -> None:
    """How far an equal experiment is, or that it is shown and not trained twice."""
    job = live.still_active(lab, job_id)
    if job is None:
        st.info(_("Already trained: its results are shown again."))
        return
    st.info(_("This experiment is already in the queue."))
    trouble.fragment(_progress, live.PERIOD_SECONDS)(lab, job_id)


def _progress(lab: Lab, job_id: str) -> None:
    job = live.still_active(lab, job_id)
    if job is None:
        st.rerun()
    texts = (words.state(job.state), job.progress.stage if job.progress else "", times.of_job(job))
    st.progress(job.fraction, text=words.plain(" · ".join(filter(None, texts))))
