"""A link to a page as it stands."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from ui.browser.network import is_loopback
from ui.shell import address, tabs
from ui.text import words
from ui.text.language import N_, _

__all__ = ["copy_link", "link"]

ALONE = N_(
    "It opens on this computer alone. For phones and other computers in your network, start the lab with "
    "`make run-lan` and copy the link from the address that is printed then."
)


def copy_link(values: Mapping[str, Any], *, beside: Mapping[str, Any] | None = None, without: str = "") -> None:
    """A button that shows the address of this page with these values, ready to copy; what of it may change by itself
    stands in the browser's address bar too. ``beside``: what stands there alone, since it is not in sight.
    ``without``: said instead where no address holds all of it."""
    address.says(urlsplit(link("", {**(beside or {}), **values})).query, beside or ())
    with st.popover(_("Copy link"), icon=":material/link:", type="tertiary"):
        st.caption(without or _("This address opens the page with everything set as it is now."))
        url = st.context.url or ""
        st.code(link(url, values), language=None, wrap_lines=True)
        if is_loopback(urlsplit(url).hostname or ""):
            st.caption(_(ALONE))


def link(url: str, values: Mapping[str, Any]) -> str:
    """``url`` without its own parameters, with every value as the widgets' addresses write it."""
    query = urlencode(list(_pairs(values)), doseq=True)
    return urlunsplit(urlsplit(url)._replace(query=query, fragment=""))


def _pairs(values: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for key, value in values.items():
        value = tabs.told(key, value)
        yield key, [_text(item) for item in value] if isinstance(value, list | tuple) else _text(value)


def _text(value: Any) -> Any:
    return words.exact(value) if isinstance(value, float) else value
