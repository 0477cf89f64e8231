"""The fields that say how learning curves are drawn."""

from typing import Literal

import streamlit as st

from ui.charts.scaling import Scaling
from ui.text import words
from ui.text.language import _

__all__ = ["controls"]

SMOOTH = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95)


def controls(prefix: str, updates: int, *, bind: Literal["query-params"] | None = None) -> Scaling:
    """Draw the fields, whose keys begin with ``prefix``. ``updates``: how many there are, of which a part can be
    chosen."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        smoothing = st.select_slider(
            _("Smoothing"),
            SMOOTH,
            0.0,
            format_func=words.exact,
            key=f"{prefix}_smoothing",
            bind=bind,
            width=160,
            help=_("Exponential: the weight of what came before. The line as it was measured stays faint behind."),
        )
        first = _update(_("From update"), f"{prefix}_from", updates - 1, _("first"), bind)
        last = _update(_("To update"), f"{prefix}_to", updates, _("last"), bind)
        log_updates = st.toggle(_("Logarithmic updates"), key=f"{prefix}_log_updates", bind=bind)
        log_loss = st.toggle(_("Logarithmic loss"), key=f"{prefix}_log_loss", bind=bind)
    if first is not None and last is not None and first >= last:
        first = last = None
    return Scaling(smoothing=float(smoothing), log_updates=log_updates, log_loss=log_loss, first=first, last=last)


def _update(label: str, key: str, most: int, placeholder: str, bind: Literal["query-params"] | None) -> int | None:
    held = st.session_state.get(key)
    if held is not None and not 0 <= held <= most:
        st.session_state[key] = None  # of other experiments, which had more
    return st.number_input(label, 0, max(most, 1), None, key=key, bind=bind, placeholder=placeholder, width=130)
