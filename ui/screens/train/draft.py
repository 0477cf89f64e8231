"""The experiment under way on Train: a specification as plain JSON, right or wrong, in session state and in the
address."""

from typing import Any

from distill_core.spec import Experiment
from distill_core.templates.presets import default_experiment
from ui.forms import lines
from ui.forms.draft import Draft, refuse
from ui.forms.plain import PARTS, plain, short
from ui.screens.train import old_links
from ui.text.language import N_

__all__ = ["FORM", "IN_ADDRESS", "MOST_STUDENTS", "TOO_LONG", "asked"]

MOST_STUDENTS = 200
IN_ADDRESS = N_("The address of this page holds the whole specification.")
TOO_LONG = N_("This specification is too long for an address: keep it as JSON, which can be pasted here again.")


def asked() -> Experiment:
    """The experiment that the form says. Raises InvalidSpecification."""
    return Experiment.of(FORM.values)


def _shaped(values: dict[str, Any]) -> dict[str, Any]:
    """Values that a form can show, be they right or wrong. Raises InvalidSetting."""
    students = values.get("students")
    rows = isinstance(students, list) and 0 < len(students) <= MOST_STUDENTS and all(map(_is_row, students or ()))
    parts = all(isinstance(values.get(name, {}), dict) for name in ("teacher", *PARTS))
    if not rows or not parts or not isinstance(values.get("task"), str):
        raise refuse(f"a task and 1 to {MOST_STUDENTS} students")
    return values


def _is_row(student: Any) -> bool:
    kinds = {"parameters": dict, "also": list, "seeds": list, "start": dict | None, "scene": dict | None}
    return (
        isinstance(student, dict)
        and isinstance(student.get("name"), str)
        and all(isinstance(value, kinds.get(name, str | int | float | None)) for name, value in student.items())
        and all(isinstance(added, dict) and isinstance(added.get("method"), str) for added in student.get("also", ()))
    )


FORM = Draft(
    "train",
    usual=lambda: plain(default_experiment()),
    short=short,
    whole=_shaped,
    old=old_links.TRAIN,
    beside=lines.beside("train"),
)
