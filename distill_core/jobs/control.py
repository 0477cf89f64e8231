"""The control of a queued job: its event log, and a checkpoint that waits while paused and raises when stopped."""

import threading
import time
from collections.abc import Callable

from distill_core.errors import Stopped, said
from distill_core.events import EventLog


class LabClosing(Stopped):
    """The lab is closing, and with it what the work needs."""


class JobControl:
    """State of one job in the queue. Only the queue and the job's own code use it."""

    def __init__(self, job_id: str, *, held: Callable[[], bool], changed: threading.Condition) -> None:
        self.job_id = job_id
        self.log = EventLog()
        self.paused = False
        self.stopped: str | None = None  # the state in which the job should end
        self.ended = False  # the final state is decided, and being written
        self.began: float | None = None  # by the monotonic clock
        self.waits = False
        self._waits_since = 0.0
        self._waits: list[tuple[float, float]] = []  # from when to when it waited
        self._held = held
        self._changed = changed

    def checkpoint(self) -> None:
        """Wait while the job is paused or training is held. Raise Stopped once the job should end."""
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
                self._waits.append((self._waits_since, time.monotonic()))
        if self.stopped:
            raise Stopped(said("job {job_id} was stopped", self.job_id))

    def clock(self) -> float:
        """Seconds that the job has worked; the clock stands while the job waits at its checkpoint."""
        return 0.0 if self.began is None else self.worked_seconds(self.began)

    def worked_seconds(self, since: float) -> float:
        """Seconds that the job has worked since ``since`` (monotonic clock), without its waits at checkpoints."""
        with self._changed:
            now = time.monotonic()
            waits = [*self._waits, (self._waits_since, now)] if self.waits else self._waits
            return now - since - sum(max(0.0, end - max(began, since)) for began, end in waits)
