"""The students of Train, a line each; one of them is open to be edited."""

from collections.abc import Collection, Mapping
from typing import Any

import streamlit as st

from distill_core.lab import Lab
from distill_core.spec import TEACHER_NAME, Student
from ui.forms.spec_form import default
from ui.networks import marks, style
from ui.screens.train import student_form
from ui.screens.train.draft import FORM, MOST_STUDENTS, OPEN, UNDO
from ui.screens.train.fitting import asks_teacher, fieldless, method_of
from ui.text import titles, words
from ui.text.language import ngettext

__all__ = ["lines"]

LONGEST_NAME = 64
TEMPERATURES = (8.0, 2.0, 1.0, 4.0, 16.0, 6.0, 3.0, 12.0, 20.0)


def lines(lab: Lab, *, advanced: bool) -> None:
    """The students, with what moves, copies and removes them; below the line that is open its editor."""
    st.subheader("3 · Students")
    rows = _rows()
    settings = {str(row.get("name")): style.setting(row) for row in rows}
    looks = style.looks(dict.fromkeys(settings, "student"), dark=style.dark(), settings=settings)
    for place, row in enumerate(rows):
        with st.container(border=True):
            _line(place, row, len(rows), marks.mark(looks[str(row.get("name"))]))
            if st.session_state.get(OPEN) == place:
                student_form.show(lab, place, advanced=advanced)
    _undo()
    st.button(
        "Add a student", icon=":material/add:", key="train_add", on_click=_add, disabled=len(rows) >= MOST_STUDENTS
    )
    st.caption("A control, the same network on labels alone, is added to every kind of student by itself.")


def _rows() -> list[dict[str, Any]]:
    return list(FORM.values["students"])


def _line(place: int, row: Mapping[str, Any], count: int, mark: str) -> None:
    name = words.plain(str(row.get("name"))) or "no name yet"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{mark} **{name}**", width="stretch")
        if st.session_state.get(OPEN) == place:
            st.button("Done", icon=":material/check:", key=f"train_done_{place}", on_click=_edit, args=(None,))
        else:
            st.button("Edit", icon=":material/edit:", key=f"train_edit_{place}", on_click=_edit, args=(place,))
        with st.popover("More", icon=":material/more_vert:"):
            for what, text, icon, off in (
                ("up", "Move up", ":material/arrow_upward:", place == 0),
                ("down", "Move down", ":material/arrow_downward:", place == count - 1),
                ("copy", "Copy", ":material/content_copy:", count >= MOST_STUDENTS),
                ("remove", "Remove", ":material/close:", count == 1),
            ):
                st.button(
                    text,
                    icon=icon,
                    key=f"train_{what}_{place}",
                    on_click=_do,
                    args=(what, place, row.get("name")),
                    disabled=off,
                    type="tertiary",
                )
    st.markdown(_sentence(row))


def _sentence(row: Mapping[str, Any]) -> str:
    """A student in words, right or wrong."""
    learns = method_of(row)
    hears = learns is not None and (learns.mutual or asks_teacher(learns, row))
    width, labels = row.get("width", default(Student, "width")), row.get("labels")
    settings = []
    if learns and learns.temperature is not None:
        settings.append(f"T {_number(row.get('temperature', learns.temperature))}")
    if learns and learns.alpha is not None:
        settings.append(f"alpha {_number(row.get('alpha', learns.alpha))}")
    settings += [f"{name.replace('_', ' ')} {_number(value)}" for name, value in row.get("parameters", {}).items()]
    method = titles.method(row.get("method", default(Student, "method")))
    also = [f"plus {titles.method(one.get('method'))}" for one in row.get("also", ())]
    transfer = row.get("transfer", default(Student, "transfer"))
    seeds = row.get("seeds", ())
    parts = [
        titles.network(row.get("architecture")) + (f" of width {_number(width)}" if width != 1 else ""),
        " ".join([method + (f" ({', '.join(settings)})" if settings else ""), *also]),
        "all labels" if labels is None else f"{_number(labels)} labels",
        *([titles.TRANSFER.get(transfer, str(transfer))] if hears else []),
        *([f"without {row['missing_class']}"] if row.get("missing_class") else []),
        *([f"taught by {row['taught_by']}"] if row.get("taught_by") else []),
        *([ngettext("{count} seed", "{count} seeds", len(seeds))] if len(seeds) > 1 else []),
        *fieldless(row),
    ]
    return words.plain(" · ".join(parts))


