"""Columns of a table that an owner brings: which hold numbers, which categories, and which cannot help."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from distill_core.errors import said
from distill_core.tasks.own.names import shown

MOST_CATEGORIES = 100
# Of the values of a column of numbers, in hundredths: rows with another value are refused.
LEAST_NUMBERS = 95
MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "?", "-", "."})
Holds = Literal["number", "category", "constant", "empty", "many"]
# Why a column is left out.
LEFT_OUT = MappingProxyType(
    {
        "constant": said("the same value in every row"),
        "empty": said("no value in any row"),
        "many": said("more than {most} different values that are no numbers", MOST_CATEGORIES),
        "chosen": said("not wanted"),
    }
)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d*,\d+", re.ASCII)
_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?", re.ASCII)
# One such number may be a thousand and some, or one and some.
_UNCLEAR = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_TURNED = str.maketrans(",.", ".,")
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundColumn:
    """What a column seems to hold. ``values``: how many different ones; ``missing``: rows without one; ``told``: the
    smallest and largest number, or the most frequent values."""

    name: str
    holds: Holds
    values: int
    missing: int
    told: tuple[str, ...]


def is_missing(cell: str) -> bool:
    return cell.strip().casefold() in MISSING


def decimal_mark(columns_CN: Sequence[Sequence[str]]) -> str:
    """A comma where some number has one and none a point, else a point; what may be a thousand tells nothing."""
    commas = points = False
    for cells in columns_CN:
        for cell in {one.strip() for one in cells}:
            if not _UNCLEAR.fullmatch(cell):
                commas = commas or bool(_COMMA.fullmatch(cell))
                points = points or bool(_POINT.fullmatch(cell))
    return "," if commas and not points else "."


def number_of(cell: str, decimal: str) -> float:
    """The number that a cell holds, with thousands in groups or not; NaN where it holds none that networks can take."""
    text = cell.strip().replace("\u2212", "-")
    text = text.translate(_TURNED) if decimal == "," else text
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    found = float(text) if _NUMBER.fullmatch(text) else np.nan
    return found if abs(found) < _LARGEST else np.nan


def names_of(header: Sequence[str]) -> list[str]:
    """The columns as they are called here: each another name, by its place where it has none."""
    names: list[str] = []
    for place, given in enumerate(header, start=1):
        name = shown(given, 50) or f"column {place}"
        names.append(name if name not in names else f"{name} ({place})")
    return names


def found_column(name: str, cells: Sequence[str], decimal: str, *, category: bool = False) -> FoundColumn:
    """What a column holds; ``category``: its numbers are names."""
    counts = Counter(cells)
    for cell in [one for one in counts if is_missing(one)]:
        del counts[cell]
    numbers = {} if category else {one: number_of(one, decimal) for one in counts}
    right = {one: value for one, value in numbers.items() if value == value}
    if right and 100 * sum(counts[one] for one in right) >= LEAST_NUMBERS * counts.total():
        return _found(name, "number", cells, counts, len(set(right.values())), sorted(right.values()))
    named: Counter[str] = Counter()
    for one, count in counts.items():
        named[shown(one)] += count
    holds: Holds = "category" if len(named) <= MOST_CATEGORIES else "many"
    return _found(name, holds, cells, counts, len(named), [one for one, _ in named.most_common(3)])


def _found(
    name: str, holds: Holds, cells: Sequence[str], counts: Counter[str], values: int, every: Sequence[float | str]
) -> FoundColumn:
    told = [f"{every[0]:g}", f"{every[-1]:g}"] if holds == "number" else every
    few: Holds = "constant" if values else "empty"
    return FoundColumn(
        name=name,
        holds=holds if values > 1 else few,
        values=values,
        missing=len(cells) - counts.total(),
        told=tuple(str(one) for one in told),
    )


def named(cells: Sequence[str]) -> list[str]:
    """The category of each cell, empty where it is missing."""
    names = {cell: "" if is_missing(cell) else shown(cell) for cell in set(cells)}
    return [names[cell] for cell in cells]


def numbers_of(cells: Sequence[str], decimal: str) -> np.ndarray:
    """(N,) float32: the number of each cell, NaN where it holds none."""
    known = {cell: number_of(cell, decimal) for cell in set(cells)}
    return np.array([known[cell] for cell in cells], np.float32)
