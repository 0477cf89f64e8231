"""The rows of an archive: each column's value as JSON, and back, checked by the column's own type.

Nothing here names a column but those that an archive leaves out: what belongs to one home alone.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Integer, String, Table

from distill_core import archive
from distill_core.errors import CorruptFile, Names, said
from distill_core.store import tables
from distill_core.store.encoding import TEXTS, beside, readable_value, writable
from distill_core.store.tables import UtcDateTime

Values = dict[str, Any]
Rows = Mapping[str, list[Values]]

# In this order they are stored: a row after those that it refers to. Each with the most rows of an archive.
MOST_ROWS = {
    tables.jobs: 1_000,
    tables.runs: 10_000,
    tables.job_runs: 20_000,
    tables.curves: 10_000,
    tables.artifacts: 40_000,
    tables.trials: 100_000,
    tables.devices: 100,
    tables.measurements: 20_000,
}
LEFT_OUT = {
    tables.jobs.c.owner,
    *(tables.jobs.c.filed, tables.runs.c.filed, tables.devices.c.seen),
    *(tables.measurements.c.id, tables.artifacts.c.file),
}
# The most characters of a text whose column has no length; a specification and a plan have bounds of their own.
LONGEST_TEXT = 10_000
LONG = {tables.jobs.c.specification, tables.jobs.c.plan}
SAID = frozenset(map(beside, TEXTS))
# A terminal obeys them; lines may end.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def columns_of(table: Table) -> list["Column[Any]"]:
    return [column for column in table.columns if column not in LEFT_OUT]


def encoded_row(table: Table, values: Mapping[Any, Any]) -> Values:
    """A row as JSON, in the order of the table's columns; without texts that are empty by default and templates that
    are not there, so that a lab that lacks the column takes the row."""
    told = [column for column in columns_of(table) if not _goes_without_saying(column, values[column.name])]
    return {column.name: _encoded(values[column.name]) for column in told}


def _goes_without_saying(column: "Column[Any]", value: Any) -> bool:
    return (value == "" and column.server_default is not None) or (value is None and column.name in SAID)


def decoded_rows(archived: Any, *, own: bool = False) -> Rows:
    """The rows of an archive by table, each value with its column's type; keys are distinct and refer to rows that are
    there. Columns that were added later and may be missing have their default. ``own``: rows that this lab wrote, whose
    values and keys are taken as they are.

    Raises: CorruptFile.
    """
    known = {table.name: table for table in MOST_ROWS}
    if not isinstance(archived, dict) or archived.keys() != known.keys():
        raise refused("rows.json", said("the tables {known}", Names(known)), "others")
    if own:
        return {name: _own_table(table, archived[name]) for name, table in known.items()}
    rows = {name: _decoded_table(table, archived[name]) for name, table in known.items()}
    for table in known.values():
        _check_keys(table, rows)
    return rows


def _encoded(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else writable(value)


def _decoded_table(table: Table, rows: Any) -> list[Values]:
    most = MOST_ROWS[table]
    if not isinstance(rows, list) or len(rows) > most:
        got = said("{value:,}", len(rows)) if isinstance(rows, list) else "no list"
        raise refused(table.name, said("at most {most:,} rows", most), got)
    columns = {column.name: column for column in columns_of(table)}
    return [_decoded_row(table, columns, row) for row in rows]


def _own_table(table: Table, rows: list[Values]) -> list[Values]:
    columns = {column.name: column for column in columns_of(table)}
    typed = [(name, column) for name, column in columns.items() if _decoder(column) in (_time, _json)]
    for row in rows:
        _check_columns(table, columns, row)
    return [row | {name: _decoded(column, row[name]) for name, column in typed if name in row} for row in rows]


def _decoded_row(table: Table, columns: "Mapping[str, Column[Any]]", row: Any) -> Values:
    _check_columns(table, columns, row)
    return {name: _decoded(columns[name], value) for name, value in row.items()}


def _check_columns(table: Table, columns: "Mapping[str, Column[Any]]", row: Any) -> None:
    if not isinstance(row, dict) or (more := row.keys() - columns.keys()):
        got = said("others ({names})", ", ".join(sorted(more))[:80]) if isinstance(row, dict) else "no object"
        raise refused(table.name, said("the columns {columns}", Names(columns)), got, "update this lab")
    missing = [name for name in columns.keys() - row.keys() if not _may_be_missing(columns[name])]
    if missing:
        raise refused(table.name, said("a value of {student}", missing[0]), "none")


def _may_be_missing(column: "Column[Any]") -> bool:
    return bool(column.nullable) or column.server_default is not None


def _decoded(column: "Column[Any]", value: Any) -> Any:
    if value is None and column.nullable:
        return None
    decode = _decoder(column)
    decoded = decode(column, value) if decode else None
    if decoded is not None:
        return decoded
    expected = str(column.type).lower()
    raise refused(f"{column.table.name}.{column.name}", expected, repr(value)[:60])


@cache
def _decoder(column: "Column[Any]") -> Callable[["Column[Any]", Any], Any] | None:
    return next((decode for kind, decode in TYPES if isinstance(column.type, kind)), None)


def _text(column: "Column[Any]", value: Any) -> str | None:
    longest = getattr(column.type, "length", None) or (None if column in LONG else LONGEST_TEXT)
    fits = isinstance(value, str) and (longest is None or len(value) <= longest)
    return value if fits and not CONTROL.search(value) else None


def _number(_column: "Column[Any]", value: Any) -> float | int | None:
    return value if type(value) in (int, float) else None


def _integer(column: "Column[Any]", value: Any) -> int | None:
    bits = 63 if isinstance(column.type, BigInteger) else 31
    return value if type(value) is int and -(2**bits) <= value < 2**bits else None


def _truth(_column: "Column[Any]", value: Any) -> bool | None:
    return value if type(value) is bool else None


def _time(_column: "Column[Any]", value: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(value)
        return time.astimezone(UTC) if time.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _json(_column: "Column[Any]", value: Any) -> Any:
    try:
        return readable_value(value) if isinstance(value, dict | list) else None
    except (TypeError, ValueError):
        return None


# An entry is the first that a column's type is an instance of.
TYPES: tuple[tuple[type, Callable[["Column[Any]", Any], Any]], ...] = (
    (UtcDateTime, _time),
    (JSON, _json),
    (Boolean, _truth),
    (Float, _number),
    (Integer, _integer),
    (String, _text),
)


def _check_keys(table: Table, rows: Rows) -> None:
    keys = [list(table.primary_key.columns), *([column] for column in table.columns if column.unique)]
    for columns in keys:
        if not LEFT_OUT.isdisjoint(columns):
            continue
        _check_distinct(table, [tuple(row.get(column.name) for column in columns) for row in rows[table.name]])
    for column in table.columns:
        for key in column.foreign_keys:
            there = {row[key.column.name] for row in rows[key.column.table.name]}
            lost = next((row[column.name] for row in rows[table.name] if row[column.name] not in there), None)
            if lost is not None:
                raise refused(table.name, said("{table} that are in the archive", key.column.table.name), repr(lost))


def _check_distinct(table: Table, keys: Sequence[tuple[Any, ...]]) -> None:
    told = [key for key in keys if key != (None,)]
    if len(set(told)) != len(told):
        raise refused(table.name, "rows with a key each", "one twice")


def refused(what: str, expected: object, got: object, hint: str = archive.AGAIN) -> CorruptFile:
    """The error of an archive whose rows are not taken."""
    return archive.refused(expected, got, hint, what=said("the archive's {what}", what))
