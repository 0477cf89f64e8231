"""What a page calls the entries of registries and the options of a form: titles. Addresses and files keep their ids."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from distill_core.compression import STEPS
from distill_core.lab import Lab
from distill_core.lab.catalog import TeacherOption
from distill_core.methods import METHODS
from distill_core.networks import ARCHITECTURES
from distill_core.tasks import Task
from ui.text.language import N_, Texts, _
from ui.text.said import shown

__all__ = [
    "MODES",
    "OPTIMISERS",
    "TRANSFER",
    "member",
    "method",
    "methods",
    "network",
    "networks",
    "steps",
    "task",
    "task_groups",
    "task_members",
    "tasks",
    "teachers",
    "unique",
]

# The examples of the soft term.
TRANSFER = Texts({"labelled": N_("labelled examples"), "all": N_("all examples")})
# Where the teacher's outputs come from.
MODES = Texts({"cached": N_("precomputed"), "consistent": N_("per batch")})
OPTIMISERS = Texts({"sgd": N_("SGD"), "adamw": N_("AdamW"), "adagrad": N_("Adagrad")})


class _Titled(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...


def unique(titles: Mapping[str, str]) -> dict[str, str]:
    """Titles by id; one that several have carries its id, since a widget tells options apart by what it shows."""
    count = Counter(titles.values())
    return {name: title if count[title] == 1 else f"{title} ({name})" for name, title in titles.items()}


def numberless(names: Iterable[str]) -> dict[str, str]:
    """How options called ``name #number`` read: without the number, but for those that are called alike."""
    short = {name: name.rpartition(" #")[0] or name for name in names}
    count = Counter(short.values())
    return {name: title if count[title] == 1 else name for name, title in short.items()}


def _of(entries: Iterable[_Titled]) -> dict[str, str]:
    return unique({entry.name: _(entry.title) for entry in entries})


def tasks(lab: Lab) -> dict[str, str]:
    """The titles of the lab's tasks by id."""
    return _of(lab.catalog.tasks())


def task_groups(lab: Lab, names: Iterable[str], chosen: Any = None) -> dict[str, str]:
    """Titles of these tasks by id; of a group one task, which is ``chosen`` if it can be, under the group's title."""
    found: dict[str, Task] = {}
    for entry in lab.catalog.known(set(names)):
        of = entry.group.title if entry.group else entry.name
        if of not in found or entry.name == chosen:
            found[of] = entry
    return unique({entry.name: _(entry.group.title if entry.group else entry.title) for entry in found.values()})


def task_members(lab: Lab, names: Iterable[str], chosen: Any) -> tuple[str, dict[str, str]]:
    """What the tasks of a group differ in, and what that is in each of these by id; "" and none for another task."""
    entries = lab.catalog.known(set(names))
    group = next((entry.group for entry in entries if entry.name == chosen), None)
    if group is None:
        return "", {}
    return _(group.what), {entry.name: entry.member for entry in entries if entry.group == group}


def task(lab: Lab, name: str) -> str:
    """The title of a task; the id of one that the lab does not know."""
    known = tasks(lab)
    return known[name] if name in known else _(lab.tasks.get(name).title) if name in lab.tasks else name


def member(lab: Lab, name: str) -> str:
    """What a task is within its group, as the voice that it is of; the title of a task of none."""
    return lab.tasks.get(name).member or task(lab, name)


def methods() -> dict[str, str]:
    return _of(METHODS)


def method(name: Any) -> str:
    """The title of a method; what was asked for where no method is called so."""
    return methods().get(name, str(name))


def networks() -> dict[str, str]:
    return _of(ARCHITECTURES)


def network(name: Any) -> str:
    """The title of an architecture; what was asked for where none is called so."""
    return networks().get(name, str(name))


def steps() -> dict[str, str]:
    return _of(STEPS)


def teachers(offered: Mapping[str, TeacherOption]) -> dict[str, str]:
    """The titles of teachers by what the address calls them; those of trained networks of this lab say that they are,
    so that a search in the picker finds them together."""
    return unique(
        {
            name: _("Trained here · {name}", name=shown(name)) if option.created_at else shown(option.title)
            for name, option in offered.items()
        }
    )
