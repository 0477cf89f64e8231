"""What is safe to open in a spreadsheet, which takes some texts for formulas and runs them: files, and the tables on
the pages, which a visitor saves or copies with Streamlit's own toolbar."""

import csv
import re
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

__all__ = ["as_csv", "downloads", "no_formula", "table"]

_SIGNS, _BLANKS = frozenset("=+-@"), frozenset("\t\r\n")
# Programs skip what cannot be seen before a sign: controls, marks of the direction and of the encoding, joiners, spaces
# of every width, what is put on a letter, and letters that are blank.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp", "Mn", "Me"))
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Where another program parts the text a cell begins as well.
_PARTS = re.compile(r"[;,|\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d(?:[\d.,±% ]|pp|(?:percentage )?points?)*")


def no_formula(value: Any) -> Any:
    """A text that would be a formula, with an apostrophe before it; anything else as it is, a signed number too."""
    # Whoever names a device or a student writes into the file that somebody else opens.
    text = isinstance(value, str) and _is_formula(value, _SIGNS | _BLANKS) and not _NUMBER.fullmatch(value)
    return f"'{value}" if text else value


def as_csv(rows: pd.DataFrame, *, excel: bool = False) -> bytes:
    """Every text in quotes, so that none is parted, and none a formula.

    ``excel``: with semicolons, decimal commas and a mark of the encoding, as Excel reads it in German, French and a
    dozen more languages.
    """
    safe = _safe(rows, no_formula)
    if not excel:
        return safe.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC).encode()
    for name in _texts(safe):
        safe[name] = safe[name].map(_with_comma)
    text = safe.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC, sep=";", decimal=",")
    return text.encode("utf-8-sig")


def downloads(rows: Callable[[], pd.DataFrame], file_name: str, *, label: str = "CSV") -> None:
    """A button for each form; ``rows`` are asked for at the click. ``file_name`` without its ending."""
    for excel, title in ((False, label), (True, f"{label} for Excel (; and decimal commas)")):
        name = f"{file_name}{'_excel' if excel else ''}.csv"
        st.download_button(
            title,
            partial(_made, rows, excel=excel),
            name,
            "text/csv",
            key=f"get_{name}",
            icon=":material/download:",
            on_click="ignore",
        )


def table(rows: pd.DataFrame, *, place: Any = st, style: Callable[[Any], Any] | None = None, **options: Any) -> None:
    """``st.dataframe`` of texts that are no formulas wherever a file of them is parted; ``style`` colours it."""
    safe = _safe(rows, _no_formula_within)
    place.dataframe(style(safe.style) if style else safe, **options)


def _made(rows: Callable[[], pd.DataFrame], *, excel: bool) -> bytes:
    return as_csv(rows(), excel=excel)


def _no_formula_within(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _PARTS.sub(
        lambda part: f"{part[0]}'" if _is_formula(part.string[part.end() :], _SIGNS) else part[0], no_formula(value)
    )


def _is_formula(text: str, begins: frozenset[str]) -> bool:
    """Whether its first character that can be seen is one of these, in whatever width it is written."""
    for character in text:
        # Excel takes full-width and small signs for plain ones.
        if not begins.isdisjoint((character, unicodedata.normalize("NFKC", character))):
            return True
        if not (unicodedata.category(character) in _UNSEEN or character in _BLANK_LETTERS):
            return False
    return False


def _safe(rows: pd.DataFrame, guard: Callable[[Any], Any]) -> pd.DataFrame:
    safe = rows.copy()
    for name in _texts(safe):
        safe[name] = safe[name].map(guard)
    return safe.rename(columns=guard)


def _texts(rows: pd.DataFrame) -> list[Any]:
    return list(rows.select_dtypes(exclude=["number", "bool", "datetime", "datetimetz"]))


def _with_comma(value: Any) -> Any:
    return str(value).replace(".", ",") if isinstance(value, float) and value == value else value
