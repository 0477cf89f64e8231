"""Rows of runs, with their curves and files."""

import math
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar, get_args

from sqlalchemy import Connection, Row, Select, delete, exists, false, func, insert, or_, select, update

from distill_core.errors import START_AGAIN, CorruptFile, NotFound, StorageFailed, said
from distill_core.store import tables
from distill_core.store.artifact_rows import ArtifactRows, file_problem, lacking, names_file, portions
from distill_core.store.artifacts import Staged, check_id
from distill_core.store.database import reading, writing
from distill_core.store.decoding import as_record
from distill_core.store.pools import PATIENT_SECONDS
from distill_core.store.records import ArtifactKind, LinkedRun, Role, RunRecord
from distill_core.store.rows import MAX_BIND_PARAMETERS, has_run, next_place, to_row
from distill_core.store.sweeping import Sweeping
from distill_core.store.unchanged import unchanged

Found = TypeVar("Found")
Points = Sequence[Mapping[str, Any]]
UNREADABLE = "its row in the database cannot be read"


class RunRows(ArtifactRows, Sweeping):
    def save_run(self, run: RunRecord, *, curves: Points, files: Mapping[str, bytes]) -> None:
        """Store a run with its curves and files; its rows become visible once all its files are in place.

        A stored finished run with all its files is kept. A stored run that failed, or lacks a file, is replaced under
        its id in all jobs, but never a finished run by a failed one.
        Raises: InvalidSetting for an invalid id; StorageFailed, after which nothing of this call is left.
        """
        check_id(run.id)
        with reading(self._pools) as connection:
            stored = connection.execute(_equal_run(run.fingerprint)).first()
            if stored is not None and not self._gives_way(connection, stored, run):
                return
        staged = self._files.stage(run.id, files)
        try:
            with writing(self._pools, patience_seconds=PATIENT_SECONDS) as connection:
                stored = connection.execute(_equal_run(run.fingerprint)).first()
                if stored is None:
                    self._insert(connection, [(run, curves, staged)])
                elif self._gives_way(connection, stored, run):
                    self._replace(connection, run, curves, staged)
        except BaseException:
            # Re-raise the original error; ignore a second one from the clean-up.
            with suppress(StorageFailed):
                self._remove_unkept(staged)
            raise
        finally:
            self._files.discard(staged)

    def _insert(self, connection: Connection, new: Sequence[tuple[RunRecord, Points, Staged]]) -> None:
        if not new:
            return
        # An id that is taken is refused before a file of its owner is touched.
        ids = tables.runs.c.id
        for some in portions(run.id for run, _, _ in new):
            if taken := connection.scalar(select(ids).where(ids.in_(some))):
                hint = "delete the experiments that show that run"
                raise StorageFailed(
                    said("storing run {run_id}", taken), expected="an id of its own", got="a taken one", hint=hint
                )
        first = next_place(connection, tables.runs.c.filed)
        rows = [{**to_row(run), "filed": filed} for filed, (run, _, _) in enumerate(new, first)]
        connection.execute(insert(tables.runs), rows)
        self._place(connection, [(curves, staged) for _, curves, staged in new])

    def _gives_way(self, connection: Connection, stored: Row[Any], run: RunRecord) -> bool:
        if stored.state == "failed" or (run.state == "finished" and run_record(stored) is None):
            return True
        return run.state == "finished" and stored.id in lacking(self._filed(connection, [stored.id]))

    def _replace(self, connection: Connection, run: RunRecord, curves: Points, staged: Staged) -> None:
        # The row itself stays, and with it the links of the jobs that show the run.
        again = {**to_row(run), "filed": next_place(connection, tables.runs.c.filed)}
        connection.execute(update(tables.runs).where(tables.runs.c.id == run.id).values(again))
        for column in (tables.curves.c.run_id, tables.artifacts.c.run_id, tables.trials.c.run_id):
            connection.execute(delete(column.table).where(column == run.id))
        self._place(connection, [(curves, staged)])

    def _place(self, connection: Connection, new: Sequence[tuple[Points, Staged]]) -> None:
        # Values apart from the statement, which is then compiled once.
        rows = [{"run_id": staged.run_id, "rows": list(curves)} for curves, staged in new]
        connection.execute(insert(tables.curves), rows)
        files = [row for _, staged in new for row in staged.rows]
        if files:
            connection.execute(insert(tables.artifacts), files)
        for _, staged in new:
            self._files.place(staged)

    def add_artifact(self, run_id: str, kind: ArtifactKind, data: bytes) -> None:
        """Keep a file that was made of a run later; one that is there stays. Raises NotFound, StorageFailed."""
        columns = tables.artifacts.c
        staged = self._files.stage(run_id, {kind: data})
        try:
            with writing(self._pools, patience_seconds=PATIENT_SECONDS) as connection:
                if not has_run(connection, run_id):
                    raise NotFound(said("no run {run_id!r}; it was deleted meanwhile", run_id))
                same = columns.run_id == run_id, columns.kind == kind
                row = connection.execute(select(tables.artifacts).where(*same)).first()
                if row is None or not names_file(row) or not self._artifact(row).is_whole:
                    connection.execute(delete(tables.artifacts).where(*same))
                    connection.execute(insert(tables.artifacts).values(staged.rows[0]))
                    self._files.add(staged)
        finally:
            self._files.discard(staged)

    def link_run(
        self, job_id: str, run_id: str, *, position: int, student: str, role: Role, taught_by: str | None = None
    ) -> None:
        """Show a run in a job, at a place, under a name; again changes nothing. Raises NotFound."""
        linked = tables.job_runs
        with writing(self._pools, patience_seconds=PATIENT_SECONDS) as connection:
            if not has_run(connection, run_id):
                raise NotFound(said("no run {run_id!r}; it was deleted meanwhile, {how}", run_id, START_AGAIN))
            if connection.execute(select(tables.jobs.c.id).where(tables.jobs.c.id == job_id)).first() is None:
                raise NotFound(said("no experiment {job_id!r}; it was deleted meanwhile", job_id))
            link = select(linked).where(linked.c.job_id == job_id, linked.c.run_id == run_id)
            if connection.execute(link).first() is None:
                values = {"job_id": job_id, "run_id": run_id, "position": position, "student": student, "role": role}
                connection.execute(insert(linked), {**values, "taught_by": taught_by})

    @unchanged
    def find_runs(self, fingerprints: Collection[str]) -> dict[str, RunRecord]:
        """Those that are filed under these fingerprints, failed ones too; not those whose row cannot be read."""
        runs: dict[str, RunRecord] = {}
        with reading(self._pools) as connection:
            for part in portions(fingerprints):
                rows = connection.execute(select(tables.runs).where(tables.runs.c.fingerprint.in_(part)))
                runs |= {run.fingerprint: run for row in rows if (run := run_record(row))}
        return runs

    @unchanged
    def run(self, run_id: str) -> RunRecord:
        """The run with this id or fingerprint. Raises NotFound, CorruptFile."""
        columns = tables.runs.c
        query = select(tables.runs).where(or_(columns.id == run_id, columns.fingerprint == run_id))
        with reading(self._pools) as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound(said("no run {run_id!r}; it may have been deleted", run_id))
        return readable(run_record(row), run_id)

    @unchanged
    def runs(self, job_ids: Sequence[str] | None = None) -> list[LinkedRun]:
        """The runs of these jobs (None: all), by the age of the job, then by position; without ``unreadable_runs``."""
        return [link for row in self._linked(job_ids) if (link := linked_run(row))]

    @unchanged
    def unreadable_runs(self, job_ids: Sequence[str] | None = None) -> list[tuple[str, str, str]]:
        """The runs whose row cannot be read: job id, run id and name."""
        rows = self._linked(job_ids)
        return [(str(row.job_id), str(row.id), str(row.name)) for row in rows if linked_run(row) is None]

    def _linked(self, job_ids: Sequence[str] | None) -> list[Row[Any]]:
        linked = tables.job_runs.c
        query = linked_runs()
        wanted = None if job_ids is None else set(job_ids)
        if wanted is not None and len(wanted) <= MAX_BIND_PARAMETERS:
            query = query.where(linked.job_id.in_(wanted))
        with reading(self._pools) as connection:
            rows = connection.execute(query)
            return [row for row in rows if wanted is None or row.job_id in wanted]

    @unchanged
    def results_version(self, job_ids: Sequence[str], *, everywhere: bool = True) -> tuple[list[list[str]], ...]:
        """A cheap cache key of these jobs' results: their runs, the newest measurement, and the devices. Not
        ``everywhere``: without browsers' measurements."""
        linked, measured, devices = tables.job_runs.c, tables.measurements.c, tables.devices.c
        # With state and time: a run that failed or lost its files may be trained again under its id.
        shown = (
            select(linked.job_id, linked.run_id, tables.runs.c.state, tables.runs.c.created_at)
            .join(tables.runs, tables.runs.c.id == linked.run_id)
            .where(linked.job_id.in_(job_ids))
        )
        # With the time: SQLite gives the id of a deleted row to the next row.
        newest = select(measured.id, measured.created_at).order_by(measured.id.desc()).limit(1)
        called = select(devices.id, devices.label, devices.seen_at).order_by(devices.id)
        if not everywhere:
            newest, called = newest.where(measured.place == "server"), called.where(false())
        queries = (shown.order_by(linked.job_id, linked.run_id), newest, called)
        with reading(self._pools) as connection:
            values = [[[str(value) for value in row] for row in connection.execute(query)] for query in queries]
        return [[*job_ids]], *values

    @unchanged
    def runs_version(self) -> tuple[int, int, str, int]:
        """A cheap cache key of all runs: the number of shown runs and of finished runs, the newest run and its
        ``filed`` number. It changes whenever a run is new, deleted or trained again."""
        runs, linked = tables.runs.c, tables.job_runs.c
        last = select(runs.id, runs.filed).where(exists().where(linked.run_id == runs.id)).order_by(runs.filed.desc())
        with reading(self._pools) as connection:
            count = int(connection.scalar(select(func.count()).select_from(tables.job_runs)) or 0)
            finished = select(func.count()).select_from(tables.runs).where(tables.runs.c.state == "finished")
            again = int(connection.scalar(finished) or 0)
            newest = connection.execute(last.limit(1)).first()
        # A run that is trained again keeps its id, and is filed anew.
        return (count, again, newest.id, newest.filed) if newest else (count, again, "", 0)

    def curves(self, run_id: str) -> list[dict[str, Any]]:
        """Points as ``{"update", "kind", "value"}``, in recorded order."""
        query = select(tables.curves.c.rows).where(tables.curves.c.run_id == run_id)
        with reading(self._pools) as connection:
            rows = connection.scalar(query)
        # Unreadable curves count as none.
        return [row for row in rows if is_point(row)] if isinstance(rows, list) else []


