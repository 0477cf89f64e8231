"""The events of jobs, for the pages of other labs on the same store.

In SQLite they lie in a file of their own: after each write to the lab's database every page asks everything again.
"""

from collections.abc import Sequence

from sqlalchemy import URL, Column, Integer, MetaData, Select, String, Table, delete, func, insert, select
from sqlalchemy.types import JSON

from distill_core.events import Event, of_json, to_json
from distill_core.jobs import Lock
from distill_core.store.database import reading, writing
from distill_core.store.pools import Pools

METADATA = MetaData()
# No migration: what another version wrote is of no use, and its table has another name.
EVENTS = Table(
    "job_events_1",
    METADATA,
    Column("place", Integer, primary_key=True),
    Column("job", String(32), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("event", JSON, nullable=False),
)
# The jobs whose events are kept, and how many of each.
KEPT_JOBS, MOST_EVENTS = 50, 20_000


class StoredEvents:
    """The newest events of the newest jobs. Opened at the first question, so that opening a lab does not wait."""

    def __init__(self, url: str | URL) -> None:
        self._url = url
        self._lock = Lock()
        self._pools: Pools | None = None

    def add(self, job_id: str, first: int, events: Sequence[Event]) -> None:
        """Append events of a job; the first has the number ``first``. Beyond ``MOST_EVENTS`` none are kept.

        Raises: StorageFailed.
        """
        rows = [
            {"job": job_id, "number": number, "event": to_json(event)}
            for number, event in enumerate(events, first)
            if number < MOST_EVENTS
        ]
        if rows:
            with writing(self._open()) as connection:
                if first == 0:  # a job that goes on in another lab tells all anew
                    connection.execute(delete(EVENTS).where(EVENTS.c.job == job_id))
                connection.execute(insert(EVENTS), rows)
                if first == 0:
                    connection.execute(delete(EVENTS).where(EVENTS.c.job.in_(_older())))

    def after(self, job_id: str, count: int) -> tuple[Event, ...]:
        """The events of a job after the first ``count``. Raises StorageFailed."""
        columns = EVENTS.c
        asked = select(columns.event).where(columns.job == job_id, columns.number >= count).order_by(columns.number)
        with reading(self._open()) as connection:
            return tuple(of_json(event) for event in connection.scalars(asked))

    def close(self) -> None:
        with self._lock:
            if self._pools is not None:
                self._pools.dispose()
                self._pools = None

    def _open(self) -> Pools:
        with self._lock:
            if self._pools is None:
                pools = Pools(self._url)
                with writing(pools) as connection:
                    METADATA.create_all(connection)
                if pools.file is not None:
                    pools.file.remember()
                self._pools = pools
            return self._pools


def _older() -> "Select[tuple[str]]":
    """The jobs whose events are no longer kept."""
    newest = select(EVENTS.c.job).group_by(EVENTS.c.job).order_by(func.max(EVENTS.c.place).desc())
    return newest.offset(KEPT_JOBS)
