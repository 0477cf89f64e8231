"""The end of the process: what works in the background is closed while Python still runs.

A thread that is inside of torch when the interpreter ends takes the process down with SIGABRT ("terminate called
without an active exception"). Python waits for threads that are no daemons, so one of
those waits for the main thread's end.
"""

import threading
from typing import Protocol
from weakref import WeakSet

__all__ = ["close_at_the_end"]


class Closable(Protocol):
    def close(self) -> None:
        """End what works; may be called twice."""


_open: "WeakSet[Closable]" = WeakSet()
_turn = threading.Lock()
_threads: list[threading.Thread] = []


def close_at_the_end(what: Closable) -> None:
    """Close it when the main thread has ended, unless nobody holds it by then."""
    with _turn:
        _open.add(what)
        if not _threads or not _threads[0].is_alive():  # a forked process has no thread of its parent's
            _threads[:] = [threading.Thread(target=_run, name="distill-ending")]
            _threads[0].start()


def _run() -> None:
    threading.main_thread().join()
    for what in tuple(_open):
        what.close()
