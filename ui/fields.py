"""Fields whose value stands in the address, and the field of networks."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from distill_core.errors import DistillError, InvalidSetting
from distill_core.lab import Lab
from distill_core.spec import TeacherChoice
from ui import networks
from ui.networks import Network

__all__ = ["another", "changed", "found", "runs", "select", "teacher", "teacher_of"]

OTHER = "other_job"


def select(label: str, options: Sequence[Any], default: Any, key: str, **more: Any) -> Any:
    """One of the options; the first where the default is none of them."""
    index = options.index(default) if default in options else 0
    return st.selectbox(label, options, index, key=key, bind="query-params", **more)


def teacher(offered: Sequence[str], default: Any, key: str, **more: Any) -> Any:
    """Who teaches; where the task has changed, one who teaches that."""
    if st.session_state.get(key, offered[0]) not in offered:
        # Said outright: what is only taken away, the browser still has.
        st.session_state[key] = offered[0]
    return select("Teacher", offered, default, key, **more)


def teacher_of(lab: Lab, task: str, chosen: Any) -> TeacherChoice:
    """Who is meant by what stands in the field. Raises InvalidSetting where nobody of the task's teachers is."""
    teachers = {option.key: option.choice for option in lab.catalog.teachers(task)}
    if chosen not in teachers:
        raise InvalidSetting("teacher", expected=" or ".join(teachers), got=chosen, hint="choose one of these")
    return teachers[chosen]


def runs(offered: Sequence[Network], first: Sequence[Network], *, placeholder: str, help: str) -> list[str]:
    """The labels or numbers of the networks that were chosen or written; by default the ``first``."""
    return st.multiselect(
        "Networks",
        [one.label for one in offered],
        [one.label for one in first],
        key="runs",
        bind="query-params",
        accept_new_options=True,
        wrap=True,
        placeholder=placeholder,
        help=help,
    )


def found(
    lab: Lab, offered: Sequence[Network], run_ids: Sequence[str], check: Callable[[Network], Network] = lambda one: one
) -> tuple[list[Network], dict[str, str]]:
    """The networks with these numbers, and for each number that is none what is said of it.

    ``check`` answers one of another experiment as it is, or raises DistillError where it does not fit here.
    """
    own, taken = {one.run_id: one for one in offered}, [one.name for one in offered]
    there: list[Network] = []
    missing: dict[str, str] = {}
    for run_id in run_ids:
        try:
            there.append(own.get(run_id) or check(networks.anywhere(lab, run_id, taken)))
            taken.append(there[-1].name)
        except DistillError as error:
            missing[run_id] = str(error)
    return there, missing


def another() -> None:
    """Notes, before the page is drawn, that the visitor chose another experiment."""
    st.session_state[OTHER] = True


def changed() -> bool:
    """Whether what stands in the field of networks belongs to the experiment before; asked once."""
    return bool(st.session_state.pop(OTHER, False))
