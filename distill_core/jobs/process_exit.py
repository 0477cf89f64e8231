"""The end of the process: labs are closed while Python still runs.

A thread that is inside of torch when the interpreter ends aborts the process with SIGABRT ("terminate called without an
active exception"). Python waits for non-daemon threads, so such a thread joins the main thread and then closes the
labs. Ctrl-C interrupts that waiting, and then only ``atexit`` handlers run before the interpreter ends.
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

LOG = logging.getLogger(__name__)
# Threads that may be inside of torch or onnxruntime.
WORKING = ("distill-worker", "distill-measuring", "distill-testing", "distill-goal")
# Longer than an update of a usual network; a process that got a signal does not wait longer.
LEAVING_SECONDS = 6.0
# A step of a large network, an export, or the first import of torch may be under way.
CLOSING_SECONDS = 60.0
# Until states are written, at a second Ctrl-C.
WRITING_SECONDS = 2.0
INTERRUPT = int(signal.SIGINT)
# The exit status at ``atexit``, where the program's own status is unknown.
FAILED = 1
# SIGHUP: the terminal was closed.
ENDING = tuple(int(getattr(signal, name)) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

Handler = Callable[[int, FrameType | None], object]


class Closable(Protocol):
    def close(self, timeout_seconds: float) -> None:
        """Stop the background threads and wait for them; may be called twice."""

    def interrupt(self) -> None:
        """Write the states of open jobs without waiting for threads."""


class Terminated(KeyboardInterrupt):
    """Raised at a signal, as KeyboardInterrupt at Ctrl-C, with the exit status of that signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number


_open: "WeakSet[Closable]" = WeakSet()
_lock = threading.Lock()
_threads: list[threading.Thread] = []
_overdue: list[Closable] = []  # what did not close in time
_exit_statuses: list[int] = []  # the exit status to use where threads do not end in time


def close_at_exit(what: Closable) -> None:
    """Close ``what`` when the main thread has ended, unless it was garbage collected before."""
    with _lock:
        _open.add(what)
        if not _threads or not _threads[0].is_alive():  # a forked process has none of its parent's threads
            if not _threads:
                atexit.register(_at_last)
            _threads[:] = [threading.Thread(target=_run, name="distill-ending")]
            _threads[0].start()


@contextmanager
def raise_on_termination() -> Iterator[None]:
    """Raise Terminated at the first SIGINT, SIGTERM or SIGHUP, so that states are written before the process ends; a
    second Ctrl-C ends it at once."""

    def terminate(number: int, _frame: FrameType | None) -> None:
        raise Terminated(number)

    with _first_and_second(dict.fromkeys(ENDING, terminate)):
        yield


@contextmanager
def handle_server_signals(status: int) -> Iterator[None]:
    """Treat SIGHUP as SIGTERM in a server that handles SIGINT and SIGTERM itself; a second Ctrl-C ends the process at
    once. ``status``: the server's exit status, used where threads do not end in time."""

    def passed_on(handler: Handler) -> Handler:
        def handle(number: int, frame: FrameType | None) -> None:
            _exit_statuses.append(status)
            handler(number, frame)

        return handle

    known = {int(number): signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    handlers = {number: passed_on(handler) for number, handler in known.items() if callable(handler)}
    if len(handlers) == len(known):
        handlers = {number: handlers.get(number, handlers[signal.SIGTERM]) for number in ENDING}
    with _first_and_second(handlers):
        yield


@contextmanager
def _first_and_second(first: Mapping[int, Handler]) -> Iterator[None]:
    """Call the handler of the first of these signals. Later ones are ignored, since a service manager may send two;
    only a later Ctrl-C ends the process at once."""
    received: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        received.append(number)
        if len(received) == 1:
            first[number](number, frame)
        elif number == INTERRUPT:
            _end_at_once(128 + number)

    before: dict[int, Any] = {}
    with suppress(ValueError):  # only the main thread may set handlers
        for number in first:
            if signal.getsignal(number) not in (signal.SIG_IGN, None):  # nohup ignores SIGHUP
                before[number] = signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_at_once(status: int) -> None:
    # Not in the handler: the interrupted code may hold a lock that writing a state waits for.
    threading.Thread(target=_write_states_and_exit, args=(status,), name="distill-leaving", daemon=True).start()


def _write_states_and_exit(status: int) -> None:
    writing = threading.Thread(target=_interrupt_all, name="distill-writing", daemon=True)
    with suppress(RuntimeError):  # no thread can start while the interpreter ends
        writing.start()
        writing.join(WRITING_SECONDS)
    _exit(status)


def _at_last() -> None:
    """Run by ``atexit``: end the process here where a thread still works, after a second Ctrl-C or a close that timed
    out."""
    cut = any(thread.is_alive() for thread in _threads)
    if cut or (_overdue and _works()):
        with suppress(ValueError):
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # another Ctrl-C would interrupt this too
        _write_states_and_exit(128 + INTERRUPT if cut else FAILED)


def _interrupt_all() -> None:
    for what in tuple(_open):
        with suppress(Exception):
            what.interrupt()


def exit_process(status: int) -> NoReturn:
    """End the process with this status, without waiting for a thread in a long step."""
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
        allowed, began = LEAVING_SECONDS if _exit_statuses else CLOSING_SECONDS, time.monotonic()
        try:
            what.close(allowed)
        except Exception:  # other labs are closed all the same
            LOG.exception("a lab could not be closed at the end of the process")
        if time.monotonic() - began >= allowed:
            _overdue.append(what)
    if _exit_statuses and _works():
        _exit(_exit_statuses[0])
