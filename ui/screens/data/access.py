"""Who may bring and remove data by a page: all where only this computer reaches the lab, else whom its owner lets."""

import os
from urllib.parse import urlsplit

import streamlit as st

from ui.browser.network import is_loopback
from ui.text.language import _

__all__ = ["SETTING", "allowed", "explain"]

SETTING = "DISTILL_OWN_DATA"


def allowed() -> bool:
    """Whether the owner allowed it at the start, or nobody else can reach the lab."""
    told = os.environ.get(SETTING, "")
    if told:
        return told != "0"
    return is_loopback(st.get_option("server.address") or "") and _asked_locally()


def explain() -> None:
    """That it is off, and what the owner can do."""
    st.info(
        _(
            "Others can reach this lab, so data are neither added nor removed by its pages. Its owner adds them with "
            "the command {command}, or lets everybody do it by starting the lab with {setting}.",
            command="`python -m distill_core data add NAME PATH`",
            setting=f"`{SETTING}=1`",
        ),
        icon=":material/lock:",
        title=_("Adding is off"),
    )


def _asked_locally() -> bool:
    """By the name that the browser asked: behind a proxy that is another one. A test's page has none."""
    host = st.context.headers.get("Host", "")
    try:
        return not host or is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
