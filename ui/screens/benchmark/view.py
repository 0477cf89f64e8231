"""Which of the measurements are looked at: one batch size, one precision. Both stand in the address."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from distill_core.browser_measurement import PRECISIONS
from ui.screens.benchmark.choose import Choice
from ui.screens.benchmark.numbers import Numbers
from ui.text.language import _

__all__ = ["address", "at"]

KEYS = ("show", "board_backend", "at_batch", "at_precision")


def at(choice: Choice, numbers: Numbers) -> tuple[int, str]:
    """Batch size and precision; the pickers are drawn where there is a choice."""
    batches = sorted({*(int(size) for size in numbers.rows["batch_size"]), *choice.batches})
    precisions = [name for name in PRECISIONS if name in {*numbers.rows["precision"], *choice.precisions}]
    batch = _one(
        _("Batch size shown"), batches, choice.batches[0], "at_batch", _("Times of runs that answer so many at once.")
    )
    precision = _one(
        _("Precision shown"), precisions, choice.precisions[0], "at_precision", _("Times of files in this one.")
    )
    return batch, precision


def address() -> dict[str, Any]:
    """What the address holds of this part of the page."""
    return {key: st.session_state[key] for key in KEYS if st.session_state.get(key) not in (None, [])}


def _one(label: str, options: Sequence[Any], default: Any, key: str, help_text: str) -> Any:
    if len(options) < 2:
        return default
    chosen = st.segmented_control(
        label, options, default=default, required=True, key=key, bind="query-params", help=help_text
    )
    return chosen if chosen in options else default
