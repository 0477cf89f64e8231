"""Copy buttons copy wherever a browser refuses a page its clipboard: over plain http, as ``make run ADDRESS=0.0.0.0``
serves it to other machines, and inside another site's page; and they say what came of it."""

import streamlit as st

from ui.browser import scripts, texts

__all__ = ["offer"]

_component = st.components.v2.component("clipboard", js=scripts.component("clipboard"))


def offer() -> None:
    """On every page; once in a browser's document it stays there."""
    _component(key="clipboard", data={"spoken": texts.spoken("clipboard")}, height=1)
