"""Archives that were changed by a stranger, with all their hashes in order."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from distill_core.archive import HEADER, ROWS
from distill_core.files import sha256_of
from distill_core.lab import Lab
from distill_core.store import tables
from distill_core.store.database import reading

__all__ = ["changed", "contents", "state_of", "zipped"]


def contents(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def zipped(entries: Mapping[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries.items():
            packed.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return into.getvalue()


def changed(
    data: bytes,
    *,
    header: Callable[[dict[str, Any]], object] = lambda header: None,
    rows: Callable[[dict[str, Any]], object] = lambda rows: None,
    file: tuple[str, bytes] | None = None,
) -> bytes:
    """The archive after ``rows`` and then ``header`` changed what they are given; ``file`` replaces the content of the
    first file of one kind in ``artifacts``."""
    entries = contents(data)
    told, inside = json.loads(entries[HEADER]), json.loads(entries[ROWS])
    rows(inside)
    if file is not None:
        kind, content = file
        old = next(row["sha256"] for row in inside["artifacts"] if row["kind"] == kind)
        del entries[old]
        entries[sha256_of(content)] = content
        for row in [*inside["artifacts"], *told["files"]]:
            if row["sha256"] == old:
                row |= {"sha256": sha256_of(content), "size_bytes": len(content)}
    entries[ROWS] = json.dumps(inside).encode()
    told["rows_sha256"] = sha256_of(entries[ROWS])
    header(told)
    entries[HEADER] = json.dumps(told).encode()
    return zipped(entries)


def state_of(lab: Lab, home: Path) -> tuple[object, ...]:
    """All rows but the heartbeat of the lab, and all files but those of the database."""
    kept = [table for table in tables.METADATA.sorted_tables if table is not tables.labs]
    with reading(lab._store._pools) as connection:
        rows = {table.name: sorted(map(repr, connection.execute(select(table)))) for table in kept}
    files = {path.relative_to(home): path.read_bytes() for path in home.rglob("*") if path.is_file()}
    return rows, {path: data for path, data in files.items() if "lab.sqlite" not in path.name}
