"""Who may bring and remove data by this page, and what is said where nobody may."""

import streamlit as st

from ui.browser.owners import SETTING, may_bring
from ui.text.language import _

__all__ = ["SETTING", "allowed", "explain"]


def allowed() -> bool:
    """Whether this visitor may."""
    return may_bring(st.context.headers.get("Host", ""))


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
