"""What changes the whole form of a chain at once: presets, links that come, go and move."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

import ui
from distill_core.templates.compression_chain import MOST_LINKS, CompressionChain, TrainingStage
from ui.screens.compress import controls, form
from ui.screens.compress.presets import presets
from ui.shell import trouble

__all__ = ["again", "edit", "fill", "offer", "settle_address"]

CHANGED, DRAWN, AGAIN = "compress_changed", "compress_drawn", "compress_again"
# After so long a browser has drawn what a run sent.
DRAWN_SECONDS = 0.8


def offer() -> None:
    """Ready chains; one fills the links of the form."""
    with st.container(horizontal=True):
        for preset in presets():
            key = f"c_preset_{preset.name}"
            st.button(preset.title, key=key, help=preset.teaches, on_click=fill, args=(preset.chain,))


def fill(chain: CompressionChain) -> None:
    """For callbacks: the form shows the links of this chain and where it starts; what all share stays as it is."""
    _show(form.links(chain))


def edit(what: str, row: int) -> None:
    """For callbacks: add a training at the end, remove a link, or move one; the others keep their values."""
    shown = controls.state(form.defaults(ui.lab()))
    order = list(range(min(int(shown["c_links"]), MOST_LINKS)))
    if what == "add":
        _show({**form.row_values(row, TrainingStage()), "c_links": row + 1})
        return
    if what == "remove":
        del order[row]
    else:
        other = row + (1 if what == "down" else -1)
        order[row], order[other] = order[other], order[row]
    _show(form.moved(shown, order))


def _show(values: Mapping[str, Any]) -> None:
    st.session_state.update(values)
    st.session_state[CHANGED] = True


def settle_address() -> None:
    """Last on the page: run it once more after a change that brought new widgets.

    A value that was set before its widget first existed is shown, but does not reach the address; set again, it does.
    The browser must have drawn the widget by then, and a run that follows at once would overtake it.
    """
    if st.session_state.get(CHANGED):
        trouble.fragment(_again, DRAWN_SECONDS, once=True)()


def _again() -> None:
    if st.session_state.pop(DRAWN, False):
        st.session_state.pop(CHANGED, None)
        st.session_state[AGAIN] = True
        st.rerun()
    st.session_state[DRAWN] = True


def again(defaults: Mapping[str, Any]) -> None:
    """First on the page: in that second run, set every value once more."""
    if st.session_state.pop(AGAIN, False):
        for key in controls.state(defaults):
            if key in st.session_state:
                st.session_state[key] = st.session_state[key]
