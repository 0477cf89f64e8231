"""What a chain would do, in words and in time, beside its form; or why it makes no sense."""

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.spec import Experiment
from distill_core.templates.compression_chain import chain_stages, default_chain, from_random
from ui.forms import as_json
from ui.jobs import actions, expected, plan
from ui.screens.compress import draft, edits, eight_bits
from ui.text import times
from ui.text.language import N_, Texts, _

__all__ = ["CHAIN", "RESULTS", "SET_UP", "TAB", "TABS", "offer", "show", "submit"]

# The key of the picker of chains, and what the address calls it.
CHAIN = "chain"
# The key of the tabs, their ids, and what they are called.
TAB, RESULTS, SET_UP = "compress_show", "results", "set_up"
TABS = Texts({RESULTS: N_("Results"), SET_UP: N_("Set up")})
START = "compress"


def show(lab: Lab) -> None:
    """Draw the plan of the form with its Start button, or calmly what is in the way."""
    plan.stick("compress_side")
    st.subheader(_("What will happen"))
    with st.container(border=True):
        experiment = _planned(lab)
    as_json.show(experiment, edits.fill, key=START)


def _planned(lab: Lab) -> Experiment | None:
    try:
        found = expected.planned(lab, lab.catalog.chain_experiment(draft.asked()), room_px=220)
    except DistillError as error:
        plan.refused(error, title=_("This pipeline makes no sense yet"), key=START)
        return None
    plan.draw(found, start=_start, key=START, folded=_between(found.experiment))
    if eight_bits.asks_for_int8(found.experiment):
        st.caption(eight_bits.told())
    return found.experiment


def _between(experiment: Experiment) -> tuple[str, ...]:
    """Who is only on the way from random weights to a network that stands beside the pipeline."""
    known = {*chain_stages(experiment), *from_random(experiment)}
    names = (student.name for student in experiment.students if student.role == "student")
    return tuple(name for name in names if name not in known)


def offer(lab: Lab) -> None:
    """The button that fills an empty page: the default chain."""
    asked = lab.catalog.chain_experiment(default_chain())
    found = expected.planned(lab, asked, room_px=40)
    st.button(
        _("Run the default pipeline · {time}", time=times.about(found.expected_seconds)),
        type="primary",
        icon=":material/play_arrow:",
        key="compress_first",
        on_click=submit,
        args=(asked,),
    )
    expected.doubts(found)


def _start() -> None:
    lab = ui.lab()
    try:
        asked = lab.catalog.chain_experiment(draft.asked())
    except DistillError as error:
        st.session_state[f"{START}_start_told"] = error
        return
    submit(asked)


def submit(asked: Experiment, key: str = START) -> None:
    """For callbacks: queue a chain and show it; what the engine refuses is told under the button with this key."""
    lab = ui.lab()
    try:
        st.session_state[CHAIN] = actions.place(lab.job(expected.submit(lab, asked)))
        st.session_state[TAB] = RESULTS
    except DistillError as error:
        st.session_state[f"{key}_start_told"] = error
