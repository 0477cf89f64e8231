"""A list of a specification, a line an item: what moves, copies and removes them, and the editor of one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui.forms.spec_form import Form
from ui.text import titles, words
from ui.text.language import _, as_written

__all__ = ["Lines", "Row", "Rows", "beside", "draw", "network", "number"]

Row = Mapping[str, Any]
Rows = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """The list under ``name`` of a form, of at most ``most`` items; ``add`` is the label of the button that adds one.

    Of an item: ``head`` is its line in Markdown, ``called`` its name, ``said`` its settings, and ``edit`` draws its
    editor. ``new`` is the item that is added, ``copied`` the copy of one. ``follow(rows, places, before)`` makes items
    follow those that they name: ``rows[i]`` stood at ``before[places[i]]`` until now; None: it is new.
    """

    form: Form
    name: str
    most: int
    add: str
    head: Callable[[int, Row], str]
    called: Callable[[Row], str]
    said: Callable[[Row], str]
    edit: Callable[[int], None]
    new: Callable[[Rows], Row]
    copied: Callable[[Rows, int], Row]
    follow: Callable[[Rows, Sequence[int | None], Rows], Rows]

    @property
    def rows(self) -> Rows:
        return list(self.form.values[self.name])

    @property
    def opened(self) -> int | None:
        found: int | None = st.session_state.get(self._keys[0])
        return found

    @property
    def removed(self) -> tuple[Rows, int, Rows] | None:
        """The items before the last removal, the place of the one that went, and the items as that left them."""
        found: tuple[Rows, int, Rows] | None = st.session_state.get(self._keys[1])
        return found

    def open(self, place: int | None) -> None:
        st.session_state[self._keys[0]] = place

    def put(self, rows: Rows, opened: int | None, removed: tuple[Rows, int] | None = None) -> None:
        self.form.rearrange((self.name,), rows)
        self.open(opened)
        st.session_state[self._keys[1]] = (*removed, rows) if removed else None

    @property
    def _keys(self) -> tuple[str, str]:
        return beside(self.form.name)


def beside(name: str) -> tuple[str, str]:
    """The keys of session state that belong to the items of a form: the open one, and what a removal took away."""
    return f"{name}_open", f"{name}_undo"


def draw(lines: Lines) -> None:
    """The items, each with one button that opens it; below the line that is open its editor, and what moves, copies and
    removes it; then what was removed last, to bring it back."""
    rows = lines.rows
    for place, row in enumerate(rows):
        with st.container(border=True):
            _line(lines, place, row)
            if lines.opened == place:
                lines.edit(place)
                _rearrange(lines, place, len(rows))
    _undo(lines)
    st.button(
        lines.add,
        icon=":material/add:",
        key=f"{lines.form.name}_add",
        on_click=_add,
        args=(lines,),
        disabled=len(rows) >= lines.most,
    )


def network(architecture: Any, width: Any) -> str:
    """The network of an item in words, right or wrong."""
    title = titles.network(architecture)
    if width in (None, 1):
        return title
    return _("{network} of width {width}", network=title, width=number(width))


def number(value: Any) -> str:
    if isinstance(value, float):
        return as_written(words.exact(value))
    return words.number(value, grouped=True) if isinstance(value, int) else str(value)


def _line(lines: Lines, place: int, row: Row) -> None:
    key = lines.form.name
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(lines.head(place, row), width="stretch")
        if lines.opened == place:
            st.button(_("Done"), icon=":material/check:", key=f"{key}_done_{place}", on_click=lines.open, args=(None,))
        else:
            st.button(_("Edit"), icon=":material/edit:", key=f"{key}_edit_{place}", on_click=lines.open, args=(place,))
    st.markdown(words.plain(lines.said(row)))


def _rearrange(lines: Lines, place: int, count: int) -> None:
    with st.container(horizontal=True):
        for what, text, icon, off in (
            ("up", _("Move up"), ":material/arrow_upward:", place == 0),
            ("down", _("Move down"), ":material/arrow_downward:", place == count - 1),
            ("copy", _("Copy"), ":material/content_copy:", count >= lines.most),
            ("remove", _("Remove"), ":material/close:", count == 1),
        ):
            key = lines.form.key((what, place))
            args = (lines, what, place, key)
            st.button(text, icon=icon, key=key, on_click=_do, args=args, disabled=off, type="tertiary")


def _do(lines: Lines, what: str, place: int, key: str) -> None:
    """Nothing where the lines moved since: a second click came before the page was drawn anew."""
    if key == lines.form.key((what, place)):
        _CHANGES[what](lines, place)


def _change(
    lines: Lines, rows: Sequence[Row], places: Sequence[int | None], opened: int | None, removed: int | None = None
) -> None:
    before = lines.rows
    after = lines.follow([dict(row) for row in rows], places, before)
    lines.put(after, opened, None if removed is None else (before, removed))


def _add(lines: Lines) -> None:
    rows = lines.rows
    if len(rows) < lines.most:
        _change(lines, [*rows, lines.new(rows)], [*range(len(rows)), None], len(rows))


def _copy(lines: Lines, place: int) -> None:
    rows, after = lines.rows, place + 1
    if len(rows) < lines.most:
        new = [*rows[:after], lines.copied(rows, place), *rows[after:]]
        _change(lines, new, [*range(after), None, *range(after, len(rows))], after)


def _move(lines: Lines, place: int, by: int) -> None:
    rows, opened = lines.rows, lines.opened
    if 0 <= place + by < len(rows):
        order = list(range(len(rows)))
        order[place], order[place + by] = order[place + by], order[place]
        _change(lines, [rows[old] for old in order], order, None if opened is None else order.index(opened))


def _remove(lines: Lines, place: int) -> None:
    rows = lines.rows
    order = [old for old in range(len(rows)) if old != place]
    if order:
        _change(lines, [rows[old] for old in order], order, None, place)


def _undo(lines: Lines) -> None:
    if lines.removed:
        before, place = lines.removed[:2]
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(
                _("**{called}** was removed.", called=words.plain(lines.called(before[place]))), width="stretch"
            )
            key = f"{lines.form.name}_undo_remove"
            st.button(_("Undo"), icon=":material/undo:", key=key, on_click=_restore, args=(lines,))


def _restore(lines: Lines) -> None:
    """That item, and what others lost with it: what was changed elsewhere meanwhile stays."""
    if lines.removed:
        before, place, left = lines.removed
        now, opened = lines.rows, lines.opened
        places = [*range(place), None, *range(place, len(now))]
        rows = lines.follow([dict(before[place] if old is None else now[old]) for old in places], places, now)
        for at, old in enumerate(places):
            if old is not None:
                rows[at] |= {
                    name: before[at][name]
                    for name in before[at]
                    if before[at][name] != left[old].get(name) == now[old].get(name)
                }
        lines.put(rows, None if opened is None else opened + (opened >= place))


_CHANGES: Mapping[str, Callable[[Lines, int], None]] = {
    "up": lambda lines, place: _move(lines, place, -1),
    "down": lambda lines, place: _move(lines, place, 1),
    "copy": _copy,
    "remove": _remove,
}
