"""One experiment to look at: live while it runs, its outcome afterwards."""

import streamlit as st

from distill_core.lab import Lab
from ui.jobs import experiment, naming, pick
from ui.jobs.actions import place
from ui.screens.train import edits
from ui.text.language import _

__all__ = ["address", "choose", "place", "show"]

LATEST = 20


def choose(lab: Lab, job_id: str) -> None:
    """Make this the experiment that the Train page shows; for callbacks, before the page is drawn."""
    st.session_state["train_show"] = "watch"
    st.session_state["job"] = place(lab.job(job_id))


def address() -> dict[str, str]:
    """What the address holds of this part of the page."""
    return {key: st.session_state[key] for key in ("train_show", "job") if st.session_state.get(key)}


def show(lab: Lab) -> None:
    jobs = pick.latest(lab, LATEST)
    if not jobs:
        st.info(_("Nothing has been trained yet. Set up an experiment and press **Start**; it can be watched here."))
        return
    job = pick.asked(lab, jobs)
    if job is not None:
        with naming.show(job):
            edits.copy_button(job)
        experiment.show(lab, job, curves=True)
