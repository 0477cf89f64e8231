"""What changes the whole Train form at once: presets, rows that come and go, a pasted specification."""

from collections.abc import Collection, Mapping
from typing import Any

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import JobView, Lab
from distill_core.spec import Experiment
from distill_core.templates.presets import PRESETS
from ui.forms import controls, fields, form
from ui.shell import trouble
from ui.text import words

__all__ = ["copied", "copy_button", "edit", "paste", "presets", "settle_address", "take_over"]

COPIED = "train_copied"
# After so long a browser has drawn what a run sent.
DRAWN_SECONDS = 0.8


def presets() -> None:
    """Ready experiments; one fills the whole form."""
    with st.container(horizontal=True):
        for preset in PRESETS:
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
    order = list(range(min(int(shown["students"]), form.MOST_STUDENTS)))
    names = [str(shown[form.row_key(old, "name")] or "").strip() for old in order]
    if what == "remove":
        del order[row]
        st.session_state.update(form.moved(shown, order))
    else:
        new, source = (row + 1, row) if what == "copy" else (len(order), order[-1])
        name = _unused(names[row] if what == "copy" else f"Student {len(order) + 1}", names)
        order.insert(new, source)
        values = form.moved(shown, order[: form.MOST_STUDENTS]) | {form.row_key(new, "name"): name}
        st.session_state.update(values)
    st.session_state["train_changed"] = True


def _unused(name: str, taken: Collection[str]) -> str:
    """The name, or it with a number; with a number no longer than a name may be."""
    endings = ("", *(f" {number}" for number in range(2, form.MOST_STUDENTS + 3)))
    tries = (f"{name[: form.LONGEST_NAME - len(ending)]}{ending}".strip() for ending in endings)
    return next(candidate for candidate in tries if candidate and candidate not in taken)


def settle_address() -> None:
    """Last on the page: run it once more after a change that brought new widgets.

    A value that was set before its widget first existed is shown, but does not reach the address; set again, it does.
    The browser must have drawn the widget by then, and a run that follows at once would overtake it.
    """
    if st.session_state.get("train_changed"):
        trouble.fragment(_again, DRAWN_SECONDS, once=True)()


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
    try:
        experiment = Experiment.from_json(st.session_state["train_paste"])
    except DistillError as error:
        st.session_state["train_told"] = words.sentence(error)
        return
    _take(experiment, "The specification", "train_told")


def copy_button(job: JobView) -> None:
    """The button that fills the form with an experiment, and shows it."""
    st.button(
        "Edit a copy",
        icon=":material/content_copy:",
        type="tertiary",
        key=f"copy_{job.id}",
        help="Puts its specification into the form of Train.",
        on_click=_copy,
        args=(job,),
    )


def copied() -> None:
    """Say, above the form, which experiment was copied into it."""
    if COPIED in st.session_state:
        st.info(st.session_state[COPIED], icon=":material/content_copy:")
    if not st.session_state.get("train_changed"):
        st.session_state.pop(COPIED, None)


def _copy(job: JobView) -> None:
    st.session_state["train_show"] = "Set up"
    _take(job.experiment, f"A copy of **{words.plain(job.title)}**", COPIED)


def _take(experiment: Experiment, what: str, told: str) -> None:
    """Fill the form; what could not be taken over is told."""
    lab = ui.lab()
    try:
        form.check(experiment)
        lost = form.lost(experiment, form.read(lab, _after(lab, experiment)))
    except DistillError as error:
        st.session_state[told] = words.sentence(error)
        return
    _fill(experiment)
    kept = f" Not taken over, since the form has no place for it: {words.plain(words.join(lost))}." if lost else ""
    st.session_state[told] = f"{what} is in the form.{kept}"


def _after(lab: Lab, experiment: Experiment) -> dict[str, Any]:
    """The form as it will be drawn, with the first teacher of the task where the one before does not know it."""
    defaults = form.defaults(lab)
    state = controls.state(defaults) | form.values(lab, experiment)
    offered = list(fields.teachers(lab, experiment.task, state["teacher"]))
    if state["teacher"] not in offered and offered:
        state["teacher"] = defaults["teacher"] if defaults["teacher"] in offered else offered[0]
    return state
