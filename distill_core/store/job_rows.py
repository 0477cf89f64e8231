"""Jobs in the database."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Update, delete, func, insert, literal, select, update

from distill_core.errors import NotFound
from distill_core.store import tables
from distill_core.store.artifact_rows import portions
from distill_core.store.database import reading, writing
from distill_core.store.process import is_alive
from distill_core.store.records import OPEN_STATES, JobRecord, JobState, RunLink
from distill_core.store.rows import Rows, to_row

__all__ = ["JobRows"]

ANSWERS = (*OPEN_STATES, JobState.FINISHED)
ENDED = (JobState.FINISHED, JobState.FAILED, JobState.STOPPED, JobState.INTERRUPTED)
GONE = "the lab ended while this job waited or ran; start it again, finished runs are kept"


class JobRows(Rows):
    """What the store knows of jobs."""

    def add_job(self, job: JobRecord, shows: Sequence[RunLink] = (), *, lacks_runs: bool = False) -> JobRecord:
        """File a job, or answer the equal one that waits, runs or is finished: decided in one transaction.

        ``shows`` are the runs that it shows from the start, so that deleting another job does not remove them; one
        that was deleted before is left out. A finished job is an answer only where it shows all of these, and never
        where the new one ``lacks_runs``: then it would train what that one could not.
        An open one whose process is gone is no answer; it is marked as interrupted on the way.
        """
        with writing(self._engine) as connection:
            _mark_interrupted(connection)
            shown = None if lacks_runs else {link.run_id for link in shows}
            there = _equal_job(connection, job.fingerprint, shown)
            if there is None:
                connection.execute(insert(tables.jobs).values(to_row(job)))
                _link(connection, job.id, shows)
        return there or job

    def job(self, job_id: str) -> JobRecord:
        """Raises NotFound."""
        with reading(self._engine) as connection:
            row = connection.execute(select(tables.jobs).where(tables.jobs.c.id == job_id)).first()
        if row is None:
            raise NotFound(f"no experiment {job_id!r}; it may have been deleted")
        return _job(row)

    def jobs(self, limit: int | None = 50, states: Sequence[JobState] | None = None) -> list[JobRecord]:
        """The newest first; all of them where ``limit`` is None."""
        query = select(tables.jobs).order_by(tables.jobs.c.submitted_at.desc()).limit(limit)
        if states is not None:
            query = query.where(tables.jobs.c.state.in_(states))
        with reading(self._engine) as connection:
            return [_job(row) for row in connection.execute(query)]

    def find_job(self, fingerprint: str, shows: Collection[str] = (), *, lacks_runs: bool = False) -> JobRecord | None:
        """The newest equal job that waits, runs or is finished; ``shows`` (ids of runs) and ``lacks_runs`` as for
        ``add_job``."""
        with reading(self._engine) as connection:
            return _equal_job(connection, fingerprint, None if lacks_runs else set(shows))

    def set_job_state(self, job_id: str, state: JobState, *, error: str | None = None) -> None:
        """Move a job on; the first start and the end get their time."""
        with writing(self._engine) as connection:
            connection.execute(_move(job_id, state, error, self.process))

    def mark_interrupted(self) -> list[str]:
        """Close the jobs whose process is gone; answers which."""
        with writing(self._engine) as connection:
            return _mark_interrupted(connection)

    def delete_job(self, job_id: str) -> None:
        """Forget a job, and the runs and files that no other job shows; again changes nothing."""
        with writing(self._engine) as connection:
            gone = _only_of(connection, job_id)
            connection.execute(delete(tables.job_runs).where(tables.job_runs.c.job_id == job_id))
            connection.execute(delete(tables.jobs).where(tables.jobs.c.id == job_id))
            for column in (tables.curves.c.run_id, tables.artifacts.c.run_id, tables.trials.c.run_id, tables.runs.c.id):
                connection.execute(delete(column.table).where(column.in_(gone)))
        self._remove_orphans(gone)


def _only_of(connection: Connection, job_id: str) -> set[str]:
    """The runs that this job shows and no other."""
    linked = tables.job_runs.c
    own = set(connection.scalars(select(linked.run_id).where(linked.job_id == job_id)))
    others = select(linked.run_id).where(linked.run_id.in_(own), linked.job_id != job_id)
    return own - set(connection.scalars(others))


def _equal_job(connection: Connection, fingerprint: str, shown: set[str] | None) -> JobRecord | None:
    """``shown``: the runs that a finished job must show to be an answer; None: no finished job is one."""
    columns = tables.jobs.c
    query = select(tables.jobs).where(columns.fingerprint == fingerprint, columns.state.in_(ANSWERS))
    jobs = [_job(row) for row in connection.execute(query.order_by(columns.submitted_at.desc()))]
    return next((job for job in jobs if _answers(connection, job, shown)), None)


def _answers(connection: Connection, job: JobRecord, shown: set[str] | None) -> bool:
    if job.state != JobState.FINISHED:
        return is_alive(job.process)
    linked = tables.job_runs.c
    runs = select(linked.run_id).where(linked.job_id == job.id)
    return shown is not None and (not shown or shown <= set(connection.scalars(runs)))


def _link(connection: Connection, job_id: str, links: Sequence[RunLink]) -> None:
    runs = tables.runs.c.id
    wanted = portions(link.run_id for link in links)
    there = {one for some in wanted for one in connection.scalars(select(runs).where(runs.in_(some)))}
    rows = [{"job_id": job_id, **asdict(link)} for link in links if link.run_id in there]
    if rows:
        connection.execute(insert(tables.job_runs), rows)


def _mark_interrupted(connection: Connection) -> list[str]:
    columns = tables.jobs.c
    open_jobs = connection.execute(select(columns.id, columns.process).where(columns.state.in_(OPEN_STATES)))
    gone = [(job_id, process) for job_id, process in open_jobs if not is_alive(process)]
    for job_id, process in gone:
        connection.execute(_move(job_id, JobState.INTERRUPTED, GONE, process))
    return [job_id for job_id, _ in gone]


def _move(job_id: str, state: JobState, error: str | None, process: str) -> Update:
    now = datetime.now(UTC)
    values: dict[str, Any] = {"state": state, "error": error}
    if state == JobState.RUNNING:
        # The type is said, since a bare time would be taken in the zone of the database's session.
        first = func.coalesce(tables.jobs.c.started_at, literal(now, tables.Moment()))
        values |= {"process": process, "started_at": first}
    if state in ENDED:
        values["finished_at"] = now
    return update(tables.jobs).where(tables.jobs.c.id == job_id).values(values)


def _job(row: Row[Any]) -> JobRecord:
    return JobRecord(**{**row._mapping, "state": JobState(row.state)})
