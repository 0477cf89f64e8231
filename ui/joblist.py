"""The latest experiments, with their state and what can be done about it."""

import streamlit as st

from distill_core import clock
from distill_core.lab import Lab
from distill_core.views import JobView
from ui import actions, live, words

__all__ = ["show"]

LATEST = 6
ICONS = {
    "queued": "schedule",
    "running": "progress_activity",
    "paused": "pause_circle",
    "finished": "check_circle",
    "failed": "report",
    "stopped": "stop_circle",
    "interrupted": "power_off",
}
TOLD = {
    "stopped": "It was stopped. Networks that were finished by then are kept.",
    "interrupted": "The program ended while it was training. Networks that were finished by then are kept.",
}


def show(lab: Lab) -> None:
    """A line each, newest first; nothing where there is none."""
    jobs = lab.jobs(limit=LATEST)
    if not jobs:
        st.caption("None yet.")
    for job in jobs:
        with st.container(border=True, gap="xsmall"):
            _line(job)
            told = job.error or TOLD.get(job.state)
            if told and job.state != "finished":
                st.caption(words.sentence(told))


def _line(job: JobView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        icon = f":material/{ICONS.get(job.state, 'help')}:"
        st.markdown(f"{icon} **{words.plain(job.title)}** · {_state(job)} · {_when(job)}", width="stretch")
        st.page_link(
            "../pages/train.py",
            label="Open",
            icon=":material/visibility:",
            help=f"Open {words.plain(job.title)}",
            query_params={"train_show": "Watch", "job": actions.place(job)},
        )
        if job.state in ("failed", "stopped", "interrupted"):
            actions.again_button(job, "again")
        if job.state not in live.ACTIVE:
            _delete(job)


def _state(job: JobView) -> str:
    # The list stands still while a job goes on; what it does just now is told beside the page.
    return "in the queue" if job.state in live.ACTIVE else words.state(job.state)


def _delete(job: JobView) -> None:
    with st.popover("Delete", icon=":material/delete:", key=f"delete_open_{job.id}"):
        st.markdown(
            "This deletes the experiment, its curves, weights and ONNX files. Networks that another experiment "
            "uses as well are kept. It cannot be undone."
        )
        st.button("Delete for good", key=f"delete_{job.id}", on_click=actions.delete, args=(job.id,))


def _when(job: JobView) -> str:
    moment = job.finished_at or job.started_at or job.submitted_at
    return words.ago(clock.seconds_since(moment))
