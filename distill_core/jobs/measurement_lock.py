"""Aside: work in pieces that stands aside while something is measured."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["MeasurementLock"]

LOOK_SECONDS = 0.1
Timer = Callable[..., Any]


class MeasurementLock:
    """No piece of work begins while something is timed, and nothing is timed before every piece has ended.

    Pieces are short, so who measures waits for a second or two; many may be under way at once.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._pieces = 0
        self._timed: list[Callable[[], bool]] = []  # of each measurement: whether it rests

    @contextmanager
    def shared(self, checkpoint: Callable[[], None]) -> Iterator[None]:
        """A piece of work. ``checkpoint`` is asked before it begins and while it waits, and may raise to end the
        work."""
        checkpoint()
        with self._changed:
            while not all(rests() for rests in self._timed):
                # Nobody tells when a measurement begins to rest, nor when the work should end.
                self._changed.wait(LOOK_SECONDS)
                checkpoint()
            self._pieces += 1
        try:
            yield
        finally:
            with self._changed:
                self._pieces -= 1
                self._changed.notify_all()

    def exclusive(self, timer: Timer, rests: Callable[[], bool] = lambda: False) -> Timer:
        """``exclusive(*calls, checkpoint=checkpoint)`` alone. ``rests``: whether it stands at its checkpoint, as a
        paused job does; pieces go on then, and are waited for again before the next call."""

        def alone(*calls: Callable[[], object], checkpoint: Callable[[], object]) -> Any:
            def settled() -> None:
                checkpoint()
                self._settle()

            with self._changed:
                self._timed.append(rests)
            try:
                self._settle()
                return timer(*calls, checkpoint=settled)
            finally:
                with self._changed:
                    self._timed.remove(rests)
                    self._changed.notify_all()

        return alone

    def _settle(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._pieces)
