"""T and alpha, always in reach at the top of the page."""

from collections.abc import Collection, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from distill_core.reports.sweeps import Sweep
from distill_core.spec import TEMPERATURES
from ui.networks import style
from ui.text import words
from ui.text.language import _

__all__ = ["address", "offered", "place", "show"]

DEFAULT_T, DEFAULT_ALPHA = 4.0, 0.9
KEYS = (
    *("T", "alpha", "view", "look", "scale", "t_squared", "shelf", "image", "curves_task"),
    *("pixel_row", "pixel_column", "pixel_map"),
    *("task_seen", "teacher_seen", "student_seen", "grid", "metric", "panel", "lesson"),
)
# Streamlit's own header is 3.75rem high; the ground is the page's, so that what scrolls by does not shine through.
STICKY = (
    "<style>div:has(> .st-key-knobs) {{position: sticky; top: 3.75rem; z-index: 90;}}"
    " .st-key-knobs {{background: {ground}; padding: 0.25rem 0 0.5rem;}}</style>"
)


def place() -> DeltaGenerator:
    """Where both stand: above the tabs that say whether they do anything."""
    st.html(STICKY.format(ground=style.theme(style.dark()).background))
    # Side by side on a phone too: two rows would hide a quarter of it.
    return st.container(key="knobs", horizontal=True, gap="medium")


def offered(studies: Sequence[Sweep]) -> list[float]:
    """Where T can stand: at one of the list, or at one that a grid has."""
    return sorted({*TEMPERATURES, *(T for study in studies if study.grid for T in study.grid.temperatures)})


def show(temperatures: Sequence[float], acting: Collection[str]) -> tuple[float, float]:
    """The temperature and alpha that every picture of the page uses. ``acting``: which of "T" and "alpha" change what
    is on the screen; the other rests and keeps its value."""
    temperature = st.select_slider(
        _("Temperature T"),
        temperatures,
        DEFAULT_T,
        format_func=words.exact,
        key="T",
        bind="query-params",
        disabled="T" not in acting,
        help=_("Logits are divided by T before the softmax: 1 leaves the answers as they are, higher is softer."),
    )
    alpha = st.slider(
        _("alpha"),
        0.0,
        1.0,
        DEFAULT_ALPHA,
        0.05,
        key="alpha",
        bind="query-params",
        disabled="alpha" not in acting,
        help=_(
            "Weight of the soft part of the loss: 0 is labels alone, 1 is the teacher alone. It rests where it "
            "changes nothing."
        ),
    )
    return float(temperature), min(max(float(alpha), 0.0), 1.0)


def address() -> dict[str, Any]:
    """What the address of this page holds."""
    return {key: st.session_state[key] for key in KEYS if st.session_state.get(key) is not None}
