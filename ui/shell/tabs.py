"""Tabs whose ids stand in the address, in whatever language their titles are."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ui.shell import address
from ui.text.language import Texts

__all__ = ["draw", "told"]

DRAWN = "tabs_drawn"


def draw(key: str, shown: Texts, *, before: Mapping[str, str] | None = None, **more: Any) -> list[Any]:
    """The tabs of a page, in the order of ``shown``, which has their titles by id. Session state may be given an id
    under ``key``. ``before``: ids by what links that were shared earlier call them; English titles are read too."""
    titles = dict(shown)
    reads = {old: titles[name] for old, name in (before or {}).items()}
    reads |= {shown.english(name): title for name, title in titles.items()} | titles
    address.shows(key, reads)
    if key in st.session_state and st.session_state[key] in reads:
        st.session_state[key] = reads[st.session_state[key]]
    st.session_state.setdefault(DRAWN, {})[key] = {title: name for name, title in titles.items()}
    return list(st.tabs(list(titles.values()), key=key, bind="query-params", **more))


def told(key: str, value: Any) -> Any:
    """What an address says of the value of a widget: the id of a tab."""
    ids = st.session_state.get(DRAWN, {}).get(key)
    return ids.get(value, value) if ids else value
