"""What a form makes as JSON, and a box for JSON that fills the form."""

from collections.abc import Callable

import streamlit as st

from distill_core.errors import DistillError
from distill_core.spec import Experiment
from ui.text import words
from ui.text.language import _

__all__ = ["show"]

# Puts an experiment into a form, and answers in sentences what else became of it. May raise DistillError.
Fill = Callable[[Experiment], tuple[str, ...]]


def show(experiment: Experiment | None, fill: Fill, *, key: str) -> None:
    """``experiment`` is what the form makes, to be looked at and downloaded; None where it makes none yet."""
    with st.expander(_("Specification as JSON")):
        if experiment:
            text = experiment.to_json()
            st.code(text, language="json", height=280)
            st.download_button(_("Download"), text, "experiment.json", "application/json", icon=":material/download:")
        st.text_area(_("Paste a specification"), key=f"{key}_paste", height=120, placeholder='{"task": ...}')
        st.button(
            _("Load into the form"), icon=":material/upload:", key=f"{key}_load", on_click=_load, args=(fill, key)
        )
        if f"{key}_pasted" in st.session_state:
            st.info(st.session_state.pop(f"{key}_pasted"))


def _load(fill: Fill, key: str) -> None:
    try:
        more = fill(Experiment.from_json(st.session_state[f"{key}_paste"]))
        st.session_state[f"{key}_pasted"] = " ".join((_("The specification is in the form."), *more))
    except DistillError as error:
        st.session_state[f"{key}_pasted"] = words.sentence(error)
