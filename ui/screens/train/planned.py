"""What would run if one pressed Start, beside the form of Train, and the specification as JSON."""

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.spec import Experiment
from ui.forms import as_json
from ui.jobs import expected, plan
from ui.screens.train import draft, edits, watch
from ui.text.language import _

__all__ = ["show"]


def show(lab: Lab) -> None:
    """Draw the plan of the form with its Start button, or calmly what is in the way."""
    plan.stick("train_side")
    st.subheader(_("What will run"))
    with st.container(border=True):
        experiment = _planned(lab)
    as_json.show(experiment, edits.fill, key="train")


def _planned(lab: Lab) -> Experiment | None:
    try:
        found = expected.planned(lab, draft.asked(), room_px=220)
    except DistillError as error:
        plan.refused(error, title=_("This cannot run yet"), key="train")
        return None
    plan.draw(found, start=_start, key="train")
    return found.experiment


def _start() -> None:
    lab = ui.lab()
    try:
        job_id = expected.submit(lab, draft.asked())
    except DistillError as error:
        st.session_state["train_start_told"] = error
        return
    watch.choose(lab, job_id)