def _equal_run(fingerprint: str) -> Any:
    return select(tables.runs).where(tables.runs.c.fingerprint == fingerprint)


def is_point(row: Any) -> bool:
    kinds = (("update", int), ("kind", str), ("value", int | float))
    return isinstance(row, dict) and all(isinstance(row.get(name), kind) for name, kind in kinds)


def run_record(row: Row[Any]) -> RunRecord | None:
    """The record of a row of ``runs``; None where it cannot be read, or is finished without a score."""
    return scored(as_record(RunRecord, row))


def scored(run: RunRecord | None) -> RunRecord | None:
    """The run itself; None where it is finished without a score."""
    return None if run and run.state == "finished" and not _is_scored(run) else run


def _is_scored(run: RunRecord) -> bool:
    score = run.score("test")
    return isinstance(score, int | float) and math.isfinite(score)


def readable(record: Found | None, run_id: str) -> Found:
    """The record itself. Raises CorruptFile for None."""
    if record is None:
        raise CorruptFile(file_problem(run_id, UNREADABLE))
    return record


def linked_runs() -> Select[Any]:
    """A query for the runs of all jobs, by the age of the job, then by position."""
    linked, jobs = tables.job_runs.c, tables.jobs.c
    return (
        select(
            *(linked.job_id, linked.position, linked.taught_by),
            *(linked.student.label("name"), linked.role.label("part")),
            tables.runs,
        )
        .join(tables.runs, tables.runs.c.id == linked.run_id)
        .join(tables.jobs, jobs.id == linked.job_id)
        .order_by(jobs.filed, linked.position)
    )


def linked_run(row: Row[Any]) -> LinkedRun | None:
    """The record of a row of ``linked_runs``; None where it cannot be read."""
    run = run_record(row)
    if run is None or row.part not in get_args(Role) or not isinstance(row.position, int):
        return None
    return LinkedRun(
        job_id=row.job_id,
        position=row.position,
        student=row.name,
        role=row.part,
        taught_by=row.taught_by,
        run=run,
    )
