"""What changes the whole Train form at once: presets, rows that come and go, a pasted specification."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.experiment import Experiment
from distill_core.lab import Lab
from ui import controls, form, words

__all__ = ["edit", "paste", "presets", "settle_address", "take_over"]

# After so long a browser has drawn what a run sent.
DRAWN_SECONDS = 0.8


def presets(lab: Lab) -> None:
    """Ready experiments; one fills the whole form."""
    with st.container(horizontal=True):
        for preset in lab.presets():
            st.button(
                preset.title,
                key=f"preset_{preset.name}",
                help=preset.teaches,
                on_click=_fill,
                args=(preset.experiment,),
            )


def edit(what: str, row: int) -> None:
    """Add a student at the end, or copy or remove one; the others keep their values."""
    lab = ui.lab()
    shown = controls.state(form.defaults(lab))
    students = form.rows(lab, shown)
    if what == "remove":
        del students[row]
    elif what == "copy":
        students.insert(row + 1, {**students[row], "name": _unused(students[row]["name"], students)})
    else:
        students.append({**students[-1], "name": _unused(f"Student {len(students) + 1}", students)})
    _rewrite(lab, students[: form.MOST_STUDENTS])


def _unused(name: str, students: Sequence[dict[str, Any]]) -> str:
    taken = {student["name"] for student in students}
    tries = (name, *(f"{name} {number}" for number in range(2, form.MOST_STUDENTS + 2)))
    return next(candidate for candidate in tries if candidate not in taken)


def _rewrite(lab: Lab, students: Sequence[dict[str, Any]]) -> None:
    names = [student["name"] for student in students]
    for row, student in enumerate(students):
        st.session_state.update(form.row_values(lab, row, student, names))
    st.session_state["students"] = len(students)
    st.session_state["train_changed"] = True


def settle_address() -> None:
    """Last on the page: run it once more after a change that brought new widgets.

    A value that was set before its widget first existed is shown, but does not reach the address; set again, it does.
    The browser must have drawn the widget by then, and a run that follows at once would overtake it.
    """
    if st.session_state.get("train_changed"):
        st.fragment(run_every=DRAWN_SECONDS)(_again)()


def _again() -> None:
    if st.session_state.pop("train_drawn", False):
        st.session_state.pop("train_changed", None)
        st.session_state["train_again"] = True
        st.rerun()
    st.session_state["train_drawn"] = True  # the first time it runs with the page, then by its clock


def take_over(defaults: Mapping[str, Any]) -> None:
    """First on the page: in that second run, set every value once more."""
    if st.session_state.pop("train_again", False):
        for key in controls.state(defaults):
            if key in st.session_state:
                st.session_state[key] = st.session_state[key]


def _fill(experiment: Experiment) -> None:
    st.session_state.update(form.values(ui.lab(), experiment))
    st.session_state["train_changed"] = True


def paste() -> None:
    """A box for a specification, and a button that fills the form with it."""
    st.text_area("Paste a specification", key="train_paste", height=120, placeholder='{"task": ...}')
    st.button("Load into the form", icon=":material/upload:", key="train_load", on_click=_load)
    if "train_told" in st.session_state:
        st.info(st.session_state["train_told"])
    if not st.session_state.get("train_changed"):
        st.session_state.pop("train_told", None)  # else the page runs once more, and the message is for that run


def _load() -> None:
    lab = ui.lab()
    try:
        experiment = Experiment.from_json(st.session_state["train_paste"])
        _fill(experiment)
        lost = form.lost(experiment, form.read(lab, controls.state(form.defaults(lab))))
    except DistillError as error:
        st.session_state["train_told"] = words.sentence(str(error))
        return
    kept = f" Left as it was, since the form has no place for it: {words.plain(words.join(lost))}." if lost else ""
    st.session_state["train_told"] = f"The specification is in the form.{kept}"
