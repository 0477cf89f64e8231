"""Writes the states of jobs in their order, outside of every lock that a page waits for."""

import logging
import threading
from collections import deque
from collections.abc import Callable

from distill_core.errors import DistillError

LOG = logging.getLogger(__name__)

OnState = Callable[[str, str, str | None], None]


class StateWriter:
    """A queue of state changes. A state that ``on_state`` refuses is kept and written again by ``retry``."""

    def __init__(self, on_state: OnState) -> None:
        self._on_state = on_state
        self._lock = threading.Lock()
        self._new: deque[tuple[str, str, str | None]] = deque()
        self._unsaved: dict[str, tuple[str, str | None]] = {}

    def add(self, job_id: str, state: str, error: str | None = None) -> None:
        """Append a state; returns at once."""
        self._new.append((job_id, state, error))

    def write(self) -> None:
        """Write all states added so far; when it returns, each was taken or refused."""
        with self._lock:
            while self._new:
                self._write(*self._new.popleft())

    def retry(self) -> None:
        """Write the refused states again (a full disk): without it an ended job seems to run."""
        with self._lock:
            for job_id, (state, error) in tuple(self._unsaved.items()):
                self._write(job_id, state, error)

    def unsaved(self, job_id: str) -> tuple[str, str | None] | None:
        """The newest state of a job and its reason where ``on_state`` has not taken it; never blocks."""
        return self._unsaved.get(job_id)

    def _write(self, job_id: str, state: str, error: str | None) -> None:
        again = self._unsaved.get(job_id) == (state, error)
        self._unsaved[job_id] = state, error
        try:
            self._on_state(job_id, state, error)
        except Exception as refused:
            if not again:  # a disk may be full for hours
                why = refused if not isinstance(refused, DistillError) else None
                LOG.error("the state %r of job %s is written again later: %s", state, job_id, refused, exc_info=why)
        else:
            del self._unsaved[job_id]
