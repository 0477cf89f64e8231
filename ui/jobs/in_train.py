"""The way from another page to the form of Train, filled with an experiment."""

import streamlit as st

from distill_core.spec import Experiment
from ui.forms import packed
from ui.forms.plain import plain

__all__ = ["address", "link"]


def link(experiment: Experiment, label: str, *, help: str) -> None:
    """A link to Train that opens its form with this experiment."""
    st.page_link(
        "../pages/train.py",
        label=label,
        icon=":material/model_training:",
        help=help,
        query_params=address(experiment),
    )


def address(experiment: Experiment) -> dict[str, str]:
    """What the address of Train says of an experiment."""
    return {"spec": packed.pack(plain(experiment))}
