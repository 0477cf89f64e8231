"""The students of Train, a line each; one of them is open to be edited."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import streamlit as st

from distill_core.lab import Lab
from distill_core.spec import TEACHER_NAME, Student
from ui.forms import lines
from ui.forms.spec_form import default
from ui.networks import marks, style
from ui.screens.train import student_form
from ui.screens.train.draft import FORM, MOST_STUDENTS
from ui.screens.train.fitting import asks_teacher, fieldless, method_of
from ui.text import titles, words
from ui.text.language import _, ngettext

__all__ = ["draw"]

LONGEST_NAME = 64
TEMPERATURES = (8.0, 2.0, 1.0, 4.0, 16.0, 6.0, 3.0, 12.0, 20.0)


def draw(lab: Lab, *, advanced: bool) -> None:
    """The students, with what moves, copies and removes them; below the line that is open its editor."""
    st.subheader(_("3 · Students"))
    settings = {_called(row): style.setting(row) for row in FORM.values["students"]}
    looks = style.looks(dict.fromkeys(settings, "student"), dark=style.dark(), settings=settings)

    def head(place: int, row: Mapping[str, Any]) -> str:
        return f"{marks.mark(looks[_called(row)])} **{words.plain(_called(row)) or _('no name yet')}**"

    lines.draw(
        lines.Lines(
            form=FORM,
            name="students",
            most=MOST_STUDENTS,
            add=_("Add a student"),
            head=head,
            called=_called,
            said=_said,
            edit=lambda place: student_form.show(lab, place, advanced=advanced),
            new=_new,
            copied=_copied,
            follow=_follow,
        )
    )
    st.caption(_("A control, the same network on labels alone, is added to every kind of student by itself."))


def _called(row: Mapping[str, Any]) -> str:
    return str(row.get("name"))


def _said(row: Mapping[str, Any]) -> str:
    """A student in words, right or wrong."""
    learns = method_of(row)
    hears = learns is not None and (learns.mutual or asks_teacher(learns, row))
    width, labels = row.get("width", default(Student, "width")), row.get("labels")
    settings = []
    if learns and learns.temperature is not None:
        settings.append(f"T {lines.number(row.get('temperature', learns.temperature))}")
    if learns and learns.alpha is not None:
        settings.append(f"alpha {lines.number(row.get('alpha', learns.alpha))}")
    settings += [f"{words.called(name)} {lines.number(value)}" for name, value in row.get("parameters", {}).items()]
    method = titles.method(row.get("method", default(Student, "method")))
    also = [_("plus {method}", method=titles.method(one.get("method"))) for one in row.get("also", ())]
    transfer = row.get("transfer", default(Student, "transfer"))
    seeds = row.get("seeds", ())
    parts = [
        lines.network(row.get("architecture"), width),
        " ".join([method + (f" ({', '.join(settings)})" if settings else ""), *also]),
        _("all labels") if labels is None else _("{labels} labels", labels=lines.number(labels)),
        *([titles.TRANSFER.get(transfer, str(transfer))] if hears else []),
        *([_("without {name}", name=row["missing_class"])] if row.get("missing_class") else []),
        *([_("taught by {student}", student=row["taught_by"])] if row.get("taught_by") else []),
        *([ngettext("{count} seed", "{count} seeds", len(seeds))] if len(seeds) > 1 else []),
        *fieldless(row),
    ]
    return " · ".join(parts)


def _new(rows: lines.Rows) -> dict[str, Any]:
    """The last student, at a temperature of its own where its method has one: two that are alike cannot run."""
    last, learns = rows[-1], method_of(rows[-1])
    new = {**last, "name": _unused(f"Student {len(rows) + 1}", _names(rows))}
    if learns is None or learns.temperature is None:
        return new
    others = {row.get("temperature", learns.temperature) for row in rows}
    return {**new, "temperature": next((T for T in TEMPERATURES if T not in others), learns.temperature)}


def _copied(rows: lines.Rows, place: int) -> dict[str, Any]:
    return {**rows[place], "name": _unused(str(rows[place].get("name", "")).strip(), _names(rows))}


def _follow(rows: lines.Rows, places: Sequence[int | None], before: lines.Rows) -> lines.Rows:
    """Who learnt from a student that was removed learns from the main teacher."""
    gone = {_called(row) for place, row in enumerate(before) if place not in places}

    def following(row: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name != "taught_by" or value not in gone}

    return [following(row) for row in rows]


def _names(rows: Collection[Mapping[str, Any]]) -> list[str]:
    return [str(row.get("name", "")).strip() for row in rows]


def _unused(name: str, taken: Collection[str]) -> str:
    """The name, or it with a number; with a number no longer than a name may be."""
    endings = ("", *(f" {number}" for number in range(2, MOST_STUDENTS + 3)))
    tries = (f"{name[: LONGEST_NAME - len(ending)]}{ending}".strip() for ending in endings)
    return next(candidate for candidate in tries if candidate and candidate not in (*taken, TEACHER_NAME))
