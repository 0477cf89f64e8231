"""What a pipeline starts as: the network of its teacher, one of its own, or a finished one of this lab."""

from collections.abc import Mapping
from typing import Any

from distill_core.lab import Lab
from distill_core.lab.catalog import TeacherOption
from distill_core.spec import StoredTeacher
from ui.forms import fields, shared
from ui.text.language import N_

__all__ = ["FINISHED", "KINDS", "NONE_FINISHED", "OWN", "TEACHER", "finished", "kind", "of_kind"]

TEACHER, OWN, FINISHED = KINDS = (
    N_("the teacher"),
    N_("a network of its own"),
    N_("a finished network"),
)
NONE_FINISHED = N_("No network of this task was trained in this lab yet; start as the teacher.")
_NONE = {"kind": "run", "run": ""}


def kind(start: Mapping[str, Any] | None) -> str:
    return TEACHER if start is None else FINISHED if "run" in start else OWN


def finished(lab: Lab, task: str, asked: Any = None) -> dict[str, TeacherOption]:
    """The finished networks of this lab that a chain can start as, by their names in a picker; ``asked`` as
    ``fields.teachers`` has it."""
    offered = fields.teachers(lab, task, asked)
    return {name: option for name, option in offered.items() if isinstance(option.choice, StoredTeacher)}


def of_kind(lab: Lab, task: str, kind: str, asked: Any = None) -> dict[str, Any] | None:
    """What a chain of this task starts as; ``asked`` names a finished network, else it is the first one."""
    if kind == TEACHER:
        return None
    if kind == OWN:
        return {"architecture": fields.architectures(lab, task)[0].name}
    offered = finished(lab, task, asked)
    option = offered.get(asked) or next(iter(offered.values()), None)
    return shared.plain_teacher(option) if option else _NONE
