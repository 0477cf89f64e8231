"""What an executor holds of its job: a log to write to and a checkpoint to pass."""

import threading
import time
from collections.abc import Callable

from distill_core.errors import Stopped
from distill_core.events import EventLog

__all__ = ["JobControl", "LabClosing"]


class LabClosing(Stopped):
    """What the work needs is closing, since the lab is."""


class JobControl:
    """One job while it is in the queue. Pages reach it through the queue alone."""

    def __init__(self, job_id: str, *, held: Callable[[], bool], changed: threading.Condition) -> None:
        self.job_id = job_id
        self.log = EventLog()
        self.paused = False
        self.stopped: str | None = None  # the state in which it should end
        self.ended = False  # what becomes of it is decided, and being told
        self.began: float | None = None  # by the monotonic clock
        self.waits = False
        self._waits_since = 0.0
        self._rests: list[tuple[float, float]] = []  # from when to when it waited
        self._held = held
        self._changed = changed

    def checkpoint(self) -> None:
        """Wait while the job is paused or training is held. Raises Stopped once the job should end."""
        if not (self.stopped or self.paused or self._held()):
            return
        with self._changed:
            while (self.paused or self._held()) and not self.stopped:
                if not self.waits:
                    self.waits, self._waits_since = True, time.monotonic()
                self._changed.notify_all()
                self._changed.wait()
            if self.waits:
                self.waits = False
                self._rests.append((self._waits_since, time.monotonic()))
        if self.stopped:
            raise Stopped(f"job {self.job_id} was stopped")

    def clock(self) -> float:
        """The seconds that it has worked so far: this clock stands while the job waits at its checkpoint."""
        return 0.0 if self.began is None else self.worked_seconds(self.began)

    def worked_seconds(self, since: float) -> float:
        """How long the job has worked since a moment of the monotonic clock: what it waited at its checkpoint is no
        work."""
        with self._changed:
            now = time.monotonic()
            rests = [*self._rests, (self._waits_since, now)] if self.waits else self._rests
            return now - since - sum(max(0.0, end - max(began, since)) for began, end in rests)
