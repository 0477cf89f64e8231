"""Rows of jobs."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Column, Connection, Row, delete, insert, or_, select, update

from distill_core.errors import CorruptFile, InvalidSetting, Names, NotFound, said
from distill_core.store import tables
from distill_core.store.artifact_rows import portions
from distill_core.store.database import reading, writing
from distill_core.store.decoding import as_record
from distill_core.store.job_search import EVERY_JOB, JobSearch
from distill_core.store.lab_rows import move
from distill_core.store.naming import checked_name, checked_note, tags_of, to_lines
from distill_core.store.records import OPEN_STATES, JobRecord, JobState, RunLink, TakenOver
from distill_core.store.rows import next_place, text_row, to_row
from distill_core.store.sweeping import Sweeping
from distill_core.store.unchanged import unchanged

REUSABLE_STATES = (*OPEN_STATES, JobState.FINISHED)
# Shorter texts start several ids soon, and SQLite refuses long patterns.
START_LETTERS = range(4, 65)
MOST_NAMED = 4
# A job that ends its lab each time, as where memory runs out, waits for a person after so many.
MOST_CONTINUED = 3
RECORD = [column for column in tables.jobs.columns if column is not tables.jobs.c.plan]


class JobRows(Sweeping):
    def add_job(
        self, job: JobRecord, shows: Sequence[RunLink] = (), *, lacks_runs: bool = False, plan: str | None = None
    ) -> JobRecord:
        """Insert a job, or return the equal job that waits, runs or is finished, in one transaction.

        ``shows``: runs that the job shows from the start, so that deleting another job does not remove them; deleted
        runs are skipped. A finished job is returned only where it shows all of them, and never where the new job
        ``lacks_runs``, since it would train runs that the finished job failed to.
        ``plan``: the JobPlan as JSON. Marks open jobs of ended labs as interrupted; they are never returned.
        """
        with writing(self._pools) as connection:
            if job.owner == self.lab_id:
                self._beat(connection)  # the job's owner is alive
            self._close_gone(connection)
            shown = None if lacks_runs else {link.run_id for link in shows}
            equal = self._equal_job(connection, job.fingerprint, shown)
            if equal is None:
                filed = next_place(connection, tables.jobs.c.filed)
                connection.execute(insert(tables.jobs).values({**to_row(job), "filed": filed, "plan": plan}))
                link_runs(connection, job.id, shows)
        return equal or job

    @unchanged
    def job(self, job_id: str) -> JobRecord:
        """The job with this id. Raises NotFound, CorruptFile."""
        record = _job(self._row(job_id, *RECORD))
        if record is None:
            raise CorruptFile(
                said("experiment {job_id!r}: its row in the database cannot be read; delete it on Home", job_id)
            )
        return record

    def job_id(self, named: str) -> str:
        """The id that ``named`` means: an id, or at least 4 letters that only one starts with, behind the last ``#``
        where there is one. Raises NotFound, InvalidSetting."""
        return self._job_id(named.rpartition("#")[2].strip())

    @unchanged
    def _job_id(self, text: str) -> str:
        known = tables.jobs.c.id
        meant = [known == text, *([known.startswith(text, autoescape=True)] if len(text) in START_LETTERS else [])]
        with reading(self._pools) as connection:
            found = connection.scalars(select(known).where(or_(*meant)).order_by(known).limit(MOST_NAMED)).all()
        if text in found or len(found) == 1:
            return text if text in found else str(found[0])
        if found:
            hint = "write more of its number"
            raise InvalidSetting("an experiment", expected="one", got=said("several: {found}", Names(found)), hint=hint)
        raise _missing(text)

    def plan(self, job_id: str) -> str | None:
        """A job's JobPlan as JSON; None for jobs from before plans were stored. Raises NotFound."""
        plan = self._row(job_id, tables.jobs.c.plan).plan
        return plan if isinstance(plan, str) else None

    def is_open(self, job_id: str) -> bool:
        """Whether a job waits or runs, also where its row is not readable otherwise. Raises NotFound."""
        return self._row(job_id, tables.jobs.c.state).state in OPEN_STATES

    def _row(self, job_id: str, *columns: "Column[Any]") -> Row[Any]:
        with reading(self._pools) as connection:
            row = connection.execute(select(*columns).where(tables.jobs.c.id == job_id)).first()
        if row is None:
            raise _missing(job_id)
        return row

    @unchanged
    def jobs(
        self,
        limit: int | None = 50,
        states: Sequence[JobState] | None = None,
        *,
        search: JobSearch = EVERY_JOB,
        skip: int = 0,
    ) -> list[JobRecord]:
        """The newest ``limit`` jobs (None: all) after the first ``skip``, the newest first. Skips rows that cannot be
        read."""
        query = select(*RECORD).order_by(tables.jobs.c.filed.desc()).limit(limit).offset(skip or None)
        if states is not None:
            query = query.where(tables.jobs.c.state.in_(states))
        query = query.where(*search.conditions())
        with reading(self._pools) as connection:
            return [job for row in connection.execute(query) if (job := _job(row))]

    @unchanged
    def unreadable_jobs(self, limit: int | None = 50) -> list[tuple[str, str]]:
        """Id and title of the newest jobs whose row cannot be read."""
        query = select(*RECORD).order_by(tables.jobs.c.filed.desc()).limit(limit)
        with reading(self._pools) as connection:
            return [(row.id, str(row.title)) for row in connection.execute(query) if _job(row) is None]

    @unchanged
    def find_job(self, fingerprint: str, shows: Collection[str] = (), *, lacks_runs: bool = False) -> JobRecord | None:
        """The newest equal job that waits, runs or is finished; ``shows`` (run ids) and ``lacks_runs`` as for
        ``add_job``."""
        with reading(self._pools) as connection:
            return self._equal_job(connection, fingerprint, None if lacks_runs else set(shows))

    @unchanged
    def repeated(self, job_ids: Sequence[str]) -> dict[str, str]:
        """Maps those of these jobs that an equal later job repeats, which waits, runs or is finished, to the newest
        such job."""
        jobs, later = tables.jobs.c, tables.jobs.alias("later").c
        same = (later.fingerprint == jobs.fingerprint, later.filed > jobs.filed, later.state.in_(REUSABLE_STATES))
        query = select(jobs.id, later.id.label("again")).where(*same).order_by(later.filed)
        with reading(self._pools) as connection:
            rows = [row for some in portions(job_ids) for row in connection.execute(query.where(jobs.id.in_(some)))]
        return {row.id: row.again for row in rows}

    @unchanged
    def tags(self) -> list[str]:
        """The tags of all jobs, in the order of the alphabet."""
        with reading(self._pools) as connection:
            lines = connection.scalars(select(tables.jobs.c.tags).distinct().where(tables.jobs.c.tags != "")).all()
        return sorted({tag for some in lines for tag in tags_of(str(some))}, key=str.casefold)

    @unchanged
    def names(self) -> set[str]:
        """The names that jobs were given."""
        with reading(self._pools) as connection:
            return set(connection.scalars(select(tables.jobs.c.name).distinct().where(tables.jobs.c.name != "")))

    def rename_job(
        self, job_id: str, *, name: str | None = None, tags: Sequence[str] | None = None, note: str | None = None
    ) -> None:
        """Change what a job is called; None leaves it as it is. Raises InvalidSetting, NotFound."""
        values = {
            **({} if name is None else {"name": checked_name(name)}),
            **({} if tags is None else {"tags": to_lines(tags)}),
            **({} if note is None else {"note": checked_note(note)}),
        }
        self._row(job_id, tables.jobs.c.id)
        if values:
            with writing(self._pools) as connection:
                connection.execute(update(tables.jobs).where(tables.jobs.c.id == job_id).values(values))

    def set_job_state(self, job_id: str, state: JobState, *, error: str | None = None) -> bool:
        """Change the state of an open job of this lab; records the time of the first start and of the end.

        Returns whether it changed: a job that has ended, or that another lab closed meanwhile, is not changed.
        """
        with writing(self._pools) as connection:
            return bool(connection.execute(move(job_id, state, error, self.lab_id)).rowcount)

    def take_over(self) -> list[TakenOver]:
        """Make the jobs whose lab ended at work this lab's own, in their order: waiting, or paused as they were.

        A job that somebody started again is left, and one that ended its lab ``MOST_CONTINUED`` times already.
        """
        left = [tables.jobs.c.state == JobState.INTERRUPTED, tables.jobs.c.left_as.is_not(None)]
        with reading(self._pools) as connection:
            if connection.execute(select(tables.jobs.c.id).where(*left).limit(1)).first() is None:
                return []
        with writing(self._pools) as connection:
            self._beat(connection)  # their owner is alive
            rows = connection.execute(select(tables.jobs).where(*left).order_by(tables.jobs.c.filed)).all()
            return [taken for row in rows if (taken := self._taken(connection, row))]

    def _taken(self, connection: Connection, row: Row[Any]) -> TakenOver | None:
        goes_on = row.plan is not None and row.continued < MOST_CONTINUED
        goes_on = goes_on and self._equal_job(connection, row.fingerprint, set()) is None
        paused = row.left_as == JobState.PAUSED
        values: dict[str, Any] = {"left_as": None}
        if goes_on:
            state = JobState.PAUSED if paused else JobState.QUEUED
            values |= {"state": state, "owner": self.lab_id, "finished_at": None, "continued": row.continued + 1}
            values |= text_row("error", None)
        connection.execute(update(tables.jobs).where(tables.jobs.c.id == row.id).values(values))
        return TakenOver(row.id, str(row.plan), paused) if goes_on else None

    def delete_job(self, job_id: str) -> None:
        """Delete a job, and the runs and files that no other job shows; idempotent.

        Raises: InvalidSetting where an open job needs one of these runs.
        """
        with writing(self._pools) as connection:
            gone = _only_of(connection, job_id)
            _refuse_needed(connection, gone)
            connection.execute(delete(tables.job_runs).where(tables.job_runs.c.job_id == job_id))
            connection.execute(delete(tables.jobs).where(tables.jobs.c.id == job_id))
            for column in (tables.curves.c.run_id, tables.artifacts.c.run_id, tables.trials.c.run_id, tables.runs.c.id):
                connection.execute(delete(column.table).where(column.in_(gone)))
        self._remove_orphans(gone)
        self.half_trained.remove_of(job_id)

    def _equal_job(self, connection: Connection, fingerprint: str, shown: set[str] | None) -> JobRecord | None:
        """``shown``: the runs that a finished job must show to be returned; None: no finished job is returned."""
        columns = tables.jobs.c
        query = select(*RECORD).where(columns.fingerprint == fingerprint, columns.state.in_(REUSABLE_STATES))
        jobs = [job for row in connection.execute(query.order_by(columns.filed.desc())) if (job := _job(row))]
        gone = self._gone(connection, {job.owner for job in jobs if job.state in OPEN_STATES})
        for job in jobs:
            ended = job.state == JobState.FINISHED
            if (shown is not None and _shows(connection, job.id, shown)) if ended else job.owner not in gone:
                return job
        return None


