"""Pages that a visitor has translated by the browser: what changes is shown as it is now, translated or not.

No page forbids it (``translate="no"``): whoever reads the lab in another language shall be able to, and its numbers
change within sentences.
"""

import streamlit as st

from ui.browser import scripts

__all__ = ["follow"]

_component = st.components.v2.component("translation", js=scripts.component("translation"))


def follow() -> None:
    """On every page; once in a browser's document it stays there."""
    _component(key="translation", height=1)
