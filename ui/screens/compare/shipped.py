"""Experiments that ship with the lab, which can stand beside those that were trained here."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from distill_core.reports.experiment_report import shipped_studies
from ui.forms import fields
from ui.kept import kept
from ui.text import words
from ui.text.language import _

__all__ = ["KEY", "choose"]

KEY = "shipped"


def choose(task: str, place: DeltaGenerator) -> list[str]:
    """Draw the picker; the keys of the chosen ones, as ``Reports.experiment_report`` takes them."""
    offered = kept(("shipped studies", task), lambda: shipped_studies(task))
    held: Sequence[str] = st.session_state.get(KEY) or ()
    if not set(held) <= offered.keys():
        st.session_state[KEY] = [key for key in held if key in offered]  # of another task
    return place.multiselect(
        _("Shipped studies"),
        list(offered),
        key=KEY,
        bind="query-params",
        placeholder=_("None of them"),
        help=_(
            "Grids, lessons and the table of methods that ship with the lab. Their latencies are those of "
            "another machine and are not shown, and their networks have no files here."
        ),
        **fields.titled(KEY, {key: words.shown(title) for key, title in offered.items()}),
    )
