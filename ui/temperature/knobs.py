"""T and alpha, always in reach at the top of the page."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from distill_core.reports.sweeps import Sweep
from distill_core.spec import TEMPERATURES
from ui import style, words
from ui.temperature import grid_form

__all__ = ["address", "show"]

DEFAULT_T, DEFAULT_ALPHA = 4.0, 0.9
KEYS = (
    *("T", "alpha", "view", "look", "scale", "t_squared", "shelf", "image"),
    *("task_seen", "teacher_seen", "student_seen", "grid", "metric", "panel", "lesson"),
    *grid_form.KEYS,
)
# Streamlit's own header is 3.75rem high; the ground is the page's, so that what scrolls by does not shine through.
STICKY = (
    "<style>div:has(> .st-key-knobs) {{position: sticky; top: 3.75rem; z-index: 90;}}"
    " .st-key-knobs {{background: {ground}; padding: 0.25rem 0 0.5rem;}}</style>"
)


def show(studies: Sequence[Sweep]) -> tuple[float, float]:
    """The temperature and alpha that every picture of the page uses; T is one of the list, or one that a grid has."""
    trained = {T for study in studies if study.grid for T in study.grid.temperatures}
    offered = sorted({*TEMPERATURES, *trained})
    st.html(STICKY.format(ground=style.theme(style.dark()).background))
    # Side by side on a phone too: two rows would hide a quarter of it.
    with st.container(key="knobs", horizontal=True, gap="medium"):
        temperature = st.select_slider(
            "Temperature T",
            offered,
            DEFAULT_T,
            format_func=words.exact,
            key="T",
            bind="query-params",
            help="Logits are divided by T before the softmax: 1 leaves the answers as they are, higher is softer.",
        )
        alpha = st.slider(
            "alpha",
            0.0,
            1.0,
            DEFAULT_ALPHA,
            0.05,
            key="alpha",
            bind="query-params",
            help="Weight of the soft part of the loss: 0 is labels alone, 1 is the teacher alone.",
        )
    return float(temperature), min(max(float(alpha), 0.0), 1.0)


def address() -> dict[str, Any]:
    """What the address of this page holds."""
    return {key: st.session_state[key] for key in KEYS if st.session_state.get(key) is not None}