def _number(value: Any) -> str:
    if isinstance(value, int) or not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    return words.exact(value)


def _edit(place: int | None) -> None:
    st.session_state[OPEN] = place


def _do(what: str, place: int, name: object) -> None:
    """Nothing where another student stands there by now: a second click came before the page was drawn anew."""
    if FORM.get(("students", place, "name")) == name:
        _CHANGES[what](place)


def _change(rows: list[dict[str, Any]], opened: int | None) -> None:
    FORM.rearrange(("students",), rows)
    st.session_state[OPEN] = opened
    st.session_state.pop(UNDO, None)


def _add() -> None:
    rows = _rows()
    new = {**_another(rows), "name": _unused(f"Student {len(rows) + 1}", _names(rows))}
    _change([*rows, new], len(rows))


def _another(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The last student, at a temperature of its own where its method has one: two that are alike cannot run."""
    last, learns = rows[-1], method_of(rows[-1])
    if learns is None or learns.temperature is None:
        return last
    others = {row.get("temperature", learns.temperature) for row in rows}
    return {**last, "temperature": next((T for T in TEMPERATURES if T not in others), learns.temperature)}


def _copy(place: int) -> None:
    rows = _rows()
    new = {**rows[place], "name": _unused(str(rows[place].get("name", "")).strip(), _names(rows))}
    _change([*rows[: place + 1], new, *rows[place + 1 :]], place + 1)


def _move(place: int, by: int) -> None:
    rows, opened = _rows(), st.session_state.get(OPEN)
    order = list(range(len(rows)))
    order[place], order[place + by] = order[place + by], order[place]
    _change([rows[old] for old in order], None if opened is None else order.index(opened))


def _remove(place: int) -> None:
    """Who learnt from that student learns from the main teacher."""
    rows = _rows()
    removed = rows.pop(place)
    name = removed.get("name")
    learners = [row.get("name") for row in rows if row.get("taught_by") == name]
    _change([_without(row, name) for row in rows], None)
    st.session_state[UNDO] = (removed, place, learners)


def _without(row: Mapping[str, Any], name: object) -> dict[str, Any]:
    return {field: value for field, value in row.items() if field != "taught_by" or value != name}


def _taught(row: Mapping[str, Any], name: object) -> dict[str, Any]:
    """By that student, where no other one teaches it by now."""
    return {**row, "taught_by": row.get("taught_by") or name}


def _undo() -> None:
    if UNDO in st.session_state:
        name = st.session_state[UNDO][0].get("name")
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(f"**{words.plain(str(name))}** was removed.", width="stretch")
            st.button("Undo", icon=":material/undo:", key="train_undo_remove", on_click=_restore)


def _restore() -> None:
    """That student alone: what was changed elsewhere meanwhile stays."""
    removed, place, learners = st.session_state[UNDO]
    name = removed.get("name")
    rows = [_taught(row, name) if row.get("name") in learners else row for row in _rows()]
    opened = st.session_state.get(OPEN)
    _change([*rows[:place], removed, *rows[place:]], None if opened is None else opened + (opened >= place))


def _names(rows: Collection[Mapping[str, Any]]) -> list[str]:
    return [str(row.get("name", "")).strip() for row in rows]


def _unused(name: str, taken: Collection[str]) -> str:
    """The name, or it with a number; with a number no longer than a name may be."""
    endings = ("", *(f" {number}" for number in range(2, MOST_STUDENTS + 3)))
    tries = (f"{name[: LONGEST_NAME - len(ending)]}{ending}".strip() for ending in endings)
    return next(candidate for candidate in tries if candidate and candidate not in (*taken, TEACHER_NAME))


_CHANGES = {
    "up": lambda place: _move(place, -1),
    "down": lambda place: _move(place, 1),
    "copy": _copy,
    "remove": _remove,
}
