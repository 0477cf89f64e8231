"""Jobs in the database."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from distill_core.errors import CorruptFile, InvalidSetting, NotFound
from distill_core.store import tables
from distill_core.store.artifact_rows import portions
from distill_core.store.database import PATIENT_SECONDS, reading, writing
from distill_core.store.decoding import as_record
from distill_core.store.lab_rows import move
from distill_core.store.records import OPEN_STATES, JobRecord, JobState, RunLink
from distill_core.store.rows import next_place, to_row
from distill_core.store.sweeping import Sweeping
from distill_core.store.unchanged import unchanged

__all__ = ["JobRows"]

REUSABLE_STATES = (*OPEN_STATES, JobState.FINISHED)
# More is no title; SQLite refuses patterns of 50,000 bytes and expressions of 1,000 parts.
MOST_LETTERS = 1_000
RECORD = [column for column in tables.jobs.columns if column is not tables.jobs.c.plan]


class JobRows(Sweeping):
    """What the store knows of jobs."""

    def add_job(
        self, job: JobRecord, shows: Sequence[RunLink] = (), *, lacks_runs: bool = False, plan: str | None = None
    ) -> JobRecord:
        """File a job, or answer the equal one that waits, runs or is finished: decided in one transaction.

        ``shows`` are the runs that it shows from the start, so that deleting another job does not remove them; one
        that was deleted before is left out. A finished job is an answer only where it shows all of these, and never
        where the new one ``lacks_runs``: then it would train what that one could not. ``plan`` is what it is executed
        by, as JSON.
        An open one whose lab has ended is no answer; it is marked as interrupted on the way.
        """
        with writing(self._pools) as connection:
            if job.owner == self.lab_id:
                self._beat(connection)  # a job's owner is known to live
            self._close_gone(connection)
            shown = None if lacks_runs else {link.run_id for link in shows}
            there = self._equal_job(connection, job.fingerprint, shown)
            if there is None:
                filed = next_place(connection, tables.jobs.c.filed)
                connection.execute(insert(tables.jobs).values({**to_row(job), "filed": filed, "plan": plan}))
                _link(connection, job.id, shows)
        return there or job

    @unchanged
    def job(self, job_id: str) -> JobRecord:
        """Raises NotFound, CorruptFile."""
        with reading(self._pools) as connection:
            row = connection.execute(select(*RECORD).where(tables.jobs.c.id == job_id)).first()
        if row is None:
            raise NotFound(f"no experiment {job_id!r}; it may have been deleted")
        found = _job(row)
        if found is None:
            raise CorruptFile(f"experiment {job_id!r}: its row in the database cannot be read; delete it on Home")
        return found

    def plan(self, job_id: str) -> str | None:
        """What a job is executed by, as JSON; None of one from before there were plans. Raises NotFound."""
        with reading(self._pools) as connection:
            row = connection.execute(select(tables.jobs.c.plan).where(tables.jobs.c.id == job_id)).first()
        if row is None:
            raise NotFound(f"no experiment {job_id!r}; it may have been deleted")
        return row.plan if isinstance(row.plan, str) else None

    def save_plan(self, job_id: str, plan: str) -> None:
        """Put another plan in the place of a job's; again changes nothing."""
        with writing(self._pools, patience_seconds=PATIENT_SECONDS) as connection:
            connection.execute(update(tables.jobs).where(tables.jobs.c.id == job_id).values(plan=plan))

    def is_open(self, job_id: str) -> bool:
        """Whether a job waits or runs, whatever else of it can be read. Raises NotFound."""
        with reading(self._pools) as connection:
            state = connection.scalar(select(tables.jobs.c.state).where(tables.jobs.c.id == job_id))
        if state is None:
            raise NotFound(f"no experiment {job_id!r}; it may have been deleted")
        return state in OPEN_STATES

    @unchanged
    def jobs(
        self, limit: int | None = 50, states: Sequence[JobState] | None = None, *, words: str = ""
    ) -> list[JobRecord]:
        """The one that was filed last comes first; all of them where ``limit`` is None. Those with all these words in
        their title, in any order; none for more than 1,000 letters. Without those whose row cannot be read."""
        if len(words) > MOST_LETTERS:
            return []
        query = select(*RECORD).order_by(tables.jobs.c.filed.desc()).limit(limit)
        if states is not None:
            query = query.where(tables.jobs.c.state.in_(states))
        query = query.where(*(tables.jobs.c.title.icontains(word, autoescape=True) for word in words.split()))
        with reading(self._pools) as connection:
            return [job for row in connection.execute(query) if (job := _job(row))]

    @unchanged
    def unreadable_jobs(self, limit: int | None = 50) -> list[tuple[str, str]]:
        """Id and title of those of ``jobs`` whose row cannot be read."""
        query = select(*RECORD).order_by(tables.jobs.c.filed.desc()).limit(limit)
        with reading(self._pools) as connection:
            return [(row.id, str(row.title)) for row in connection.execute(query) if _job(row) is None]

    @unchanged
    def find_job(self, fingerprint: str, shows: Collection[str] = (), *, lacks_runs: bool = False) -> JobRecord | None:
        """The equal job that waits, runs or is finished, of several the one that was filed last; ``shows`` (ids of
        runs) and ``lacks_runs`` as for ``add_job``."""
        with reading(self._pools) as connection:
            return self._equal_job(connection, fingerprint, None if lacks_runs else set(shows))

    @unchanged
    def repeated(self, job_ids: Sequence[str]) -> dict[str, str]:
        """Of these jobs those that an equal one repeats, which was filed later and waits, runs or is finished: its id,
        of several that of the last one."""
        jobs, later = tables.jobs.c, tables.jobs.alias("later").c
        same = (later.fingerprint == jobs.fingerprint, later.filed > jobs.filed, later.state.in_(REUSABLE_STATES))
        query = select(jobs.id, later.id.label("again")).where(*same).order_by(later.filed)
        with reading(self._pools) as connection:
            rows = [row for some in portions(job_ids) for row in connection.execute(query.where(jobs.id.in_(some)))]
        return {row.id: row.again for row in rows}

    def set_job_state(self, job_id: str, state: JobState, *, error: str | None = None) -> bool:
        """Move an open job of this lab on; the first start and the end get their time.

        Answers whether it moved: a job that has ended, or that another lab closed meanwhile, stays as it is.
        """
        with writing(self._pools) as connection:
            return bool(connection.execute(move(job_id, state, error, self.lab_id)).rowcount)

    def delete_job(self, job_id: str) -> None:
        """Forget a job, and the runs and files that no other job shows; again changes nothing.

        Raises: InvalidSetting where an open job is taught by one of these runs.
        """
        with writing(self._pools) as connection:
            gone = _only_of(connection, job_id)
            _refuse_needed(connection, gone)
            connection.execute(delete(tables.job_runs).where(tables.job_runs.c.job_id == job_id))
            connection.execute(delete(tables.jobs).where(tables.jobs.c.id == job_id))
            for column in (tables.curves.c.run_id, tables.artifacts.c.run_id, tables.trials.c.run_id, tables.runs.c.id):
                connection.execute(delete(column.table).where(column.in_(gone)))
        self._remove_orphans(gone)

    def _equal_job(self, connection: Connection, fingerprint: str, shown: set[str] | None) -> JobRecord | None:
        """``shown``: the runs that a finished job must show to be an answer; None: no finished job is one."""
        columns = tables.jobs.c
        query = select(*RECORD).where(columns.fingerprint == fingerprint, columns.state.in_(REUSABLE_STATES))
        jobs = [job for row in connection.execute(query.order_by(columns.filed.desc())) if (job := _job(row))]
        gone = self._gone(connection, {job.owner for job in jobs if job.state in OPEN_STATES})
        for job in jobs:
            ended = job.state == JobState.FINISHED
            if (shown is not None and _shows(connection, job.id, shown)) if ended else job.owner not in gone:
                return job
        return None


