"""A background task: work in the background that a page starts, looks at and may stop; one at a time."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from distill_core.errors import DistillError, InvalidSetting, Stopped
from distill_core.jobs.process_exit import CLOSING_SECONDS
from distill_core.time_left import Promise, time_left

__all__ = ["BackgroundTask", "TaskControl", "TaskStatus"]

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskStatus:
    """A background task at one moment: ``done`` of ``total`` steps, and what it does now (``step``).

    ``finished``: it has ended; with an ``error`` where something went wrong, ``stopped`` where somebody ended it.
    ``seconds_left`` is None before the second step is done; ``late``: it takes longer than was told then.
    """

    title: str
    step: str
    done: int
    total: int
    seconds_left: float | None = None
    late: bool = False
    finished: bool = False
    stopped: bool = False
    error: str | None = None

    @property
    def time_left(self) -> str:
        """In words; empty where nothing is known."""
        return time_left(self.seconds_left, late=self.late)


class TaskControl:
    """What the work holds of its background task: a checkpoint to pass, and a place to tell how far it is."""

    def __init__(self, title: str, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.view = TaskStatus(title=title, step="", done=0, total=total)
        self.should_stop = False
        self._first: tuple[float, int] | None = None
        self._promise: Promise | None = None

    def checkpoint(self) -> None:
        """Raises Stopped once the background task should end."""
        if self.should_stop:
            raise Stopped(f"{self.view.title}: stopped")

    def report(self, done: int, step: str) -> None:
        """So many steps are done, and this is the next one.

        Of the time left nothing is said before the second step is done: the first one loads what all need.
        """
        done = max(self.view.done, min(done, self.view.total))
        left = self._left(done)
        late = self._promise is not None and self._promise.late
        self.view = replace(self.view, done=done, step=step, seconds_left=left, late=late)

    def _left(self, done: int) -> float | None:
        now = self._clock()
        if self._first is None or done == self._first[1]:
            self._first = self._first or ((now, done) if done else None)
            return 0.0 if done == self.view.total else None
        began, first = self._first
        needed = (now - began) / (done - first) * (self.view.total - done)
        self._promise = self._promise or Promise(needed, now)
        return self._promise.seconds_left(needed, now)


class BackgroundTask:
    """At most one piece of work, on a daemon thread of its own. Snapshots may be taken from any thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._desk: TaskControl | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def start(self, title: str, total: int, work: Callable[[TaskControl], None]) -> TaskStatus:
        """Begin work of so many steps and return at once.

        Raises: InvalidSetting while another background task runs; Stopped once closed.
        """
        with self._lock:
            if self._closed:
                raise Stopped("the lab is closing")
            if self._desk is not None and not self._desk.view.finished:
                got, hint = self._desk.view.title, "wait until it is done, or stop it"
                raise InvalidSetting(title, expected="nothing else under way", got=got, hint=hint)
            control = TaskControl(title, total)
            first = control.view
            thread = threading.Thread(target=self._run, args=(control, work), name=self._name, daemon=True)
            thread.start()
            self._desk, self._thread = control, thread
            return first

    def snapshot(self) -> TaskStatus | None:
        """The background task that runs, or the last one; None before the first."""
        control = self._desk
        return None if control is None else control.view

    def stop(self) -> None:
        """End the background task at its next checkpoint. Again, or where none runs, changes nothing."""
        control = self._desk
        if control is not None:
            control.should_stop = True

    def wait(self, timeout_seconds: float) -> TaskStatus | None:
        """The background task once it has ended, or as it is after so many seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_seconds)
        return self.snapshot()

    def close(self, timeout_seconds: float = CLOSING_SECONDS) -> None:
        """Stop what runs and take nothing more; may be called twice."""
        with self._lock:
            self._closed = True
        self.stop()
        self.wait(timeout_seconds)

    def _run(self, control: TaskControl, work: Callable[[TaskControl], None]) -> None:
        error = None
        try:
            work(control)
        except Stopped as stopped:
            error = None if control.should_stop else str(stopped)
        except DistillError as failed:
            error = str(failed)
        except BaseException as bug:  # nobody waits for this thread: what goes wrong is told in the snapshot
            LOG.exception("the errand %r failed", control.view.title)
            error = f"{type(bug).__name__}: {bug}"
        unfinished = control.view.done < control.view.total
        stopped_early = control.should_stop and error is None and unfinished
        control.view = replace(
            control.view, finished=True, stopped=stopped_early, error=error, step="", seconds_left=None
        )
