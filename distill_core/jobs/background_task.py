"""Background tasks: work that a page starts, watches and may stop; at most one runs at a time."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from distill_core.errors import DistillError, InvalidSetting, Stopped
from distill_core.jobs.process_exit import CLOSING_SECONDS
from distill_core.time_left import Countdown, time_left

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskStatus:
    """A snapshot of a background task: ``done`` of ``total`` steps, and the current ``step`` in words.

    ``finished``: the task has ended; with an ``error`` after a failure, ``stopped`` after ``BackgroundTask.stop``.
    ``seconds_left`` is None before the second step is done; ``late``: it takes longer than its first estimate.
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
        """``seconds_left`` in words; empty for None."""
        return time_left(self.seconds_left, late=self.late)


class TaskControl:
    """Handle that a background task gives to its work: ``checkpoint()`` and ``report()``."""

    def __init__(self, title: str, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.view = TaskStatus(title=title, step="", done=0, total=total)
        self.should_stop = False
        self._first: tuple[float, int] | None = None
        self._countdown: Countdown | None = None

    def checkpoint(self) -> None:
        """Raise Stopped once the background task should end."""
        if self.should_stop:
            raise Stopped(f"{self.view.title}: stopped")

    def report(self, done: int, step: str) -> None:
        """Report the number of steps done and the name of the next step.

        ``seconds_left`` stays None before the second step is done: the first step also loads what all steps need.
        """
        done = max(self.view.done, min(done, self.view.total))
        left = self._left(done)
        late = self._countdown is not None and self._countdown.late
        self.view = replace(self.view, done=done, step=step, seconds_left=left, late=late)

    def _left(self, done: int) -> float | None:
        now = self._clock()
        if self._first is None or done == self._first[1]:
            self._first = self._first or ((now, done) if done else None)
            return 0.0 if done == self.view.total else None
        began, first = self._first
        needed = (now - began) / (done - first) * (self.view.total - done)
        self._countdown = self._countdown or Countdown(needed, now)
        return self._countdown.seconds_left(needed, now)


class BackgroundTask:
    """Runs at most one piece of work at a time, on a daemon thread. Snapshots may be taken from any thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._control: TaskControl | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def start(self, title: str, total: int, work: Callable[[TaskControl], None]) -> TaskStatus:
        """Start work of ``total`` steps and return at once.

        Raises: InvalidSetting while another background task runs; Stopped once closed.
        """
        with self._lock:
            if self._closed:
                raise Stopped("the lab is closing")
            if self._control is not None and not self._control.view.finished:
                got, hint = self._control.view.title, "wait until it is done, or stop it"
                raise InvalidSetting(title, expected="nothing else under way", got=got, hint=hint)
            control = TaskControl(title, total)
            first = control.view
            thread = threading.Thread(target=self._run, args=(control, work), name=self._name, daemon=True)
            thread.start()
            self._control, self._thread = control, thread
            return first

    def snapshot(self) -> TaskStatus | None:
        """The status of the running or last task; None before the first."""
        control = self._control
        return None if control is None else control.view

    def stop(self) -> None:
        """End the task at its next checkpoint; without a running task, or when repeated, it has no effect."""
        control = self._control
        if control is not None:
            control.should_stop = True

    def wait(self, timeout_seconds: float) -> TaskStatus | None:
        """The status once the task has ended, or after the timeout."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_seconds)
        return self.snapshot()

    def close(self, timeout_seconds: float = CLOSING_SECONDS) -> None:
        """Stop the running task and refuse new ones; may be called twice."""
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
        except BaseException as bug:  # no caller joins this thread, so the snapshot carries the error
            LOG.exception("the background task %r failed", control.view.title)
            error = f"{type(bug).__name__}: {bug}"
        unfinished = control.view.done < control.view.total
        stopped_early = control.should_stop and error is None and unfinished
        control.view = replace(
            control.view, finished=True, stopped=stopped_early, error=error, step="", seconds_left=None
        )
