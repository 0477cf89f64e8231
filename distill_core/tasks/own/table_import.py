"""Rows of a table with a label each, as the arrays and the description of a task. N rows, C columns."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from distill_core.errors import said
from distill_core.tasks.own.array_file import FILE, array_file
from distill_core.tasks.own.class_folders import CALLED, Part, check_count
from distill_core.tasks.own.columns import (
    FoundColumn,
    decimal_mark,
    found_column,
    is_missing,
    named,
    names_of,
    numbers_of,
)
from distill_core.tasks.own.csv_rows import Rows, table_bytes
from distill_core.tasks.own.names import in_order
from distill_core.tasks.own.refusals import RefusedFile, refused
from distill_core.tasks.own.row_parts import parted_rows
from distill_core.tasks.own.splitting import FEWEST, Parted, counted, places_of, reported
from distill_core.tasks.own.text_import import PART, STEP, OnRow
from distill_core.tasks.table.rows import LabelledRows

MOST_COLUMNS, MOST_PREPARED = 200, 2_000
# What stands between the values of a row that is compared with others: no value holds it.
_BETWEEN = "\0"


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """What a person says of the columns, by their names: that of labels, those left out, and numbers that are names.
    ``decimal``: the mark of numbers, empty where it is to be found out."""

    label: str
    left_out: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    decimal: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    """``lines_N``: the number of each row in a spreadsheet; ``cells_CN``: by column, whose ``names`` these are."""

    names: list[str]
    lines_N: list[int]
    cells_CN: list[list[str]]
    refused: list[RefusedFile]

    def only(self, kept: Sequence[int]) -> "_Read":
        cells_CN = [[cells[at] for at in kept] for cells in self.cells_CN]
        return _Read(self.names, [self.lines_N[at] for at in kept], cells_CN, self.refused)


def look_at_table(path: Path, *, encoding: str, decimal: str, categories: Sequence[str]) -> dict[str, Any]:
    """What the columns of a table seem to hold. Raises: InvalidSetting where it cannot be read."""
    read = _read(Rows(table_bytes(path), encoding, ()), lambda number, total: None)
    mark = decimal or decimal_mark(read.cells_CN)
    every = zip(read.names, read.cells_CN, strict=True)
    columns = [found_column(name, cells, mark, category=name in categories) for name, cells in every]
    found = [asdict(column) for column in columns]
    return {"refused": [], "rows": len(read.lines_N), "decimal": mark, "columns": found}


def import_table(path: Path, into: Path, *, chosen: Chosen, encoding: str, on_row: OnRow) -> dict[str, Any]:
    """Write the rows to ``into``; returns what ``OwnData`` holds of them. A column called part may tell train, valid
    or test. Raises: InvalidSetting where they make no task."""
    rows = Rows(table_bytes(path), encoding, (chosen.label,))
    of = rows.column(chosen.label)
    read = _read(rows, on_row)
    check_count(_classes(named(read.cells_CN[of])), "choose a column that holds few classes, and no numbers or texts")
    decimal = chosen.decimal or decimal_mark(read.cells_CN)
    within = _parts_at(rows, read)
    columns, left_out = _columns(read, chosen, decimal, {of, within})
    read = _usable(read, of, columns, decimal)
    names, labels_N = _numbered(named(read.cells_CN[of]))
    parts = read.cells_CN[within] if within >= 0 else []
    given: list[Part | None] = [CALLED[cell.strip().casefold()] for cell in parts]
    split = parted_rows(_keys(read, columns), labels_N, given or [None] * len(labels_N))
    classes = [names[number] for number in split.classes]
    check_count(classes, said("give each label at least {least} rows that are not all the same", FEWEST))
    described, values_NC = _prepared(read, columns, decimal, split)
    left = [RefusedFile(f"{read.lines_N[at]}", reason) for at, reason in sorted(split.reasons.items())]
    return {
        "kind": "tables",
        "classes": classes,
        **reported(split, given, [*read.refused, *left]),
        "table": {"label": read.names[of], "decimal": decimal, "columns": described, "left_out": left_out},
        **_write(values_NC, labels_N, split, into / FILE),
    }


def _numbered(labels: Sequence[str]) -> tuple[list[str], list[int]]:
    """The classes in order, and the number of each label. Raises: InvalidSetting."""
    names = _classes(labels)
    check_count(names, said("give each label at least {least} rows", FEWEST))
    numbers = {name: number for number, name in enumerate(names)}
    return names, [numbers[label] for label in labels]


def _read(rows: Rows, on_row: OnRow) -> _Read:
    read = _Read(names_of(rows.header), [], [[] for _ in rows.header], [])
    for number, row in rows:
        if number % STEP == 2:
            on_row(number - 2, max(number, rows.lines))
        if len(row) != len(rows.header):
            read.refused.append(RefusedFile(f"{number}", "columns"))
            continue
        read.lines_N.append(number)
        for cells, cell in zip(read.cells_CN, row, strict=True):
            cells.append(cell)
    return read


def _classes(labels: Sequence[str]) -> list[str]:
    return sorted(set(labels) - {""}, key=in_order)


def _parts_at(rows: Rows, read: _Read) -> int:
    """Where the parts stand: a column of this name that holds nothing else."""
    at = rows.column(PART, optional=True)
    return at if at >= 0 and all(cell.strip().casefold() in CALLED for cell in set(read.cells_CN[at])) else -1


def _columns(
    read: _Read, chosen: Chosen, decimal: str, others: set[int]
) -> tuple[dict[int, FoundColumn], list[dict[str, str]]]:
    """The columns that networks get, by their place, and those left out with the reason. Raises: InvalidSetting."""
    for name in (*chosen.left_out, *chosen.categories):
        if name not in read.names:
            hint = "name columns as they are called in the first row"
            raise refused(said("a column {name!r}", name), "none that is called so", hint)
    columns, left_out = {}, []
    for place, name in enumerate(read.names):
        if place in others:
            continue
        found = found_column(name, read.cells_CN[place], decimal, category=name in chosen.categories)
        reason = "chosen" if name in chosen.left_out else found.holds
        if reason in ("number", "category"):
            columns[place] = found
        else:
            left_out.append({"name": name, "reason": reason})
    _check(columns)
    return columns, left_out


def _check(columns: dict[int, FoundColumn]) -> None:
    if not 1 <= len(columns) <= MOST_COLUMNS:
        hint = "leave some out" if columns else "bring columns of numbers or of few categories beside the labels"
        raise refused(said("1 to {most} columns beside the labels", MOST_COLUMNS), len(columns) or "none", hint)
    size = sum(one.values if one.holds == "category" else 1 for one in columns.values())
    if size > MOST_PREPARED:
        expected = said("at most {most:,} numbers and categories in all columns", MOST_PREPARED)
        raise refused(expected, said("{count:,}", size), "leave columns of many categories out")


def _usable(read: _Read, of: int, columns: dict[int, FoundColumn], decimal: str) -> _Read:
    """The rows with a label, and with numbers where these are."""
    reasons = dict.fromkeys([at for at, label in enumerate(named(read.cells_CN[of])) if not label], "empty_label")
    for place, column in columns.items():
        if column.holds == "number":
            cells = read.cells_CN[place]
            wrong = np.flatnonzero(np.isnan(numbers_of(cells, decimal)))
            reasons |= {at: "no_number" for at in wrong.tolist() if not is_missing(cells[at]) and at not in reasons}
    read.refused.extend(RefusedFile(f"{read.lines_N[at]}", reason) for at, reason in sorted(reasons.items()))
    return read.only([at for at in range(len(read.lines_N)) if at not in reasons])


def _keys(read: _Read, columns: dict[int, FoundColumn]) -> list[bytes]:
    rows = zip(*(read.cells_CN[place] for place in columns), strict=True)
    joined = (_BETWEEN.join(cell.strip() for cell in row) for row in rows)
    return [hashlib.sha256(row.encode("utf-8", "replace")).digest() for row in joined]


def _prepared(
    read: _Read, columns: dict[int, FoundColumn], decimal: str, split: Parted
) -> tuple[list[dict[str, Any]], np.ndarray]:
    """What is told of each column, and (N, C) float32. All statistics are those of the training part."""
    train = np.array(places_of(split)["train"], np.int64)
    described, values = [], []
    for place, column in columns.items():
        if column.holds == "number":
            found_N = numbers_of(read.cells_CN[place], decimal)
            told: dict[str, Any] = _statistics(found_N[train])
        else:
            categories, found_N = _coded(named(read.cells_CN[place]), train)
            told = {"categories": categories}
        missing = int(np.isnan(found_N[train]).sum())
        described.append({"name": column.name, "missing": missing, **told})
        values.append(found_N)
    return described, np.stack(values, 1)


def _coded(names: Sequence[str], train: np.ndarray) -> tuple[list[str], np.ndarray]:
    """The categories of the training part, and (N,) float32: the code of each row, NaN for another one."""
    categories = sorted({names[at] for at in train} - {""}, key=in_order)
    codes = {name: float(code) for code, name in enumerate(categories)}
    return categories, np.array([codes.get(name, np.nan) for name in names], np.float32)


def _statistics(found_N: np.ndarray) -> dict[str, float]:
    """Mean, deviation and range of the numbers that are there; a deviation of 1 where all are alike."""
    known = found_N[~np.isnan(found_N)].astype(np.float64)
    if not len(known):
        return {"mean": 0.0, "std": 1.0, "low": 0.0, "high": 0.0}
    low, high = float(known.min()), float(known.max())
    return {"mean": float(known.mean()), "std": float(known.std()) if high > low else 1.0, "low": low, "high": high}


def _write(values_NC: np.ndarray, labels_N: Sequence[int], split: Parted, path: Path) -> dict[str, Any]:
    numbers = {label: number for number, label in enumerate(split.classes)}
    parts = {}
    with array_file(path) as arrays:
        for part, places in places_of(split).items():
            labels = np.array([numbers[labels_N[at]] for at in places], np.int64)
            parts[part] = LabelledRows(values_NC[places], labels)
            for name, array in (("values", parts[part].values_NC), ("labels", labels)):
                arrays.add(f"{part}_{name}", array.shape, lambda rows, array=array: array[rows])  # type: ignore[misc]
    return counted(parts, len(numbers))
