"""Which networks are marked: in a field, in the chart and in the table, which all show the same."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from ui.text.language import _

__all__ = ["KEY", "field", "in_table", "toggle"]

KEY = "marked"


def field(names: Sequence[str]) -> list[str]:
    """Draw the field; the marked ones of these networks."""
    held = st.session_state.get(KEY)
    if held and not set(held) <= set(names):
        st.session_state[KEY] = [name for name in held if name in names]  # a filter hides the others
    return st.multiselect(
        _("Marked networks"),
        names,
        key=KEY,
        bind="query-params",
        wrap=True,
        placeholder=_("Click a point of the chart or a row of the table"),
        help=_(
            "Chart and table mark each other's networks. Of two marked ones the page shows what differs between them."
        ),
    )


def toggle(names: Sequence[str]) -> None:
    """For callbacks: these points of the chart were clicked."""
    held = st.session_state.get(KEY) or []
    st.session_state[KEY] = [
        *(name for name in held if name not in names),
        *(name for name in names if name not in held),
    ]


def in_table(key: str, names: Sequence[str], marks: Sequence[str]) -> dict[str, Any]:
    """What a table takes whose rows are these networks, so that its selection is the marked ones."""
    rows = [place for place, name in enumerate(names) if name in marks]
    known = st.session_state.get(key)
    if (list(known["selection"]["rows"]) if known else []) != rows:
        st.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    return {"key": key, "on_select": partial(_select, key, names), "selection_mode": "multi-row"}


def _select(key: str, names: Sequence[str]) -> None:
    chosen = [names[row] for row in st.session_state[key]["selection"]["rows"] if row < len(names)]
    held = st.session_state.get(KEY) or []
    # What the table does not show stays marked.
    kept = [name for name in held if name in chosen or name not in names]
    st.session_state[KEY] = [*kept, *(name for name in chosen if name not in held)]
