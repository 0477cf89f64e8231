"""The base of all repositories of the store: database, files, and the id of the open lab."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, func, select

from distill_core.said import to_json
from distill_core.store import tables
from distill_core.store.artifacts import ArtifactFolder
from distill_core.store.encoding import ATOMS, TEXTS, beside
from distill_core.store.half_trained import HalfTrained
from distill_core.store.instance import Instance
from distill_core.store.pools import Pools
from distill_core.store.records import Device, JobRecord, Measurement, RobustnessScore, RunRecord
from distill_core.store.unchanged import Unchanged
from distill_core.store.watch import Watch

SINGLE = ATOMS | {datetime}
MAX_BIND_PARAMETERS = 1_000  # the limit of values in a statement, in every database


class Repository:
    """A database and a folder of files. Any number of threads, processes and labs may use the same home."""

    def __init__(self, pools: Pools, files: ArtifactFolder, instance: Instance, half_trained: HalfTrained) -> None:
        self._pools = pools
        self._unchanged = Unchanged(pools)
        self._files = files
        self._instance = instance
        self.half_trained = half_trained
        self._watch = Watch()

    @property
    def lab_id(self) -> str:
        """The id of this open lab, which owns the jobs that it files."""
        return self._instance.id


def next_place(connection: Connection, column: "Column[int]") -> int:
    """The largest number of a column plus 1; unique, since there is only one writer."""
    return int(connection.scalar(select(func.coalesce(func.max(column), 0))) or 0) + 1


def has_run(connection: Connection, run_id: str) -> bool:
    """Whether a run has a row."""
    return connection.execute(select(tables.runs.c.id).where(tables.runs.c.id == run_id)).first() is not None


def to_row(record: JobRecord | RunRecord | Measurement | Device | RobustnessScore) -> dict[str, Any]:
    """The record's fields by column; mappings become dicts for JSON, and texts are in two columns."""
    row = {name: getattr(record, name) for name in _names(type(record))}  # type: ignore[arg-type]
    for name, value in row.items():
        if type(value) not in SINGLE and isinstance(value, Mapping):
            row[name] = dict(value)
    for text in TEXTS:
        if text in row:
            row |= text_row(text, row[text])
    return row


@cache
def _names(record: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record))


def text_row(name: str, text: Any) -> dict[str, Any]:
    """The two columns of a text of the engine: its English, and its template with values."""
    return {name: None if text is None else str(text), beside(name): to_json(text)}
