"""Texts with a label each, from a table, as the arrays and the description of a task."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from distill_core.errors import said
from distill_core.tasks.own.array_file import FILE, array_file
from distill_core.tasks.own.class_folders import CALLED, Part, check_count
from distill_core.tasks.own.csv_rows import Rows, table_bytes
from distill_core.tasks.own.names import in_order, one_line, shown
from distill_core.tasks.own.refusals import RefusedFile
from distill_core.tasks.own.splitting import FEWEST, Parted, counted, parted, places_of, reported
from distill_core.tasks.text.texts import LabelledTexts
from distill_core.tasks.text.tokens import utf8

# Networks read far less; more of a text than this is not kept.
MOST_CHARACTERS = 1_000
# The optional column that tells the part of a row.
PART = "part"
OnRow = Callable[[int, int], None]
STEP = 1_000


@dataclass(frozen=True, slots=True)
class _Read:
    numbers: list[int]
    texts: list[str]
    labels: list[str]
    parts: list[Part | None]
    refused: list[RefusedFile]


def import_texts(path: Path, into: Path, *, text: str, label: str, encoding: str, on_row: OnRow) -> dict[str, Any]:
    """Write the texts to ``into``; returns what ``OwnData`` holds of them. ``text`` and ``label`` name columns; a
    column called part may tell train, valid or test.

    Raises: InvalidSetting where they make no task.
    """
    read = _read(Rows(table_bytes(path), encoding, (text, label)), text, label, on_row)
    names = sorted(set(read.labels), key=in_order)
    check_count(names, "write the class of each text into the column of labels")
    labels_N = _numbered(read.labels, names)
    keys = [hashlib.sha256(one.encode("utf-8", "replace")).digest() for one in read.texts]
    split = parted(keys, labels_N, read.parts)
    classes = [names[number] for number in split.classes]
    check_count(classes, said("give each label at least {least} texts that are not all the same", FEWEST))
    left_out = [RefusedFile(f"{read.numbers[at]}", reason) for at, reason in sorted(split.reasons.items())]
    refusals = [*read.refused, *left_out]
    return {
        "kind": "texts",
        "classes": classes,
        **reported(split, read.parts, refusals),
        **_write(read.texts, labels_N, split, into / FILE),
    }


def _numbered(labels: Sequence[str], names: Sequence[str]) -> list[int]:
    numbers = {name: number for number, name in enumerate(names)}
    return [numbers[one] for one in labels]


def _read(rows: Rows, text: str, label: str, on_row: OnRow) -> _Read:
    at, of, within = rows.column(text), rows.column(label), rows.column(PART, optional=True)
    read = _Read([], [], [], [], [])
    for number, row in rows:
        if number % STEP == 2:
            on_row(number - 2, max(number, rows.lines))
        reason = "columns" if len(row) != len(rows.header) else ""
        words = one_line(row[at], MOST_CHARACTERS) if not reason else ""
        name = shown(row[of]) if not reason else ""
        reason = reason or ("empty_text" if not words else "" if name else "empty_label")
        if reason:
            read.refused.append(RefusedFile(f"{number}", reason))
            continue
        read.numbers.append(number)
        read.texts.append(words)
        read.labels.append(name)
        read.parts.append(CALLED.get(row[within].strip().casefold()) if within >= 0 else None)
    return read


def _write(texts: Sequence[str], labels_N: Sequence[int], split: Parted, path: Path) -> dict[str, Any]:
    numbers = {label: number for number, label in enumerate(split.classes)}
    parts = {}
    with array_file(path) as arrays:
        for part, places in places_of(split).items():
            labels = np.array([numbers[labels_N[at]] for at in places], np.int64)
            parts[part] = LabelledTexts(tuple(texts[at] for at in places), labels)
            data = [utf8(one) for one in parts[part].texts]
            for name, array in (
                ("bytes", np.frombuffer(b"".join(data), np.uint8)),
                ("ends", np.cumsum([len(one) for one in data], dtype=np.int64)),
                ("labels", labels),
            ):
                arrays.add(f"{part}_{name}", array.shape, lambda rows, array=array: array[rows])  # type: ignore[misc]
    return counted(parts, len(numbers))
