"""Specifications as forms and addresses have them: plain JSON, as short as it can be."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from distill_core.errors import InvalidSetting
from distill_core.spec import Budget, Experiment, Optimiser, Student
from ui.forms.spec_form import default

__all__ = ["PARTS", "lean", "plain", "short"]

PARTS: Mapping[str, type[BaseModel]] = {"budget": Budget, "optimiser": Optimiser}


def plain(experiment: Experiment) -> dict[str, Any]:
    """An experiment as a form has it: what differs from the defaults, without the controls that come by themselves.

    Raises: InvalidSetting for one without students.
    """
    found = experiment.model_dump(mode="json")
    found["students"] = [one for one in found["students"] if one["role"] == "student" or one.get("start")]
    if not found["students"]:
        raise InvalidSetting(
            "students", expected="one student at least", got="none", hint="add one; controls come by themselves"
        )
    return short(found)


def short(values: Mapping[str, Any]) -> dict[str, Any]:
    """The experiment without what says no more than the defaults."""
    found = {
        name: lean(PARTS[name], value) if name in PARTS and isinstance(value, Mapping) else value
        for name, value in values.items()
    }
    found["students"] = [lean(Student, student) for student in values["students"]]
    return {name: value for name, value in lean(Experiment, found).items() if name not in PARTS or value}


def lean(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a specification that are not the defaults of their fields."""
    known = model.model_fields
    return {
        name: value
        for name, value in values.items()
        if name not in known or known[name].is_required() or value != default(model, name)
    }
