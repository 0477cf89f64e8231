"""The experiment under way on Train: a specification as plain JSON, right or wrong, in session state and in the
address."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from pydantic import BaseModel

from distill_core.errors import DistillError, InvalidSetting
from distill_core.lab import Lab
from distill_core.spec import Budget, Experiment, Optimiser, Student
from distill_core.templates.presets import default_experiment
from ui.forms import packed
from ui.forms.spec_form import Form, default
from ui.screens.train import old_links
from ui.shell import address

__all__ = ["FORM", "MOST_STUDENTS", "asked", "open_draft", "packed_draft", "plain"]

# The parameter of the address.
SPEC = "spec"
FORM = Form("train")
MOST_STUDENTS = 200
TOLD = "train_address_told"
_PARTS: Mapping[str, type[BaseModel]] = {"budget": Budget, "optimiser": Optimiser}


def open_draft(lab: Lab) -> None:
    """First on the page: the specification of the address that the visitor came with, else that of before."""
    if address.arrived():
        parameters = st.query_params.to_dict()
        old = old_links.KEYS.intersection(parameters) | {key for key in parameters if old_links.ROW.fullmatch(key)}
        address.drops(old)
        try:
            if SPEC in parameters:
                FORM.load(_shaped(packed.unpack(parameters[SPEC])))
            elif old:
                FORM.load(lean(old_links.specification(lab, {key: parameters[key] for key in old}, usual())))
        except DistillError as error:
            st.session_state[TOLD] = error
    if FORM.name not in st.session_state:
        FORM.load(usual())


def packed_draft() -> dict[str, str]:
    """What the address holds of it."""
    return {SPEC: packed.pack(lean(FORM.values))}


def usual() -> dict[str, Any]:
    """The default comparison."""
    return plain(default_experiment())


def asked() -> Experiment:
    """The experiment that the form says. Raises InvalidSpecification."""
    return Experiment.of(FORM.values)


def plain(experiment: Experiment) -> dict[str, Any]:
    """An experiment as a form has it: what differs from the defaults, without the controls that come by themselves.

    Raises: InvalidSetting for one without students.
    """
    found = experiment.model_dump(mode="json")
    found["students"] = [one for one in found["students"] if one["role"] == "student" or one.get("start")]
    if not found["students"]:
        do = "add one; controls come by themselves"
        raise InvalidSetting("students", expected="one student at least", got="none", hint=do)
    return lean(found)


def lean(values: Mapping[str, Any]) -> dict[str, Any]:
    """The specification without what says no more than the defaults."""
    found = {
        name: _lean(_PARTS[name], value) if name in _PARTS and isinstance(value, Mapping) else value
        for name, value in values.items()
    }
    found["students"] = [_lean(Student, student) for student in values["students"]]
    return {name: value for name, value in _lean(Experiment, found).items() if name not in _PARTS or value}


def _lean(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    known = model.model_fields
    return {
        name: value
        for name, value in values.items()
        if name not in known or known[name].is_required() or value not in (default(model, name), None)
    }


def _shaped(values: dict[str, Any]) -> dict[str, Any]:
    """Values that a form can show, be they right or wrong. Raises InvalidSetting."""
    students = values.get("students")
    rows = isinstance(students, list) and 0 < len(students) <= MOST_STUDENTS and all(map(_is_row, students or ()))
    parts = all(isinstance(values.get(name, {}), dict) for name in ("teacher", *_PARTS))
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
        and all(isinstance(added, dict) for added in student.get("also", ()))
    )
