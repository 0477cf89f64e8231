"""Files of runs in the database: which there are, which are gone, and what they hold."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from distill_core.errors import MAKE_AGAIN, NotFound
from distill_core.files import read_checked
from distill_core.store import tables
from distill_core.store.artifacts import NAMES
from distill_core.store.database import reading
from distill_core.store.records import Artifact, ArtifactKind
from distill_core.store.rows import MANY, Rows
from distill_core.store.unchanged import unchanged

__all__ = ["ArtifactRows", "lacking", "names_file", "portions", "read", "told"]


class ArtifactRows(Rows):
    """What the store knows of files."""

    def artifact(self, run_id: str, kind: ArtifactKind) -> Artifact:
        """Raises NotFound."""
        columns = tables.artifacts.c
        query = select(tables.artifacts).where(columns.run_id == run_id, columns.kind == kind)
        with reading(self._pools) as connection:
            row = connection.execute(query).first()
        if row is None or not names_file(row):
            raise NotFound(f"no {kind} of run {run_id!r}; it may have been deleted, or the run failed")
        return self._artifact(row)

    @unchanged
    def artifacts(self, run_ids: Sequence[str], kind: ArtifactKind) -> dict[str, Artifact]:
        """The files of a kind that these runs have, by run."""
        with reading(self._pools) as connection:
            return {one.run_id: one for one in self._artifacts(connection, run_ids) if one.kind == kind}

    def read_artifact(self, run_id: str, kind: ArtifactKind) -> bytes:
        """The bytes as they were stored. Raises NotFound, CorruptFile."""
        return read(self.artifact(run_id, kind))

    def lacking(self, run_ids: Sequence[str]) -> dict[str, str]:
        """Those of these runs that lack a file, have another one than was stored, or one whose row cannot be read, and
        what it is: "network.onnx is gone"."""
        return lacking(self.filed(run_ids))

    @unchanged
    def filed(self, run_ids: Sequence[str]) -> list[tuple[str, str, Artifact | None]]:
        """The files that these runs should have, by the database: the run, the kind, and the file; None where its row
        cannot be read."""
        with reading(self._pools) as connection:
            return self._filed(connection, run_ids)

    def _filed(self, connection: Connection, run_ids: Sequence[str]) -> list[tuple[str, str, Artifact | None]]:
        # A float16 file is made of the run's own one whenever it is asked for.
        rows = (row for row in self._artifact_rows(connection, run_ids) if row.kind != "onnx_float16")
        return [(row.run_id, row.kind, self._artifact(row) if names_file(row) else None) for row in rows]

    def _artifacts(self, connection: Connection, run_ids: Sequence[str]) -> Iterator[Artifact]:
        rows = self._artifact_rows(connection, run_ids)
        return (self._artifact(row) for row in rows if names_file(row))

    def _artifact_rows(self, connection: Connection, run_ids: Sequence[str]) -> Iterator[Row[Any]]:
        for some in portions(run_ids):
            yield from connection.execute(select(tables.artifacts).where(tables.artifacts.c.run_id.in_(some)))

    def _artifact(self, row: Row[Any]) -> Artifact:
        path = self._files.path(row.run_id, row.file)
        return Artifact(run_id=row.run_id, kind=row.kind, path=path, sha256=row.sha256, size_bytes=row.size_bytes)


def names_file(row: Row[Any]) -> bool:
    """Whether a row of ``artifacts`` can be read: each kind has one name."""
    return bool(NAMES.get(row.kind) == row.file)


def read(artifact: Artifact) -> bytes:
    """The bytes as they were stored. Raises CorruptFile."""
    do = f"{MAKE_AGAIN}: the experiment of run {artifact.run_id!r} trains what cannot be read"
    return read_checked(artifact.path, artifact.sha256, do=do)


def told(run_id: str, lacks: str) -> str:
    """What ``lacking`` found of a run, and what to do."""
    return f"run {run_id!r}: {lacks}; {MAKE_AGAIN}"


def lacking(filed: Iterable[tuple[str, str, Artifact | None]]) -> dict[str, str]:
    """What of these files the disk lacks, by run."""
    found: dict[str, str] = {}
    for run_id, kind, artifact in filed:
        if artifact is None:
            found.setdefault(run_id, f"the row of its {kind} cannot be read")
        elif not artifact.is_whole:
            other = "is not what was stored" if artifact.is_there else "has another size than it had"
            state = other if artifact.path.exists() else "is gone"
            found.setdefault(run_id, f"{artifact.path.name} {state}")
    return found


def portions(values: Iterable[str]) -> Iterator[list[str]]:
    """Each of these once, as many at a time as a statement holds."""
    wanted = list(dict.fromkeys(values))
    return (wanted[first : first + MANY] for first in range(0, len(wanted), MANY))
