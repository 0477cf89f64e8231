"""Copy buttons copy on pages over plain http too, as ``make run ADDRESS=0.0.0.0`` serves them to other machines."""

import streamlit as st

from ui.browser import scripts

__all__ = ["offer"]

_component = st.components.v2.component("clipboard", js=scripts.component("clipboard"))


def offer() -> None:
    """On every page; once in a browser's document it stays there."""
    _component(key="clipboard", height=1)
