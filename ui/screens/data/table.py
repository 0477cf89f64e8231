"""The fields of a table of numbers and categories: what its columns seem to hold, for confirmation."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

import ui
from distill_core.errors import DistillError
from distill_core.tasks.own.columns import LEFT_OUT
from distill_core.tasks.own.csv_rows import ENCODINGS
from ui import spreadsheet
from ui.forms import fields
from ui.text import words
from ui.text.language import N_, Texts, _

__all__ = ["chosen", "draw"]

BEGIN, FOUND = "own_table", "own_table_found"
MARKS = Texts({"": N_("found out"), ".": N_("point"), ",": N_("comma")})
COLUMN, HOLDS, VALUES, MISSING = N_("column"), N_("holds"), N_("values"), N_("missing")
KINDS = Texts({"number": N_("numbers"), "category": N_("categories")})


def draw(file: UploadedFile) -> None:
    """The fields, and a table of the columns as they would be taken."""
    with st.container(horizontal=True):
        st.selectbox(_("Encoding"), ENCODINGS, key=f"{BEGIN}_encoding")
        titled = fields.titled(f"{BEGIN}_decimal", MARKS)
        st.segmented_control(
            _("Decimal mark"), list(MARKS), default="", required=True, key=f"{BEGIN}_decimal", **titled
        )
    found = _found(file)
    if found is None:
        return
    names = [column["name"] for column in found["columns"]]
    label = st.selectbox(_("Column of labels"), names, index=_likely(names), key=f"{BEGIN}_label_{file.file_id}")
    others = [name for name in names if name != label]
    with st.container(horizontal=True):
        st.multiselect(_("Columns to leave out"), others, key=f"{BEGIN}_left_out_{file.file_id}")
        st.multiselect(
            _("Numbers that are names"),
            others,
            key=f"{BEGIN}_categories_{file.file_id}",
            help=_("As postal codes: a larger one is no more than a smaller one."),
        )
    spreadsheet.table(_rows(found["columns"], label, chosen(file)), hide_index=True, height=240)


def chosen(file: UploadedFile) -> dict[str, Any]:
    """What the fields say now."""
    state = st.session_state
    of_file = {name: state.get(f"{BEGIN}_{name}_{file.file_id}") for name in ("label", "left_out", "categories")}
    label = of_file.pop("label") or ""
    lists = {name: [one for one in names or [] if one != label] for name, names in of_file.items()}
    return {"kind": "tables", "label": label, **lists, "encoding": _encoding(), "decimal": _decimal()}


def _encoding() -> str:
    return str(st.session_state.get(f"{BEGIN}_encoding") or ENCODINGS[0])


def _decimal() -> str:
    return str(st.session_state.get(f"{BEGIN}_decimal") or "")


def _found(file: UploadedFile) -> Mapping[str, Any] | None:
    """The columns, looked at once for each file and each way to read it; None, and the reason, where none can be."""
    key = file.file_id, _encoding(), _decimal()
    kept = st.session_state.get(FOUND)
    if kept is None or kept[0] != key:
        with st.spinner(_("Looking at the columns…")):
            kept = key, *_looked_at(file)
        st.session_state[FOUND] = kept
    if kept[2]:
        st.warning(words.sentence(kept[2]), title=_("This table cannot be read"))
    return kept[1]


def _looked_at(file: UploadedFile) -> tuple[Mapping[str, Any] | None, Any]:
    try:
        return ui.lab().own_data.columns(file.getvalue(), encoding=_encoding(), decimal=_decimal()), ""
    except DistillError as error:
        return None, error


def _likely(names: Sequence[str]) -> int:
    """The column that is called label, or the last one."""
    known = [name.casefold() for name in names]
    return known.index("label") if "label" in known else len(names) - 1


def _rows(columns: Sequence[Mapping[str, Any]], label: str, told: Mapping[str, Any]) -> pd.DataFrame:
    rows = [
        {
            COLUMN: column["name"],
            HOLDS: _holds(column, label, told),
            VALUES: _values(column),
            MISSING: words.number(column["missing"], grouped=True),
        }
        for column in columns
    ]
    return pd.DataFrame(rows)


def _holds(column: Mapping[str, Any], label: str, told: Mapping[str, Any]) -> str:
    name, holds = column["name"], column["holds"]
    if name == label:
        return _("labels")
    if name in told["categories"] and holds == "number":
        holds = "category"
    reason = "chosen" if name in told["left_out"] else holds
    return KINDS[reason] if reason in KINDS else _("left out: {reason}", reason=words.told(LEFT_OUT[reason]))


def _values(column: Mapping[str, Any]) -> str:
    """The range of numbers, or the most frequent values."""
    if column["holds"] == "number" and len(column["told"]) == 2:
        low, high = (words.short(float(one)) for one in column["told"])
        return _("{low} to {high}", low=low, high=high)
    count = words.number(column["values"], grouped=True)
    return _("{count}: {names}", count=count, names=words.join(list(column["told"]))) if column["told"] else count
