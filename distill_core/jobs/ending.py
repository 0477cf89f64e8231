"""The end of the process: what works in the background is closed while Python still runs.

A thread that is inside of torch when the interpreter ends takes the process down with SIGABRT ("terminate called
without an active exception"). Python waits for threads that are no daemons, so one of those waits for the main thread's
end.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn, Protocol
from weakref import WeakSet

__all__ = ["Terminated", "close_at_the_end", "leave", "terminable"]

LOG = logging.getLogger(__name__)
# Threads that may be inside of torch or onnxruntime.
WORKING = ("distill-worker", "distill-measuring", "distill-trying")


class Closable(Protocol):
    def close(self) -> None:
        """End what works; may be called twice."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came: as Ctrl-C, with a status of its own."""


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


@contextmanager
def terminable() -> Iterator[None]:
    """Inside, SIGTERM raises Terminated, so that states are written before the process ends."""
    before = None
    with suppress(ValueError):  # only the main thread may set it; elsewhere it stays as it is
        before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def leave(status: int) -> NoReturn:
    """End the process with this status, also where a step does not come to its end: what could be stored is stored."""
    if any(thread.name in WORKING for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)
    sys.exit(status)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated


def _run() -> None:
    threading.main_thread().join()
    for what in tuple(_open):
        try:
            what.close()
        except Exception:  # the others are closed nevertheless
            LOG.exception("a lab could not be closed at the end of the process")
