"""T, and which test image lies on the canvas."""

from typing import Any

import streamlit as st

from distill_core.spec import TEMPERATURES
from distill_core.tasks import Task
from ui.text import words
from ui.text.language import _, by_kind

__all__ = ["address", "sample", "temperature"]

# Of Fashion-MNIST an ankle boot.
OPENING = 12
KEYS = ("job", "runs", "play_T", "sample", "alone")


def temperature() -> float:
    """The temperature of the probabilities on the screen."""
    chosen = st.select_slider(
        _("Temperature T"),
        TEMPERATURES,
        1.0,
        format_func=words.exact,
        key="play_T",
        bind="query-params",
        help=_(
            "Logits are divided by T before the softmax: 1 leaves the answers as they are, higher is softer. "
            "The networks are not asked again."
        ),
    )
    return float(chosen)


def sample(task: Task, count: int) -> int | None:
    """The number of the test image, or scene, on the canvas; None: there is none.

    At first there is one, unless the classes are signs, which can be drawn by hand: a digit, but no shirt.
    """
    chosen = st.session_state.get("sample")
    if chosen is not None and not 0 <= chosen < count:
        st.session_state["sample"] = None  # another task has fewer images
    first = None if all(len(name) == 1 for name in task.classes) else min(OPENING, count - 1)
    chosen = st.number_input(
        by_kind(task.kind, "Test {example}"),
        0,
        count - 1,
        first,
        key="sample",
        bind="query-params",
        placeholder=_("none"),
        help=_("0 to {count}; it is put on the canvas as it is.", count=words.number(count - 1, grouped=True)),
    )
    return None if chosen is None else int(chosen)


def address() -> dict[str, Any]:
    """What the address of this page holds."""
    return {key: st.session_state[key] for key in KEYS if st.session_state.get(key) not in (None, [])}
