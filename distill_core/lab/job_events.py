"""The events of jobs: those of this lab's queue, and from the store those of other labs."""

from contextlib import suppress

from distill_core.errors import StorageFailed
from distill_core.events import Event
from distill_core.jobs import Lock
from distill_core.jobs.queue import JobQueue
from distill_core.store import StoredEvents

# How soon other labs see what happens here.
WRITE_SECONDS = 1.0
KEPT = 50


class JobEvents:
    """Writes what happens in this lab's queue to the store, and reads there what happens in others'."""

    def __init__(self, queue: JobQueue, stored: StoredEvents) -> None:
        self._queue = queue
        self._stored = stored
        self._lock = Lock()
        self._written: dict[str, int] = {}
        self._read: dict[str, tuple[Event, ...]] = {}

    def write(self) -> None:
        """Write what is new of the running job, and the last of one that ended. Raises StorageFailed: the next call
        tries again."""
        running = self._queue.job_ids()[:1]
        for job_id in {*self._written, *running}:
            first = self._written.setdefault(job_id, 0)
            events = self._queue.events(job_id, first)
            self._stored.add(job_id, first, events)
            self._written[job_id] = first + len(events)
            if job_id not in running and self._queue.position(job_id) is None:
                del self._written[job_id]

    def of(self, job_id: str, *, is_open: bool) -> tuple[Event, ...]:
        """All events of a job. Of another lab's job those that are stored while it ``is_open``, and afterwards those
        that were read until then."""
        own = self._queue.events(job_id)
        if not is_open:
            return own or self._read.get(job_id, ())
        return own if own or self._queue.position(job_id) is not None else self._newest(job_id)

    def _newest(self, job_id: str) -> tuple[Event, ...]:
        with self._lock:
            known = self._read.pop(job_id, ())
            with suppress(StorageFailed):  # progress is seen later
                known += self._stored.after(job_id, len(known))
            self._read[job_id] = known
            if len(self._read) > KEPT:
                del self._read[next(iter(self._read))]
            return known
