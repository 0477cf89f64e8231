"""The control of a queued job: its event log, and a checkpoint that waits while paused and raises when stopped."""

import threading
import time
from collections.abc import Callable
from typing import Literal

from distill_core.errors import Stopped, said
from distill_core.events import EventLog


class LabClosing(Stopped):
    """The lab is closing, and with it what the work needs."""


# What a job is told: go on, wait at the next checkpoint, or end there.
Order = Literal["go", "wait", "stop"]


class JobControl:
    """State of one job in the queue. Only the queue and the job's own code use it.

    ``held``: whether training is held; ``changed`` is notified where this or the state changes. ``note_wait`` is told
    when the job begins to wait at a checkpoint, and when that ends.
    """

    def __init__(
        self,
        job_id: str,
        *,
        held: Callable[[], bool],
        changed: threading.Condition,
        note_wait: Callable[[bool], None] = lambda waits: None,
    ) -> None:
        self.job_id = job_id
        self.log = EventLog()
        self.paused = False
        self.stopped: str | None = None  # the state in which the job should end
        self.ended = False  # the final state is decided, and being written
        self.began: float | None = None  # by the monotonic clock
        self.waits = False  # set by ``set_waits`` alone
        self._waits_since = 0.0
        self._waits: list[tuple[float, float]] = []  # from when to when it waited
        self._held = held
        self._changed = changed
        self._note_wait = note_wait

    @property
    def order(self) -> Order:
        """What the job is told now."""
        return "stop" if self.stopped else "wait" if self.paused or self._held() else "go"

    def checkpoint(self) -> None:
        """Wait while the job is paused or training is held. Raise Stopped once the job should end."""
        if self.order == "go":
            return
        with self._changed:
            while self.order == "wait":
                self.set_waits(True)
                self._changed.wait()
            self.set_waits(False)
        if self.stopped:
            raise Stopped(said("job {job_id} was stopped", self.job_id))

    def set_waits(self, waits: bool) -> None:
        """Note that the job waits at a checkpoint, or no longer does."""
        with self._changed:
            if waits == self.waits:
                return
            if waits:
                self._waits_since = time.monotonic()
            else:
                self._waits.append((self._waits_since, time.monotonic()))
            self.waits = waits
            self._note_wait(waits)
            self._changed.notify_all()

    @property
    def number_of_waits(self) -> int:
        """How often it has waited at a checkpoint."""
        return len(self._waits)

    def obey(self, order: Order) -> None:
        """Take an order that ``pass_on`` told in another process."""
        with self._changed:
            self.paused = order == "wait"
            self.stopped = self.stopped or ("stopped" if order == "stop" else None)
            self._changed.notify_all()

    def pass_on(self, tell: Callable[[Order], None], is_over: Callable[[], bool]) -> None:
        """Tell each change of the order, for work in another process, until ``is_over``; ``wake`` where that
        changes."""
        told: list[Order] = ["go"]
        while True:
            with self._changed:
                self._changed.wait_for(lambda: is_over() or self.order != told[-1])
                if is_over():
                    return
                told.append(self.order)
            tell(told[-1])

    def wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def clock(self) -> float:
        """Seconds that the job has worked; the clock stands while the job waits at its checkpoint."""
        return 0.0 if self.began is None else self.worked_seconds(self.began)

    def worked_seconds(self, since: float) -> float:
        """Seconds that the job has worked since ``since`` (monotonic clock), without its waits at checkpoints."""
        with self._changed:
            now = time.monotonic()
            waits = [*self._waits, (self._waits_since, now)] if self.waits else self._waits
            return now - since - sum(max(0.0, end - max(began, since)) for began, end in waits)
