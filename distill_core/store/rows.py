"""What every part of the store works with: the database, the files, and who is at work."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Engine, select

from distill_core.store import tables
from distill_core.store.artifacts import ArtifactFolder
from distill_core.store.database import writing
from distill_core.store.process import this_process
from distill_core.store.records import Device, JobRecord, Measurement, RunRecord, Trial

__all__ = ["MANY", "Rows", "to_row"]

MANY = 1_000  # a statement holds so many values in every database


class Rows:
    """A database and a folder of files. Any number of threads and processes may use the same home."""

    def __init__(self, engine: Engine, files: ArtifactFolder) -> None:
        self._engine = engine
        self._files = files
        self.process = this_process()

    def _remove_orphans(self, run_ids: Iterable[str]) -> None:
        """Remove the files of those runs that have no row."""
        # As a writer, so that nobody stores the same run again between the look and the removal.
        with writing(self._engine) as connection:
            for run_id in run_ids:
                if connection.execute(select(tables.runs.c.id).where(tables.runs.c.id == run_id)).first() is None:
                    self._files.remove(run_id)


def to_row(record: JobRecord | RunRecord | Measurement | Device | Trial) -> dict[str, Any]:
    """The record's fields by column; any mapping becomes a plain one, as JSON wants it."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}