def _missing(job_id: str) -> NotFound:
    return NotFound(said("no experiment {job_id!r}; it may have been deleted", job_id))


def _only_of(connection: Connection, job_id: str) -> set[str]:
    """The runs that only this job shows."""
    linked = tables.job_runs.c
    run_ids = set(connection.scalars(select(linked.run_id).where(linked.job_id == job_id)))
    others = select(linked.run_id).where(linked.run_id.in_(run_ids), linked.job_id != job_id)
    return run_ids - set(connection.scalars(others))


def _refuse_needed(connection: Connection, gone: Collection[str]) -> None:
    """Refuse runs that an open job names without showing them: an ensemble's members, a teacher of another task, what a
    student starts from."""
    columns = tables.jobs.c
    open_jobs = select(columns.title, columns.specification).where(columns.state.in_(OPEN_STATES))
    for title, specification in connection.execute(open_jobs):
        for run_id in sorted(gone):
            if run_id in str(specification):  # another program may have changed its type
                got, hint = (
                    said("{run_id!r}, which {title!r} needs", run_id, title),
                    "wait for that experiment, or stop it",
                )
                expected = "runs that no open experiment needs"
                raise InvalidSetting("deleting an experiment", expected=expected, got=got, hint=hint)


def _shows(connection: Connection, job_id: str, run_ids: set[str]) -> bool:
    linked = tables.job_runs.c
    return not run_ids or run_ids <= set(connection.scalars(select(linked.run_id).where(linked.job_id == job_id)))


def link_runs(connection: Connection, job_id: str, links: Sequence[RunLink]) -> None:
    runs = tables.runs.c.id
    parts = portions(link.run_id for link in links)
    stored = {run_id for some in parts for run_id in connection.scalars(select(runs).where(runs.in_(some)))}
    insert_links(connection, job_id, [link for link in links if link.run_id in stored])


def insert_links(connection: Connection, job_id: str, links: Sequence[RunLink]) -> None:
    """Show stored runs in a job."""
    rows = [{"job_id": job_id, **asdict(link)} for link in links]
    if rows:
        connection.execute(insert(tables.job_runs), rows)


def _job(row: Row[Any]) -> JobRecord | None:
    """None where the row cannot be read."""
    record = as_record(JobRecord, row)
    return record and replace(record, state=JobState(record.state))
