"""Turns: what many may ask for at once is made by one after the other."""

import threading
from types import TracebackType

__all__ = ["Turns"]


class Turns:
    """``with turns:`` one at a time is inside, the others wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._lock.release()
