"""The way from another page to the form of Train, filled with an experiment."""

import streamlit as st

from distill_core.lab import Lab
from distill_core.spec import Experiment
from ui.forms import form
from ui.text import words

__all__ = ["address", "link"]


def link(lab: Lab, experiment: Experiment, label: str, *, help: str) -> None:
    """A link to Train that opens its form with this experiment."""
    st.page_link(
        "../pages/train.py",
        label=label,
        icon=":material/model_training:",
        help=help,
        query_params=address(lab, experiment),
    )


def address(lab: Lab, experiment: Experiment) -> dict[str, str]:
    """What the address of Train says of an experiment: all that is not the form's default."""
    found = form.address(form.values(lab, experiment), form.defaults(lab))
    return {key: words.exact(value) if isinstance(value, float) else str(value) for key, value in found.items()}
