"""Who needs that nothing trains: one at a time, in the order in which they came."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from distill_core.errors import Stopped

__all__ = ["Holders"]


class Holders:
    """Those who hold or wait for it. ``changed`` is the condition of the queue that is held."""

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._tickets: list[object] = []

    def __len__(self) -> int:
        return len(self._tickets)

    @contextmanager
    def turn(self, is_quiet: Callable[[], bool], timeout_seconds: float) -> Iterator[None]:
        """Inside nobody else holds, and it was quiet when it began. Raises Stopped after the timeout."""
        ticket = object()
        with self._changed:
            self._tickets.append(ticket)
            try:
                if not self._changed.wait_for(lambda: is_quiet() and self._tickets[0] is ticket, timeout_seconds):
                    raise Stopped(f"training did not pause within {timeout_seconds:g} s; try again")
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
