"""A readers-writer lock: work items share it, a latency measurement excludes them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

POLL_SECONDS = 0.1
Timer = Callable[..., Any]


class MeasurementLock:
    """Starts no work item during a measurement, and no measurement before all work items have ended.

    Work items are short, so a measurement waits a second or two; many work items may run at once.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._items = 0
        self._timed: list[Callable[[], bool]] = []  # for each measurement: whether it waits

    @contextmanager
    def shared(self, checkpoint: Callable[[], None]) -> Iterator[None]:
        """Run a work item. ``checkpoint`` is called before it and while it waits, and may raise to end the work."""
        checkpoint()
        with self._changed:
            while not all(is_waiting() for is_waiting in self._timed):
                # Neither a resting measurement nor a stop notifies this condition.
                self._changed.wait(POLL_SECONDS)
                checkpoint()
            self._items += 1
        try:
            yield
        finally:
            with self._changed:
                self._items -= 1
                self._changed.notify_all()

    def exclusive(self, timer: Timer, is_waiting: Callable[[], bool] = lambda: False) -> Timer:
        """Wrap ``timer(*calls, checkpoint=...)`` to run without shared work items. ``is_waiting``: whether it waits at
        its checkpoint, as in a paused job; work items then run, and are awaited before the next call."""

        def alone(*calls: Callable[[], object], checkpoint: Callable[[], object]) -> Any:
            def waiting_checkpoint() -> None:
                checkpoint()
                self._await_items()

            with self._changed:
                self._timed.append(is_waiting)
            try:
                self._await_items()
                return timer(*calls, checkpoint=waiting_checkpoint)
            finally:
                with self._changed:
                    self._timed.remove(is_waiting)
                    self._changed.notify_all()

        return alone

    def _await_items(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._items)
