"""Rows of open labs: each lab writes heartbeats, and closes the jobs of labs that have ended."""

import os
import socket
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Update, delete, func, insert, literal, select, update

from distill_core import clock
from distill_core.errors import START_AGAIN, said
from distill_core.store import tables
from distill_core.store.database import reading, writing
from distill_core.store.records import OPEN_STATES, JobState
from distill_core.store.rows import Repository, text_row

GONE = said("the lab ended while this job waited or ran; {again}, finished runs are kept", START_AGAIN)


class LabRows(Repository):
    _registered = False
    _forgotten = False

    def beat(self) -> bool:
        """Write a heartbeat; returns False once after another lab declared this one dead and closed its jobs."""
        with writing(self._pools) as connection:
            self._beat(connection)
        known, self._forgotten = not self._forgotten, False
        return known

    def mark_interrupted(self) -> list[str]:
        """Interrupt the open jobs of labs that have ended; returns their ids. Writes only where there are any."""
        with reading(self._pools) as connection:
            if not self._gone(connection, _known(connection)):
                return []
        with writing(self._pools) as connection:
            return self._close_gone(connection)

    def leave(self) -> None:
        """Remove this lab's row."""
        with writing(self._pools) as connection:
            connection.execute(delete(tables.labs).where(tables.labs.c.id == self.lab_id))

    def _beat(self, connection: Connection) -> None:
        columns, now = tables.labs.c, clock.now()
        counted = {"beats": columns.beats + 1, "heartbeat_at": now}
        if connection.execute(update(tables.labs).where(columns.id == self.lab_id).values(counted)).rowcount:
            return
        first = {"id": self.lab_id, "host": socket.gethostname(), "pid": os.getpid(), "opened_at": now}
        connection.execute(insert(tables.labs).values(**first, heartbeat_at=now, beats=0))
        self._forgotten, self._registered = self._registered, True

    def _close_gone(self, connection: Connection) -> list[str]:
        gone = self._gone(connection, _known(connection))
        closed = close_jobs_of(connection, gone)
        # A lab that is alive all the same notices its missing row at the next heartbeat.
        connection.execute(delete(tables.labs).where(tables.labs.c.id.in_(gone)))
        for lab_id in gone:
            self._watch.forget(lab_id)
        return closed

    def _gone(self, connection: Connection, lab_ids: Iterable[str]) -> set[str]:
        """The labs that have ended or are silent, without this lab."""
        others = set(lab_ids) - {self.lab_id}
        columns = tables.labs.c
        rows = connection.execute(select(tables.labs).where(columns.id.in_(others)))
        known = {row.id: row for row in rows}
        return {lab_id for lab_id in others if self._is_gone(known.get(lab_id))}

    def _is_gone(self, lab: Row[Any] | None) -> bool:
        if lab is None:  # it has left
            return True
        ended = self._instance.has_ended(lab.id)
        if ended and lab.host != socket.gethostname():
            ended = None  # some file systems lock per host, so a free lock of another host proves nothing
        return self._watch.is_silent(lab.id, lab.beats) if ended is None else ended


def _known(connection: Connection) -> set[str]:
    """All labs with a row or an open job."""
    jobs = tables.jobs.c
    owners = select(jobs.owner).where(jobs.state.in_(OPEN_STATES))
    return {*connection.scalars(select(tables.labs.c.id)), *connection.scalars(owners)}


def close_jobs_of(connection: Connection, lab_ids: Iterable[str]) -> list[str]:
    """Mark the open jobs of these labs as interrupted; returns their ids."""
    jobs, closed = tables.jobs.c, list[str]()
    for lab_id in sorted(lab_ids):
        is_open = select(jobs.id).where(jobs.owner == lab_id, jobs.state.in_(OPEN_STATES)).order_by(jobs.filed)
        for job_id in list(connection.scalars(is_open)):
            connection.execute(move(job_id, JobState.INTERRUPTED, GONE, lab_id).values(left_as=jobs.state))
            closed.append(job_id)
    return closed


def move(job_id: str, state: JobState, error: str | None, owner: str) -> Update:
    """A statement that changes the state of an open job of this owner, and of no other."""
    jobs, now = tables.jobs.c, clock.now()
    values: dict[str, Any] = {"state": state, **text_row("error", error)}
    if state == JobState.RUNNING:
        # With the type: a plain time would be read in the time zone of the database's session.
        values["started_at"] = func.coalesce(jobs.started_at, literal(now, tables.UtcDateTime()))
    if state not in OPEN_STATES:
        values["finished_at"] = now
    open_job = update(tables.jobs).where(jobs.id == job_id, jobs.owner == owner, jobs.state.in_(OPEN_STATES))
    return open_job.values(values)
