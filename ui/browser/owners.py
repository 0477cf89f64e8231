"""Who may bring and remove data by a page: all where only this computer reaches the lab, else whom its owner lets."""

import os
from urllib.parse import urlsplit

import streamlit as st

from ui.browser.network import is_loopback

__all__ = ["SETTING", "may_bring"]

SETTING = "DISTILL_OWN_DATA"


def may_bring(host: str) -> bool:
    """Whether the owner allowed it at the start, or nobody else can reach the lab. ``host``: the name that a browser
    asked, which behind a proxy is another one."""
    told = os.environ.get(SETTING, "").strip()
    if told:
        return told == "1"
    return is_loopback(st.get_option("server.address") or "") and _is_local(host)


def _is_local(host: str) -> bool:
    """A test's page has no host."""
    try:
        return not host or is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
