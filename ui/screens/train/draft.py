"""The experiment under way on Train: a specification as plain JSON, right or wrong, in session state and in the
address."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from distill_core.errors import DistillError, InvalidSetting
from distill_core.lab import Lab
from distill_core.spec import Experiment
from distill_core.templates.presets import default_experiment
from ui.forms import packed
from ui.forms.plain import PARTS, lean, plain
from ui.forms.spec_form import Form
from ui.screens.train import old_links
from ui.shell import address

__all__ = [
    *("FORM", "IN_ADDRESS", "MOST_STUDENTS", "OPEN", "TOLD", "TOO_LONG", "UNDO", "asked", "open_draft"),
    *("packed_draft", "take"),
]

# The parameter of the address.
SPEC = "spec"
FORM = Form("train")
MOST_STUDENTS = 200
IN_ADDRESS = "The address of this page holds the whole specification."
TOO_LONG = "This specification is too long for an address: keep it as JSON, which can be pasted here again."
# In session state: why a link was not read, the student that is edited, and what a removal took away.
TOLD, OPEN, UNDO = "train_told_above", "train_open", "train_undo"


def open_draft(lab: Lab) -> None:
    """First on the page: the specification of the address that the visitor came with, else that of before."""
    if address.arrived():
        parameters = st.query_params.to_dict()
        old = old_links.KEYS.intersection(parameters) | {key for key in parameters if old_links.ROW.fullmatch(key)}
        address.drops(old)
        try:
            if SPEC in parameters:
                take(_shaped(packed.unpack(parameters[SPEC])))
            elif old:
                take(lean(old_links.specification(lab, {key: parameters[key] for key in old}, usual())))
        except DistillError as error:
            st.session_state[TOLD] = error
    if FORM.name not in st.session_state:
        take(usual())


def take(values: Mapping[str, Any]) -> None:
    """Put another specification into the form."""
    FORM.load(values)
    st.session_state.pop(OPEN, None)
    st.session_state.pop(UNDO, None)


def packed_draft() -> dict[str, str]:
    """What the address holds of it: nothing where that would be longer than an address that is read."""
    text = packed.pack(lean(FORM.values))
    return {SPEC: text} if len(text) <= packed.MOST_LETTERS else {}


def usual() -> dict[str, Any]:
    """The default comparison."""
    return plain(default_experiment())


def asked() -> Experiment:
    """The experiment that the form says. Raises InvalidSpecification."""
    return Experiment.of(FORM.values)


def _shaped(values: dict[str, Any]) -> dict[str, Any]:
    """Values that a form can show, be they right or wrong. Raises InvalidSetting."""
    students = values.get("students")
    rows = isinstance(students, list) and 0 < len(students) <= MOST_STUDENTS and all(map(_is_row, students or ()))
    parts = all(isinstance(values.get(name, {}), dict) for name in ("teacher", *PARTS))
    if not rows or not parts or not isinstance(values.get("task"), str):
        expected, do = f"a task and 1 to {MOST_STUDENTS} students", "copy the whole link once more"
        raise InvalidSetting("spec in the address", expected=expected, got="something else", hint=do)
    return values


def _is_row(student: Any) -> bool:
    kinds = {"parameters": dict, "also": list, "seeds": list, "start": dict | None, "scene": dict | None}
    return (
        isinstance(student, dict)
        and isinstance(student.get("name"), str)
        and all(isinstance(value, kinds.get(name, str | int | float | None)) for name, value in student.items())
        and all(isinstance(added, dict) and isinstance(added.get("method"), str) for added in student.get("also", ()))
    )
