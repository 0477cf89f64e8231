"""T, and which test image lies on the canvas."""

from typing import Any

import streamlit as st

from distill_core.spec import TEMPERATURES
from ui.text import words

__all__ = ["address", "sample", "temperature"]

KEYS = ("job", "runs", "play_T", "sample")


def temperature() -> float:
    """The temperature of the probabilities on the screen."""
    chosen = st.select_slider(
        "Temperature T",
        TEMPERATURES,
        1.0,
        format_func=words.exact,
        key="play_T",
        bind="query-params",
        help="Logits are divided by T before the softmax: 1 leaves the answers as they are, higher is softer. The "
        "networks are not asked again.",
    )
    return float(chosen)


def sample(count: int) -> int | None:
    """The number of the test image on the canvas; None: there is none."""
    chosen = st.session_state.get("sample")
    if chosen is not None and not 0 <= chosen < count:
        st.session_state["sample"] = None  # another task has fewer images
    chosen = st.number_input(
        "Test image",
        0,
        count - 1,
        None,
        key="sample",
        bind="query-params",
        placeholder="none",
        help=f"0 to {count - 1:,}; it is put on the canvas as it is.",
    )
    return None if chosen is None else int(chosen)


def address() -> dict[str, Any]:
    """What the address of this page holds."""
    return {key: st.session_state[key] for key in KEYS if st.session_state.get(key) not in (None, [])}
