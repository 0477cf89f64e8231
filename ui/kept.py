"""What a page computed before is not computed again while its key is the same: every movement of a widget runs a page
anew, and most of it has not changed."""

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

__all__ = ["kept", "kept_briefly"]

MOST, FEW = 256, 8


@st.cache_resource(max_entries=MOST, show_spinner=False)
def kept(key: tuple[Hashable, ...], _build: Callable[[], Any]) -> Any:
    """What ``_build`` answered for this key, for all visitors: nobody may change it.

    The key begins with a word for the kind of answer and holds all that the answer depends on; for what is stored
    that is ``Lab.stamp``.
    """
    return _build()


@st.cache_resource(max_entries=FEW, show_spinner=False)
def kept_briefly(key: tuple[Hashable, ...], _build: Callable[[], Any]) -> Any:
    """As ``kept``, for what is large and has another key often, as while thirty phones measure."""
    return _build()
