"""Fields whose value stands in the address, and the field of networks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st
from pydantic import TypeAdapter

from distill_core import clock
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.lab.catalog import TeacherOption
from distill_core.networks import ARCHITECTURES, Architecture
from distill_core.spec import TeacherChoice, TeacherSpec
from ui.networks import exported
from ui.networks.exported import Network
from ui.shell import address
from ui.text import titles, words
from ui.text.language import Texts, _

__all__ = [
    *("another", "architectures", "changed", "choice_of", "found", "runs", "select", "teacher_said", "teachers"),
    "titled",
]

OTHER = "other_job"
_TEACHER: TypeAdapter[Any] = TypeAdapter(TeacherChoice)


def select(
    label: str, options: Sequence[Any], default: Any, key: str, *, shown: Mapping[Any, str] | None = None, **more: Any
) -> Any:
    """One of the options; the first where the default is none of them. ``shown``: their titles."""
    index = options.index(default) if default in options else 0
    more |= titled(key, shown) if shown else {}
    return st.selectbox(label, options, index, key=key, bind="query-params", **more)


def titled(key: str, shown: Mapping[Any, str]) -> dict[str, Any]:
    """What a widget takes to show titles while its value, and the address, is an id; right before it is drawn. The
    English of ``Texts`` is read too, as a link that was shared before has it."""
    if isinstance(shown, Texts):
        address.reads(key, {shown.english(name): title for name, title in shown.items()})
    address.shows(key, shown)
    return {"format_func": lambda value: shown.get(value, str(value))}


def architectures(lab: Lab, task: Any) -> tuple[Architecture, ...]:
    """The networks that a form offers for a task: those that take its examples; all where none does."""
    known = task in {entry.name for entry in lab.catalog.tasks()}
    return (lab.catalog.networks(task) if known else ()) or tuple(ARCHITECTURES)


def teachers(lab: Lab, task: str, asked: Any = None) -> dict[str, TeacherOption]:
    """The teachers of a task by their names in a picker; among them the one that ``asked`` means, as an older run: a
    name that ends in the number of a run, or the key of any teacher."""
    offered = {option.name: option for option in lab.catalog.teachers(task)}
    if asked is None or asked in offered:
        return offered
    _, mark, run_id = str(asked).rpartition("#")
    try:
        found = lab.catalog.teacher(task, f"run:{run_id}" if mark else str(asked))
    except DistillError:
        return offered
    same = next((option for option in offered.values() if option.choice == found.choice), found)
    return {name: option for name, option in offered.items() if option != same} | {str(asked): same}


def choice_of(values: Any) -> TeacherSpec | None:
    """The teacher that plain JSON means; None where it means none."""
    try:
        found: TeacherSpec = _TEACHER.validate_python(values)
    except ValueError:
        return None
    return found


def teacher_said(option: TeacherOption) -> str:
    """What stands below a teacher picker."""
    told = words.firm(words.plain(f"{option.title}. {words.told(option.note)}"))
    if option.created_at is None:
        return told
    return f"{told} {_('Trained {ago}.', ago=words.ago(clock.seconds_since(option.created_at)))}"


def runs(offered: Sequence[Network], first: Sequence[Network], *, placeholder: str, help: str) -> list[str]:
    """The labels or numbers of the networks that were chosen or written; by default the ``first``."""
    names = [network.label for network in offered]
    return st.multiselect(
        _("Networks"),
        names,
        [network.label for network in first],
        key="runs",
        **titled("runs", titles.numberless(names)),
        bind="query-params",
        accept_new_options=True,
        wrap=True,
        placeholder=placeholder,
        help=help,
    )


def found(
    lab: Lab, offered: Sequence[Network], run_ids: Sequence[str], check: Callable[[Network], Network] = lambda net: net
) -> tuple[list[Network], dict[str, str]]:
    """The networks with these numbers, and for each number that is none what is said of it.

    ``check`` answers one of another experiment as it is, or raises DistillError where it does not fit here.
    """
    own, taken = {network.run_id: network for network in offered}, [network.name for network in offered]
    there: list[Network] = []
    missing: dict[str, str] = {}
    for run_id in run_ids:
        try:
            there.append(own.get(run_id) or check(exported.anywhere(lab, run_id, taken)))
            taken.append(there[-1].name)
        except DistillError as error:
            missing[run_id] = error.text
    return there, missing


def another() -> None:
    """Notes, before the page is drawn, that the visitor chose another experiment."""
    st.session_state[OTHER] = True


def changed() -> bool:
    """Whether what stands in the field of networks belongs to the experiment before; asked once."""
    return bool(st.session_state.pop(OTHER, False))
