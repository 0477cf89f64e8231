"""The editor of one student."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from distill_core.lab import Lab
from distill_core.methods import METHODS, Method, can_be_added
from distill_core.spec import AddedMethod, Student
from ui.forms import defined, fields, shared, spec_form
from ui.forms.spec_form import Path
from ui.screens.train.draft import FORM
from ui.screens.train.fitting import asks_teacher, fieldless, fitting, method_of
from ui.text import titles, words
from ui.text.language import _

__all__ = ["show"]

NOTHING, MAIN = "nothing", ""


def show(lab: Lab, place: int, *, advanced: bool) -> None:
    """Its fields; those that its method and network do not use are left out."""
    at: Path = ("students", place)
    row = FORM.get(at)
    learns = method_of(row)
    FORM.text(Student, *at, "name", then=partial(_renamed, place, row.get("name")))
    with st.grid(4, min_column_width=135) as cells:
        shared.network(FORM, lab, at, then=partial(_refit, at))
        refused = defined.refused(
            lab, FORM.get(("task",)), fields.choice_of(FORM.get(("teacher",))), row.get("architecture")
        )
        names = [entry.name for entry in METHODS if entry.name not in refused]
        with cells.cell(column_span=2):  # the longest titles have no room in one
            FORM.choice(Student, *at, "method", offered=names, shown=titles.methods(), then=partial(_refit, at))
        if learns and learns.temperature is not None:
            FORM.temperature(Student, *at, "temperature", otherwise=learns.temperature)
        if learns and learns.alpha is not None:
            FORM.number(Student, *at, "alpha", otherwise=learns.alpha)
        FORM.labels(Student, *at, "labels")
        if learns and (asks_teacher(learns, row) or learns.mutual):
            FORM.choice(Student, *at, "transfer", shown=titles.TRANSFER)
    if learns:
        st.caption(_(learns.teaches))
    if refused:
        st.caption(defined.left_out(lab.tasks.get(FORM.get(("task",))), refused))
    if advanced:
        with st.grid(4, min_column_width=135):
            _more(lab, at, row, learns, names)
    if kept := fieldless(row):
        parts = words.plain(", ".join(kept))
        st.caption(_("Kept as the specification says it, without a field here: {parts}.", parts=parts))


def _more(lab: Lab, at: Path, row: Mapping[str, Any], learns: Method | None, names: Sequence[str]) -> None:
    shared.shape(FORM, at)
    FORM.seeds(Student, *at, "seeds")
    if (classes := _classes(lab)) or row.get("missing_class"):
        FORM.choice(Student, *at, "missing_class", offered=(NOTHING, *classes), otherwise=NOTHING, read=_named)
    if learns is None:
        return
    if asks_teacher(learns, row):
        _taught_by(at, row)
    if learns.standardizes:
        FORM.check(Student, *at, "standardize")
    for name, value in learns.defaults.items():
        parameter = learns.parameters[name]
        called = words.called(name)
        label = f"{called[:1].upper()}{called[1:]}"
        FORM.figure(
            label,
            (*at, "parameters", name),
            parameter.low,
            parameter.high,
            value,
            help=_(parameter.help) if parameter.help else None,
        )
    if not learns.exclusive:
        _also(at, row, learns, names)


def _refit(at: Path) -> None:
    FORM.put(at, fitting(FORM.get(at)))


def _named(name: Any) -> Any:
    return None if name == NOTHING else name


def _classes(lab: Lab) -> tuple[str, ...]:
    """The classes that can be held out: none where an example has several answers."""
    task = FORM.get(("task",))
    known = lab.tasks.get(task) if task in {entry.name for entry in lab.catalog.tasks()} else None
    return () if known is None or known.target.positions or known.turns else lab.catalog.classes(task)


def _taught_by(at: Path, row: Mapping[str, Any]) -> None:
    """Which student teaches instead of the main teacher; offered where there is another one."""
    others = [str(other.get("name")) for other in FORM.get(("students",)) if other is not row]
    if others or row.get("taught_by"):
        shown = {MAIN: _("main teacher"), **{name: name for name in others}}
        FORM.choice(
            Student,
            *at,
            "taught_by",
            offered=(MAIN, *others),
            shown=shown,
            otherwise=MAIN,
            read=lambda name: name or None,
        )


def _also(at: Path, row: Mapping[str, Any], learns: Method, defined_for: Sequence[str]) -> None:
    """A second method on top of the student's own; more than one are kept as they are."""
    names = [entry.name for entry in METHODS if can_be_added(entry) and entry != learns and entry.name in defined_for]
    there = row.get("also") or ()
    path = (*at, "also")
    chosen = there[0].get("method") if there and isinstance(there[0], Mapping) else NOTHING

    def take(name: str) -> list[Any]:
        rest = [one for one in there[1:] if one.get("method") != name]
        return rest if name == NOTHING else [{"method": name}, *rest]

    FORM.option(
        spec_form.title(AddedMethod, "method"),
        path,
        chosen,
        [NOTHING, *names],
        shown=titles.methods(),
        read=take,
        then=partial(_refit, at),
        help=spec_form.help_of(AddedMethod, "method"),
    )
    if chosen != NOTHING:
        FORM.number(AddedMethod, *path, 0, "weight")
    if len(there) > 1:
        st.caption(_("Further methods on top are kept as the specification says them."))


def _renamed(place: int, before: object) -> None:
    """Who learns from that student, or starts as it, still does."""
    rows, name = [], FORM.get(("students", place, "name"))
    for row in FORM.get(("students",)):
        new = {**row, "taught_by": name} if before and row.get("taught_by") == before else row
        start = new.get("start")
        if isinstance(start, Mapping) and start.get("source") == before:
            new = {**new, "start": {**start, "source": name}}
        rows.append(new)
    FORM.put(("students",), rows)
