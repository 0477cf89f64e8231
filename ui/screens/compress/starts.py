"""What a pipeline starts as: the network of its teacher, one of its own, or a finished one of this lab."""

from collections.abc import Mapping
from typing import Any

from distill_core.lab import Lab
from distill_core.lab.catalog import TeacherOption
from distill_core.spec import StoredTeacher
from ui.forms import fields, shared
from ui.screens.compress import links
from ui.text import titles
from ui.text.language import N_

__all__ = [
    *(
        "FINISHED",
        "KINDS",
        "NONE_FINISHED",
        "OWN",
        "TEACHER",
        "cut_for_task",
        "finished",
        "kind",
        "networks",
        "of_kind",
    ),
    "target",
]

TEACHER, OWN, FINISHED = KINDS = (
    N_("the teacher"),
    N_("a network of its own"),
    N_("a finished network"),
)
NONE_FINISHED = N_("No network of this task was trained in this lab yet; start as the teacher.")
_NONE = {"kind": "run", "run": ""}


def kind(start: Mapping[str, Any] | None) -> str:
    return TEACHER if start is None else FINISHED if "run" in start else OWN


def networks(lab: Lab, task: str) -> list[str]:
    """The networks that take the examples of a task, that of the comparison which it begins with first."""
    names = [entry.name for entry in fields.architectures(lab, task)]
    default = lab.tasks.get(task).default if task in lab.tasks else None
    first = [default.students[0].architecture] if default else []
    return [*first, *(name for name in names if name not in first)]


def finished(lab: Lab, task: str, asked: Any = None) -> dict[str, TeacherOption]:
    """The finished networks of this lab that a chain can start as, by their names in a picker; ``asked`` as
    ``fields.teachers`` has it."""
    offered = fields.teachers(lab, task, asked) if task in titles.tasks(lab) else {}
    return {name: option for name, option in offered.items() if isinstance(option.choice, StoredTeacher)}


def of_kind(lab: Lab, task: str, kind: str, asked: Any = None) -> dict[str, Any] | None:
    """What a chain of this task starts as; ``asked`` names a finished network, else it is the first one."""
    if kind == TEACHER:
        return None
    if kind == OWN:
        return {"architecture": networks(lab, task)[0]}
    offered = finished(lab, task, asked)
    option = offered.get(asked) or next(iter(offered.values()), None)
    return shared.plain_teacher(option) if option else _NONE


def target(lab: Lab, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a slice is cut to at first: where the task does not take the usual one, half the width of the network that
    the chain starts as."""
    names = [entry.name for entry in fields.architectures(lab, values["task"])]
    if links.TARGET["architecture"] in names:
        return links.TARGET
    teacher = fields.choice_of(values["teacher"])
    first = (values.get("start") or {}).get("architecture")
    first = first or (lab.catalog.teacher_network(values["task"], teacher) if teacher else None)
    return {"architecture": first if first in names else names[0], "width": 0.5}


def cut_for_task(lab: Lab, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The links of a chain, cut to networks that take the examples of its task."""
    names = {entry.name for entry in fields.architectures(lab, values["task"])}
    found = target(lab, values)
    return [link if link.get("architecture") in (None, *names) else {**link, **found} for link in values["links"]]
