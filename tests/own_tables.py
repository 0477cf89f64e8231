"""Tables that tests write for own data."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from distill_core.tasks import Task
from distill_core.tasks.own.description import OwnData
from distill_core.tasks.own.table_import import Chosen, import_table
from distill_core.tasks.own.tasks import task_of

__all__ = ["HEADER", "flowers", "people", "read", "table_of", "table_task"]

HEADER = ("age", "income", "city", "label")


def people(count: int = 40) -> list[list[str]]:
    """Rows of two classes; every seventh income is missing, and every eleventh city."""
    cities = ("Wien", "東京", "São Paulo")
    return [
        [
            f"{20 + n % 45 + (n % 2) * 10}",
            "" if n % 7 == 3 else f"{1000 + 37 * n}.5",
            "NA" if n % 11 == 5 else cities[(n + n % 2) % 3],
            ("no", "yes")[n % 2],
        ]
        for n in range(count)
    ]


def table_of(rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER, delimiter: str = ",") -> str:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows([header, *rows])
    return written.getvalue()


def flowers(path: Path, name: str = "wine") -> Path:
    """A table that scikit-learn ships, as CSV."""
    from sklearn import datasets

    found = getattr(datasets, f"load_{name}")()
    named = [str(found.target_names[target]) for target in found.target]
    rows = [[*row, label] for row, label in zip(found.data.tolist(), named, strict=True)]
    path.write_text(table_of(rows, [*map(str, found.feature_names), "label"]), encoding="utf-8")
    return path


def read(folder: Path, data: str | bytes, *, encoding: str = "utf-8", label: str = "label", **chosen: Any) -> dict:
    path = folder / "in.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    told = Chosen(label=label, **chosen)
    return import_table(path, folder, chosen=told, encoding=encoding, on_row=lambda number, total: None)


def table_task(folder: Path, count: int = 40) -> Task:
    """A task of people; its examples lie in the folder."""
    data = OwnData.of({**read(folder, table_of(people(count))), "title": "people"})
    return task_of(data, folder / "data.npz")
