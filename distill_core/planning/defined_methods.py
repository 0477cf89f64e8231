"""Refuses methods that are not defined for the examples and targets of a task."""

from collections.abc import Sequence

from distill_core.errors import InvalidSetting, said
from distill_core.methods import Method
from distill_core.methods.defined import Why, undefined_for
from distill_core.tasks import Task

EXPECTED: dict[Why, str] = {
    "mixing": said("examples of numbers, which can be mixed"),
    "positions": said("a task with a label at each position of an example, as scenes"),
    "embedding": said("a task with one label an example: its term needs one embedding of each"),
}


def check_defined(student: str, methods: Sequence[Method], task: Task) -> None:
    """Raises: InvalidSetting, with the reason, for a method of a student that cannot be trained on a task."""
    for method in methods:
        if found := undefined_for(method, task.input, task.target):
            raise InvalidSetting(
                said("the method of {student!r}, {method}", student, method.title),
                expected=EXPECTED[found.why],
                got=_got(found.why, task),
                hint="choose another method",
            )


def _got(why: Why, task: Task) -> str:
    if why == "mixing":
        return said("{task}, whose examples are ids", task.name)
    if why == "positions":
        return said("{task}, whose examples have one label each", task.name)
    return said("{task}, whose networks answer for each position", task.name)
