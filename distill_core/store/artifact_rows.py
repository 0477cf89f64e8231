"""Rows of run files: which files exist, which are missing or changed, and their bytes."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, select

from distill_core.errors import MAKE_AGAIN, CorruptFile, NotFound, said
from distill_core.files import read_verified
from distill_core.store import tables
from distill_core.store.artifacts import NAMES, OWN, OWN_OF_FOREIGN
from distill_core.store.database import reading
from distill_core.store.records import FOREIGN, Artifact, ArtifactKind
from distill_core.store.rows import MAX_BIND_PARAMETERS, Repository
from distill_core.store.unchanged import unchanged


class ArtifactRows(Repository):
    @unchanged
    def artifact(self, run_id: str, kind: ArtifactKind) -> Artifact:
        """Raises NotFound; CorruptFile where a finished run must have it."""
        columns = tables.artifacts.c
        query = select(tables.artifacts).where(columns.run_id == run_id, columns.kind == kind)
        with reading(self._pools) as connection:
            row = connection.execute(query).first()
            gone = row is None and (run_id, kind) in self._expected(connection, [run_id])
        if gone:
            raise CorruptFile(file_problem(run_id, said("the row of its {kind} is gone", kind)))
        if row is None or not names_file(row):
            raise NotFound(
                said(
                    "no {kind} of run {run_id!r}: the run failed or was deleted, or its archive leaves it out",
                    kind,
                    run_id,
                )
            )
        return self._artifact(row)

    @unchanged
    def artifacts(self, run_ids: Sequence[str], kind: ArtifactKind) -> dict[str, Artifact]:
        """The files of one kind of these runs, by run id."""
        with reading(self._pools) as connection:
            return {
                artifact.run_id: artifact for artifact in self._artifacts(connection, run_ids) if artifact.kind == kind
            }

    def read_artifact(self, run_id: str, kind: ArtifactKind) -> bytes:
        """The bytes as they were stored. Raises NotFound, CorruptFile."""
        return read(self.artifact(run_id, kind))

    def lacking(self, run_ids: Sequence[str]) -> dict[str, str]:
        """The runs with a missing or changed file, or an unreadable or missing artifact row, by run id with the reason:
        "network.onnx is gone"."""
        return lacking(self.filed(run_ids))

    @unchanged
    def filed(self, run_ids: Sequence[str]) -> list[tuple[str, Artifact | str]]:
        """Pairs of a run id and a file that the database lists for it, or what is wrong with that file's row."""
        with reading(self._pools) as connection:
            return self._filed(connection, run_ids)

    def _filed(self, connection: Connection, run_ids: Sequence[str]) -> list[tuple[str, Artifact | str]]:
        filed: list[tuple[str, Artifact | str]] = []
        there: set[tuple[str, str]] = set()
        for row in self._artifact_rows(connection, run_ids):
            there.add((row.run_id, row.kind))
            if row.kind in OWN and names_file(row):
                filed.append((row.run_id, self._artifact(row)))
            elif row.kind in OWN or row.kind not in NAMES:  # a float16 file can be made again from the run's own file
                filed.append((row.run_id, f"the row of its {row.kind} cannot be read"))
        gone = (pair for pair in self._expected(connection, run_ids) if pair not in there)
        filed += [(run_id, said("the row of its {kind} is gone", kind)) for run_id, kind in gone]
        return filed

    def _expected(self, connection: Connection, run_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        """The files that finished runs must have: a run's id and the kind. None of one that came without some."""
        runs = tables.runs.c
        # As text: where the JSON of one row is damaged, the database could not read it.
        whole = cast(runs.scores, Text).not_like('%"left_out"%')
        for some in portions(run_ids):
            query = select(runs.id, runs.architecture).where(runs.id.in_(some), runs.state == "finished", whole)
            for row in connection.execute(query):
                yield from ((row.id, kind) for kind in own_kinds(row.architecture))

    def _artifacts(self, connection: Connection, run_ids: Sequence[str]) -> Iterator[Artifact]:
        rows = self._artifact_rows(connection, run_ids)
        return (self._artifact(row) for row in rows if names_file(row))

    def _artifact_rows(self, connection: Connection, run_ids: Sequence[str]) -> Iterator[Row[Any]]:
        for some in portions(run_ids):
            yield from connection.execute(select(tables.artifacts).where(tables.artifacts.c.run_id.in_(some)))

    def _artifact(self, row: Row[Any]) -> Artifact:
        path = self._files.path(row.run_id, row.file)
        return Artifact(run_id=row.run_id, kind=row.kind, path=path, sha256=row.sha256, size_bytes=row.size_bytes)


def own_kinds(architecture: str) -> tuple[str, ...]:
    """The kinds of files that a finished run of an architecture must have."""
    return OWN_OF_FOREIGN if architecture == FOREIGN else OWN


def names_file(row: Row[Any]) -> bool:
    """Whether a row of ``artifacts`` has a known kind and that kind's file name."""
    return bool(NAMES.get(row.kind) == row.file)


def read(artifact: Artifact) -> bytes:
    """The bytes as they were stored. Raises CorruptFile."""
    hint = said("{again}: the experiment of run {run_id!r} trains what cannot be read", MAKE_AGAIN, artifact.run_id)
    return read_verified(artifact.path, artifact.sha256, hint=hint)


def file_problem(run_id: str, lacks: str) -> str:
    """The error text of a problem that ``lacking`` found, with a hint."""
    return f"run {run_id!r}: {lacks}; {MAKE_AGAIN}"


def lacking(filed: Iterable[tuple[str, Artifact | str]]) -> dict[str, str]:
    """The first problem of each run's files, by run id."""
    problems: dict[str, str] = {}
    for run_id, artifact in filed:
        if isinstance(artifact, str):
            problems.setdefault(run_id, artifact)
        elif not artifact.is_whole:
            other = "is not what was stored" if artifact.is_there else "has another size than it had"
            state = other if artifact.path.exists() else "is gone"
            problems.setdefault(run_id, f"{artifact.path.name} {state}")
    return problems


def portions(values: Iterable[str]) -> Iterator[list[str]]:
    """The distinct values in lists of at most ``MAX_BIND_PARAMETERS``."""
    distinct = list(dict.fromkeys(values))
    return (distinct[first : first + MAX_BIND_PARAMETERS] for first in range(0, len(distinct), MAX_BIND_PARAMETERS))
