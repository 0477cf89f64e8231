"""An experiment as the form of Train and its address have it: plain JSON, as short as it can be."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from distill_core.errors import InvalidSetting
from distill_core.spec import Budget, Experiment, Optimiser, Student
from ui.forms.spec_form import default

__all__ = ["PARTS", "lean", "plain"]

PARTS: Mapping[str, type[BaseModel]] = {"budget": Budget, "optimiser": Optimiser}


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
        name: _lean(PARTS[name], value) if name in PARTS and isinstance(value, Mapping) else value
        for name, value in values.items()
    }
    found["students"] = [_lean(Student, student) for student in values["students"]]
    return {name: value for name, value in _lean(Experiment, found).items() if name not in PARTS or value}


def _lean(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    known = model.model_fields
    return {
        name: value
        for name, value in values.items()
        if name not in known or known[name].is_required() or value not in (default(model, name), None)
    }
