"""How learning curves are drawn: which updates, on which axes, and how smooth."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd
import streamlit as st

from ui.text import words

__all__ = ["PLAIN", "Scaling", "controls", "smoothed"]

SMOOTH = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """``smoothing`` is the weight of what came before (0: none), ``first`` and ``last`` are the updates that are shown
    (None: from the start, to the end)."""

    smoothing: float = 0.0
    log_updates: bool = False
    log_loss: bool = False
    first: int | None = None
    last: int | None = None

    def shown(self, points: pd.DataFrame) -> pd.DataFrame:
        """The points that the axes have room for: on a logarithmic one nothing stands at 0."""
        low = max(self.first or 0, 1 if self.log_updates else 0)
        return points[points["update"].between(low, float("inf") if self.last is None else self.last)]


PLAIN = Scaling()


def controls(prefix: str, updates: int | None = None, *, bind: Literal["query-params"] | None = None) -> Scaling:
    """Draw the fields, whose keys begin with ``prefix``. ``updates``: how many there are, where a part of them can be
    chosen."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        smoothing = st.select_slider(
            "Smoothing",
            SMOOTH,
            0.0,
            format_func=words.exact,
            key=f"{prefix}_smoothing",
            bind=bind,
            width=160,
            help="Exponential: the weight of what came before. The line as it was measured stays faint behind.",
        )
        first = last = None
        if updates is not None:
            first = _update("From update", f"{prefix}_from", updates - 1, "first", bind)
            last = _update("To update", f"{prefix}_to", updates, "last", bind)
        log_updates = st.toggle("Logarithmic updates", key=f"{prefix}_log_updates", bind=bind)
        log_loss = st.toggle("Logarithmic loss", key=f"{prefix}_log_loss", bind=bind)
    if first is not None and last is not None and first >= last:
        first = last = None
    return Scaling(smoothing=float(smoothing), log_updates=log_updates, log_loss=log_loss, first=first, last=last)


def smoothed(values: pd.Series, weight: float) -> pd.Series:
    """Exponential moving average of one curve, without the pull of a start at 0: the first value stays as it is.

    Source: Kingma and Ba 2015, arXiv 1412.6980, section 3 (bias correction); TensorBoard smooths alike.
    """
    return values.ewm(alpha=1 - weight, adjust=True).mean() if weight else values


def _update(label: str, key: str, most: int, placeholder: str, bind: Literal["query-params"] | None) -> int | None:
    held = st.session_state.get(key)
    if held is not None and not 0 <= held <= most:
        st.session_state[key] = None  # of other experiments, which had more
    return st.number_input(label, 0, max(most, 1), None, key=key, bind=bind, placeholder=placeholder, width=130)
