"""CSV that is safe to open in a spreadsheet, which takes some texts for formulas and runs them."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from distill_core.lazy_torch import pd

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


def no_formula_within(value: Any) -> Any:
    """A text that is no formula wherever a file of it is parted; anything else as it is."""
    if not isinstance(value, str):
        return value
    return _PARTS.sub(
        lambda part: f"{part[0]}'" if _is_formula(part.string[part.end() :], _SIGNS) else part[0], no_formula(value)
    )


def as_csv(rows: pd.DataFrame, *, excel: bool = False, marked: bool = False) -> bytes:
    """Every text in quotes, so that none is parted, and none a formula.

    ``excel``: with semicolons, decimal commas and a mark of the encoding, as Excel reads it in German, French and a
    dozen more languages. ``marked``: the mark of the encoding alone, by which spreadsheets know UTF-8.
    """
    safe = guarded(rows, no_formula)
    if not excel:
        plain = safe.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC)
        return plain.encode("utf-8-sig" if marked else "utf-8")
    for name in _texts(safe):
        safe[name] = safe[name].map(_with_comma)
    text = safe.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC, sep=";", decimal=",")
    return text.encode("utf-8-sig")


def guarded(rows: pd.DataFrame, guard: Callable[[Any], Any]) -> pd.DataFrame:
    """The table with ``guard`` applied to its texts and to the names of its columns."""
    safe = rows.copy()
    for name in _texts(safe):
        safe[name] = safe[name].map(guard)
    return safe.rename(columns=guard)


def _is_formula(text: str, begins: frozenset[str]) -> bool:
    """Whether its first character that can be seen is one of these, in whatever width it is written."""
    for character in text:
        # Excel takes full-width and small signs for plain ones.
        if not begins.isdisjoint((character, unicodedata.normalize("NFKC", character))):
            return True
        if not (unicodedata.category(character) in _UNSEEN or character in _BLANK_LETTERS):
            return False
    return False


def _texts(rows: pd.DataFrame) -> list[Any]:
    return list(rows.select_dtypes(exclude=["number", "bool", "datetime", "datetimetz"]))


def _with_comma(value: Any) -> Any:
    return str(value).replace(".", ",") if isinstance(value, float) and value == value else value
