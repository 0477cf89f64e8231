"""Rows of a table that an owner brings: CSV with commas, semicolons, bars or tabs, in a known encoding."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from distill_core.errors import said
from distill_core.said import Names
from distill_core.tasks.own.refusals import refused

MOST_BYTES, MOST_ROWS = 50_000_000, 200_000
MOST_COLUMNS, MOST_CHARACTERS = 500, 1_000_000
# UTF-8 first; the others only by name, since their letters cannot be told from each other's.
ENCODINGS = (
    *("utf-8", "utf-16", "cp1252", "iso8859-15", "cp1250", "cp1251", "cp1253", "cp1254"),
    *("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"),
)
_DELIMITERS = (",", ";", "\t", "|")
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
KINDS = frozenset({".csv", ".tsv", ".txt"})


class Rows:
    """``header``: the names of the columns; iterating gives each row with its line number in a spreadsheet."""

    def __init__(self, data: bytes, encoding: str, wanted: Sequence[str]) -> None:
        """``wanted``: columns by which the separating character is told. Raises: InvalidSetting."""
        csv.field_size_limit(MOST_CHARACTERS)
        self._text = _decoded(data, encoding)
        self.lines = self._text.count("\n")
        headers = {delimiter: _header(self._text, delimiter) for delimiter in _DELIMITERS}
        self._delimiter = max(_DELIMITERS, key=lambda one: (_held(headers[one], wanted), len(headers[one])))
        self.header = headers[self._delimiter]
        if len(self.header) > MOST_COLUMNS:
            raise refused(said("at most {most} columns", MOST_COLUMNS), len(self.header), "leave some out")

    def column(self, name: str, *, optional: bool = False) -> int:
        """Where a column stands, by its name in any case; -1 for one that is optional and lacks. Raises:
        InvalidSetting."""
        names = [one.casefold() for one in self.header]
        if name.casefold() in names:
            return names.index(name.casefold())
        if optional:
            return -1
        hint = "name one of these, or write the names of the columns into the first row"
        raise refused(said("a column {name!r}", name), said("the columns {names}", Names(self.header[:20])), hint)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        rows = csv.reader(io.StringIO(self._text, newline=""), delimiter=self._delimiter)
        try:
            next(rows, None)
            for number, row in enumerate((row for row in rows if any(row)), start=2):
                if number > MOST_ROWS + 1:
                    raise refused(said("at most {most:,} rows", MOST_ROWS), "more", "choose fewer rows")
                yield number, row
        except csv.Error as error:
            raise refused("a table that can be read", error, "save it again as CSV") from error


def table_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises: InvalidSetting for none, and for more than ``MOST_BYTES``."""
    try:
        if not path.is_file():
            raise refused("a file", said("none at {path}", path), "choose another one")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise refused("a file", error, "choose one that may be read") from error
    if len(data) > MOST_BYTES:
        raise refused(said("at most {most} MB", MOST_BYTES // 10**6), "more", "choose fewer rows")
    return data


def _decoded(data: bytes, encoding: str) -> str:
    if encoding not in ENCODINGS:
        expected = said("an encoding of {names}", Names(ENCODINGS))
        raise refused(expected, encoding, "choose one of these, or save the table as UTF-8")
    named = _MARKS.get(data[:2], "utf-8-sig" if encoding == "utf-8" else encoding)
    try:
        return data.decode(named)
    except UnicodeError as error:
        hint = "save it as UTF-8, or name its encoding, as cp1252 for western languages or gb18030 for Chinese"
        raise refused(said("a text in {encoding}", encoding), error, hint) from error


def _header(text: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []
    return [one.strip()[:200] for one in row]


def _held(header: Sequence[str], wanted: Sequence[str]) -> int:
    names = {one.casefold() for one in header}
    return sum(one.casefold() in names for one in wanted)
