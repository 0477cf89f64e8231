"""A link to a page as it stands."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from ui.shell import address
from ui.text import words

__all__ = ["copy_link", "link"]


def copy_link(values: Mapping[str, Any], *, without: str = "") -> None:
    """A button that shows the address of this page with these values, ready to copy; what of it may change by itself
    stands in the browser's address bar too. ``without``: what no address holds."""
    address.says(urlsplit(link("", values)).query)
    with st.popover("Copy link", icon=":material/link:", type="tertiary"):
        st.caption(f"This address opens the page with everything set as it is now{without and f', but for {without}'}.")
        st.code(link(st.context.url or "", values), language=None, wrap_lines=True)


def link(url: str, values: Mapping[str, Any]) -> str:
    """``url`` without its own parameters, with every value as the widgets' addresses write it."""
    query = urlencode(list(_pairs(values)), doseq=True)
    return urlunsplit(urlsplit(url)._replace(query=query, fragment=""))


def _pairs(values: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for key, value in values.items():
        yield key, [_text(item) for item in value] if isinstance(value, list | tuple) else _text(value)


def _text(value: Any) -> Any:
    return words.exact(value) if isinstance(value, float) else value
