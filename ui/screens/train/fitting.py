"""What a student's method and network use of its specification."""

from collections.abc import Mapping
from typing import Any

from distill_core.methods import METHODS, Method
from distill_core.spec import Student
from ui.forms.shared import with_network
from ui.forms.spec_form import default

__all__ = ["asks_teacher", "fieldless", "fitting", "method_of"]

# What no field of a student changes.
FIELDLESS = ("start", "untrained", "int8_aware", "scene", "role")


def method_of(student: Mapping[str, Any]) -> Method | None:
    """The method of a student; None where the lab knows none of this name."""
    name = student.get("method", default(Student, "method"))
    return next((entry for entry in METHODS if entry.name == name), None)


def fitting(student: Mapping[str, Any]) -> dict[str, Any]:
    """A student after another method or network was chosen for it: without what the new one does not use."""
    found, learns = with_network(student), method_of(student)
    if learns is None:
        return found
    added = [] if learns.exclusive else [one for one in found.get("also", ()) if one.get("method") != learns.name]
    numbers = {name: value for name, value in dict(found.get("parameters", {})).items() if name in learns.defaults}
    found |= {"also": added, "parameters": numbers}
    asks = asks_teacher(learns, found)
    uses = {
        "temperature": learns.temperature is not None,
        "alpha": learns.alpha is not None,
        "standardize": learns.standardizes,
        "also": bool(added),
        "parameters": bool(numbers),
        "transfer": asks or learns.mutual,
        "taught_by": asks,
    }
    return {name: value for name, value in found.items() if uses.get(name, True)}


def fieldless(student: Mapping[str, Any]) -> list[str]:
    """What a student has that no field shows, in words."""
    return [name.replace("_", " ") for name in FIELDLESS if student.get(name)]


def asks_teacher(method: Method, student: Mapping[str, Any]) -> bool:
    """Whether a student of this method learns from its teacher, or from another student in its place."""
    return (method.uses_teacher or bool(student.get("also"))) and not method.mutual