def _only_of(connection: Connection, job_id: str) -> set[str]:
    """The runs that this job shows and no other."""
    linked = tables.job_runs.c
    own = set(connection.scalars(select(linked.run_id).where(linked.job_id == job_id)))
    others = select(linked.run_id).where(linked.run_id.in_(own), linked.job_id != job_id)
    return own - set(connection.scalars(others))


def _refuse_needed(connection: Connection, gone: Collection[str]) -> None:
    """An ensemble's members, and a teacher of another task, are named by an open job and not shown by it."""
    columns = tables.jobs.c
    open_jobs = select(columns.title, columns.specification).where(columns.state.in_(OPEN_STATES))
    for title, specification in connection.execute(open_jobs):
        for run_id in sorted(gone):
            if run_id in str(specification):  # which another program may have left as anything
                got, hint = f"{run_id!r}, which teaches in {title!r}", "wait for that experiment, or stop it"
                expected = "runs that no open experiment needs"
                raise InvalidSetting("deleting an experiment", expected=expected, got=got, hint=hint)


def _shows(connection: Connection, job_id: str, run_ids: set[str]) -> bool:
    linked = tables.job_runs.c
    return not run_ids or run_ids <= set(connection.scalars(select(linked.run_id).where(linked.job_id == job_id)))


def _link(connection: Connection, job_id: str, links: Sequence[RunLink]) -> None:
    runs = tables.runs.c.id
    expected = portions(link.run_id for link in links)
    there = {one for some in expected for one in connection.scalars(select(runs).where(runs.in_(some)))}
    rows = [{"job_id": job_id, **asdict(link)} for link in links if link.run_id in there]
    if rows:
        connection.execute(insert(tables.job_runs), rows)


def _job(row: Row[Any]) -> JobRecord | None:
    """None where the row cannot be read."""
    found = as_record(JobRecord, row)
    return found and replace(found, state=JobState(found.state))
