"""The picker of a task. Tasks that differ in one thing alone stand there once; beside it stands the picker of that."""

from collections.abc import Callable, Sequence

import streamlit as st

from distill_core.lab import Lab
from ui.forms import fields
from ui.text import titles
from ui.text.language import _

__all__ = ["bound", "member"]


def bound(lab: Lab, names: Sequence[str], key: str) -> str:
    """One of these tasks, whose id stands in the address under ``key``."""

    def take(name: str) -> None:
        st.session_state[key] = name

    groups = titles.task_groups(lab, names, st.session_state.get(key, st.query_params.get(key)))
    offered = [name for name in names if name in groups]
    chosen = str(fields.select(_("Task"), offered, None, key, shown=groups))
    member(lab, names, chosen, key, take)
    return chosen


def member(lab: Lab, names: Sequence[str], chosen: str, key: str, take: Callable[[str], None]) -> None:
    """In which task of its group ``chosen`` is; nothing where it stands alone. ``take`` gets another one, before the
    page is drawn; ``key`` is that of the picker beside it."""
    what, members = titles.task_members(lab, names, chosen)
    if len(members) < 2:
        return
    own = f"{key}_member"
    st.session_state[own] = chosen
    st.selectbox(
        what,
        list(members),
        format_func=lambda name: members.get(name, name),
        key=own,
        on_change=lambda: take(st.session_state[own]),
    )
