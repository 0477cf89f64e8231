"""Open labs in the database: each tells that it lives, and closes what labs that ended left behind."""

import os
import socket
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Update, delete, func, insert, literal, select, update

from distill_core import clock
from distill_core.errors import START_AGAIN
from distill_core.store import tables
from distill_core.store.database import reading, writing
from distill_core.store.records import OPEN_STATES, JobState
from distill_core.store.rows import Repository

__all__ = ["LabRows", "close_jobs_of", "move"]

GONE = f"the lab ended while this job waited or ran; {START_AGAIN}, finished runs are kept"


class LabRows(Repository):
    """What the store knows of the labs that work with it."""

    _registered = False
    _forgotten = False

    def beat(self) -> bool:
        """Tell that this lab lives; answers False once after others took it for dead, and closed its jobs."""
        with writing(self._pools) as connection:
            self._beat(connection)
        known, self._forgotten = not self._forgotten, False
        return known

    def mark_interrupted(self) -> list[str]:
        """Close the jobs of labs that have ended; answers which. Looks first, and writes only where there is one."""
        with reading(self._pools) as connection:
            if not self._gone(connection, _known(connection)):
                return []
        with writing(self._pools) as connection:
            return self._close_gone(connection)

    def leave(self) -> None:
        """Tell that this lab has ended."""
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
        # A lab that lives nevertheless finds its row missing at its next heartbeat.
        connection.execute(delete(tables.labs).where(tables.labs.c.id.in_(gone)))
        for lab_id in gone:
            self._watch.forget(lab_id)
        return closed

    def _gone(self, connection: Connection, lab_ids: Iterable[str]) -> set[str]:
        """Those that have ended, or have been silent for long. This one is never among them."""
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
            ended = None  # some file systems keep the locks of each host apart: a free one proves nothing of another's
        return self._watch.is_silent(lab.id, lab.beats) if ended is None else ended


def _known(connection: Connection) -> set[str]:
    """All labs that are at work or own an open job."""
    jobs = tables.jobs.c
    owners = select(jobs.owner).where(jobs.state.in_(OPEN_STATES))
    return {*connection.scalars(select(tables.labs.c.id)), *connection.scalars(owners)}


def close_jobs_of(connection: Connection, lab_ids: Iterable[str]) -> list[str]:
    """Mark the open jobs of these labs as interrupted; answers which."""
    jobs, closed = tables.jobs.c, list[str]()
    for lab_id in sorted(lab_ids):
        is_open = select(jobs.id).where(jobs.owner == lab_id, jobs.state.in_(OPEN_STATES)).order_by(jobs.filed)
        for job_id in list(connection.scalars(is_open)):
            connection.execute(move(job_id, JobState.INTERRUPTED, GONE, lab_id))
            closed.append(job_id)
    return closed


def move(job_id: str, state: JobState, error: str | None, owner: str) -> Update:
    """An open job of this owner goes on to a state; what has ended, or belongs to another lab, stays as it is."""
    jobs, now = tables.jobs.c, clock.now()
    values: dict[str, Any] = {"state": state, "error": error}
    if state == JobState.RUNNING:
        # The type is said, since a bare time would be taken in the zone of the database's session.
        values["started_at"] = func.coalesce(jobs.started_at, literal(now, tables.UtcDateTime()))
    if state not in OPEN_STATES:
        values["finished_at"] = now
    own = update(tables.jobs).where(jobs.id == job_id, jobs.owner == owner, jobs.state.in_(OPEN_STATES))
    return own.values(values)
