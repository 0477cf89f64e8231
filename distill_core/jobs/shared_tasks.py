"""Background tasks by key: those who ask for the same share one, and all run one after the other."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from distill_core.errors import InvalidSetting, Stopped, said
from distill_core.jobs.background_task import BackgroundTask, TaskControl, TaskStatus
from distill_core.jobs.process_exit import CLOSING_SECONDS

# A stop does not notify a task that waits for its turn.
POLL_SECONDS = 0.1
# Ended tasks whose status is kept, the newest.
MOST_KEPT = 64
# A thread each, and the asker of one may be long gone.
MOST_WAITING = 16
WAITING = "Waiting for its turn"


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    task: BackgroundTask
    askers: set[str] = field(default_factory=set)

    @property
    def status(self) -> TaskStatus:
        status = self.task.snapshot()
        assert status is not None  # it was started
        return status


class SharedTasks:
    """A task runs until it ends, or until each of its askers has stopped it. ``name``: that of the threads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = threading.Condition()
        # The last task of each key, and those that have not ended, in the order of their turns: a stopped one stays
        # there while another one has its key.
        self._tasks: dict[str, _Shared] = {}
        self._open: list[_Shared] = []
        self._closed = False

    def start(self, key: str, asker: str, title: str, total: int, work: Callable[[TaskControl], None]) -> TaskStatus:
        """Start work of ``total`` steps, or share what runs or waits under this key; returns at once.

        Raises: Stopped once closed; InvalidSetting where too many wait; RuntimeError where no thread can start.
        """
        with self._changed:
            if self._closed:
                raise Stopped("the lab is closing")
            known = self._tasks.get(key)
            if known is None or known.status.finished or not known.askers:
                known = self._begin(title, total, work)
            known.askers.add(asker)
            self._tasks.pop(key, None)
            self._tasks[key] = known  # as the newest
            for oldest in [key for key, other in self._tasks.items() if other.status.finished][:-MOST_KEPT]:
                del self._tasks[oldest]
            return known.status

    def snapshot(self, key: str) -> TaskStatus | None:
        """The status of the running, waiting or last task under this key; None before the first."""
        with self._changed:
            known = self._tasks.get(key)
        return known.status if known else None

    def running(self) -> tuple[TaskStatus, ...]:
        """The status of the task that runs; those that wait for their turn are left out."""
        with self._changed:
            return tuple(known.status for known in self._open[:1])

    def stop(self, key: str, asker: str) -> None:
        """Withdraw an asker of a task, which ends where it has no other. Without effect for anybody else."""
        with self._changed:
            known = self._tasks.get(key)
            if known is None or asker not in known.askers:
                return
            known.askers.remove(asker)
            if not known.askers:
                known.task.stop()

    def stop_all(self) -> None:
        """End every task. Idempotent."""
        with self._changed:
            for known in self._open:
                known.task.stop()

    def wait(self, key: str, timeout_seconds: float) -> TaskStatus | None:
        """The status once the task under this key has ended, or after the timeout."""
        with self._changed:
            known = self._tasks.get(key)
        return known.task.wait(timeout_seconds) if known else None

    def close(self, timeout_seconds: float = CLOSING_SECONDS) -> None:
        """Stop all tasks and refuse new ones; may be called twice."""
        with self._changed:
            self._closed = True
            tasks = [known.task for known in {*self._open, *self._tasks.values()}]
        self.stop_all()
        ends = time.monotonic() + timeout_seconds
        for task in tasks:
            task.close(max(0.0, ends - time.monotonic()))

    def _begin(self, title: str, total: int, work: Callable[[TaskControl], None]) -> _Shared:
        if len(self._open) > MOST_WAITING:
            got, hint = said("{count} that wait", len(self._open) - 1), "try again in a while"
            raise InvalidSetting(
                title, expected=said("fewer than {most} others that wait", MOST_WAITING), got=got, hint=hint
            )
        known = _Shared(BackgroundTask(self._name))
        known.task.start(title, total, partial(self._in_turn, known, work))
        # Only now, since the thread may not have started; it waits for the lock that is held here.
        self._open.append(known)
        return known

    def _in_turn(self, known: _Shared, work: Callable[[TaskControl], None], control: TaskControl) -> None:
        try:
            with self._changed:
                while self._open[0] is not known:
                    control.report(0, WAITING)
                    control.checkpoint()
                    self._changed.wait(POLL_SECONDS)
            control.report(0, "")
            work(control)
        finally:
            with self._changed:
                self._open.remove(known)
                self._changed.notify_all()
