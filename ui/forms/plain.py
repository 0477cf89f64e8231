"""Specifications as forms and addresses have them: plain JSON, as short as it can be."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from distill_core.compression import STEPS
from distill_core.errors import InvalidSetting
from distill_core.methods import METHODS
from distill_core.spec import Budget, Experiment, Optimiser, Student
from distill_core.templates.compression_chain import CompressionStage, TrainingStage
from ui.forms.spec_form import default

__all__ = ["PARTS", "lean", "lean_link", "plain", "short"]

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
    found["students"] = [_unsaid(lean(Student, one), METHODS, one.get("method", "kd")) for one in values["students"]]
    return {name: value for name, value in lean(Experiment, found).items() if name not in PARTS or value}


def lean_link(link: Mapping[str, Any]) -> dict[str, Any]:
    """A step of a pipeline without what its fields, its method or its kind say by themselves."""
    if "step" in link:
        return _unsaid(lean(CompressionStage, link), STEPS, link["step"])
    return _unsaid(lean(TrainingStage, link), METHODS, link.get("method", "kd"))


def _unsaid(values: Mapping[str, Any], entries: Iterable[Any], name: Any) -> dict[str, Any]:
    """Without the numbers and choices that are those of the method or step of this name anyway."""
    entry = next((entry for entry in entries if entry.name == name), None)
    usual = {number: getattr(entry, number, None) for number in ("temperature", "alpha")}
    found = {key: value for key, value in values.items() if key not in usual or value != usual[key]}
    for key in ("parameters", "choices"):
        if isinstance(found.get(key), Mapping):
            known = getattr(entry, key, {})
            left = {each: v for each, v in found.pop(key).items() if each not in known or v != known[each].default}
            found |= {key: left} if left else {}
    return found


def lean(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a specification that are not the defaults of their fields."""
    known = model.model_fields
    return {
        name: value
        for name, value in values.items()
        if name not in known or known[name].is_required() or value != default(model, name)
    }
