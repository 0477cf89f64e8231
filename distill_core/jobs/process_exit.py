"""The end of the process: what works in the background is closed while Python still runs.

A thread that is inside of torch when the interpreter ends takes the process down with SIGABRT ("terminate called
without an active exception"). Python waits for threads that are no daemons, so one of those waits for the main thread's
end. Ctrl-C cuts that waiting short, and then nothing but what is registered with ``atexit`` comes before the
interpreter's end.
"""

import atexit
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn, Protocol
from weakref import WeakSet

__all__ = [
    "CLOSING_SECONDS",
    "LEAVING_SECONDS",
    "Terminated",
    "close_at_exit",
    "exit_process",
    "handle_server_signals",
    "raise_on_termination",
]

LOG = logging.getLogger(__name__)
# Threads that may be inside of torch or onnxruntime.
WORKING = ("distill-worker", "distill-measuring", "distill-trying")
# An update of a usual network ends within it; what takes longer is left behind by a process that was told to end.
LEAVING_SECONDS = 6.0
# A step of a large network, an export, or the first import of torch may be under way.
CLOSING_SECONDS = 60.0
# Until states are written, at a second Ctrl-C.
TELLING_SECONDS = 2.0
INTERRUPT = int(signal.SIGINT)
# What the program wanted to end with is not known any more.
FAILED = 1
# SIGHUP: the terminal was closed.
ENDING = tuple(int(getattr(signal, name)) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

Handler = Callable[[int, FrameType | None], object]


class Closable(Protocol):
    def close(self, timeout_seconds: float) -> None:
        """End what works, and wait for it; may be called twice."""

    def interrupt(self) -> None:
        """Write the state of what works, and wait for nothing."""


class Terminated(KeyboardInterrupt):
    """A signal came: as Ctrl-C, with the exit status of that signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number


_open: "WeakSet[Closable]" = WeakSet()
_turn = threading.Lock()
_threads: list[threading.Thread] = []
_overdue: list[Closable] = []  # what was waited for in vain
_told_to_end: list[int] = []  # the status to end with, where what works does not come to its end


def close_at_exit(what: Closable) -> None:
    """Close it when the main thread has ended, unless nobody holds it by then."""
    with _turn:
        _open.add(what)
        if not _threads or not _threads[0].is_alive():  # a forked process has no thread of its parent's
            if not _threads:
                atexit.register(_at_last)
            _threads[:] = [threading.Thread(target=_run, name="distill-ending")]
            _threads[0].start()


@contextmanager
def raise_on_termination() -> Iterator[None]:
    """Inside, the first Ctrl-C, SIGTERM or closed terminal raises Terminated, so that states are written before the
    process ends; a second Ctrl-C ends it at once."""

    def terminate(number: int, _frame: FrameType | None) -> None:
        raise Terminated(number)

    with _first_and_second(dict.fromkeys(ENDING, terminate)):
        yield


@contextmanager
def handle_server_signals(status: int) -> Iterator[None]:
    """Inside of a server that handles Ctrl-C and SIGTERM itself, a closed terminal is told to it as SIGTERM is, and a
    second Ctrl-C ends the process at once. ``status`` is that of the server, for where what works does not end."""

    def passed_on(handler: Handler) -> Handler:
        def handle(number: int, frame: FrameType | None) -> None:
            _told_to_end.append(status)
            handler(number, frame)

        return handle

    known = {int(number): signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    own = {number: passed_on(handler) for number, handler in known.items() if callable(handler)}
    if len(own) == len(known):
        own = {number: own.get(number, own[signal.SIGTERM]) for number in ENDING}
    with _first_and_second(own):
        yield


@contextmanager
def _first_and_second(first: Mapping[int, Handler]) -> Iterator[None]:
    """Inside, the first of these signals has its handler. Others after it change nothing, but Ctrl-C, after which the
    process ends at once: a service that is stopped may be told twice by those who stop it."""
    got: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        got.append(number)
        if len(got) == 1:
            first[number](number, frame)
        elif number == INTERRUPT:
            _end_at_once(128 + number)

    before: dict[int, Any] = {}
    with suppress(ValueError):  # only the main thread may set them; elsewhere they stay as they are
        for number in first:
            if signal.getsignal(number) not in (signal.SIG_IGN, None):  # as nohup asks for
                before[number] = signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_at_once(status: int) -> None:
    # Not here, in the handler: what is interrupted by it may hold what writing a state waits for.
    threading.Thread(target=_told_then_ended, args=(status,), name="distill-leaving", daemon=True).start()


def _told_then_ended(status: int) -> None:
    telling = threading.Thread(target=_interrupt_all, name="distill-telling", daemon=True)
    with suppress(RuntimeError):  # where no thread may begin any more, since the interpreter ends
        telling.start()
        telling.join(TELLING_SECONDS)
    _exit(status)


def _at_last() -> None:
    """The interpreter ends next. Where something still works, since Ctrl-C came again or a step takes longer than it is
    waited for, the process ends here, by its own hand."""
    cut = any(thread.is_alive() for thread in _threads)
    if cut or (_overdue and _works()):
        with suppress(ValueError):
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # once more would cut this short, too
        _told_then_ended(128 + INTERRUPT if cut else FAILED)


def _interrupt_all() -> None:
    for what in tuple(_open):
        with suppress(Exception):
            what.interrupt()


def exit_process(status: int) -> NoReturn:
    """End the process with this status, also where a step does not come to its end: what could be stored is stored."""
    if _works():
        _exit(status)
    sys.exit(status)


def _exit(status: int) -> NoReturn:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(status)


def _works() -> bool:
    return any(thread.name in WORKING for thread in threading.enumerate())


def _run() -> None:
    threading.main_thread().join()
    for what in tuple(_open):
        allowed, began = LEAVING_SECONDS if _told_to_end else CLOSING_SECONDS, time.monotonic()
        try:
            what.close(allowed)
        except Exception:  # the others are closed nevertheless
            LOG.exception("a lab could not be closed at the end of the process")
        if time.monotonic() - began >= allowed:
            _overdue.append(what)
    if _told_to_end and _works():
        _exit(_told_to_end[0])
