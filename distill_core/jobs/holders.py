"""A fair lock for callers that need training to pause: one holder at a time, first come, first served."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from distill_core.errors import Stopped, said


class Holders:
    """Callers that hold the queue or wait for it; ``changed`` is the queue's condition."""

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._tickets: list[object] = []

    def __len__(self) -> int:
        return len(self._tickets)

    @contextmanager
    def turn(self, is_quiet: Callable[[], bool], timeout_seconds: float) -> Iterator[None]:
        """Enter as the only holder once ``is_quiet()`` is true. Raises Stopped after the timeout."""
        ticket = object()
        with self._changed:
            self._tickets.append(ticket)
            self._changed.notify_all()  # a job in another process is told
            try:
                if not self._changed.wait_for(lambda: is_quiet() and self._tickets[0] is ticket, timeout_seconds):
                    raise Stopped(
                        said("training did not pause within {timeout_seconds:g} s; try again", timeout_seconds)
                    )
            except BaseException:
                self._leave(ticket)
                raise
        try:
            yield
        finally:
            with self._changed:
                self._leave(ticket)

    def _leave(self, ticket: object) -> None:
        self._tickets.remove(ticket)
        self._changed.notify_all()
