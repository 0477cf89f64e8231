"""A process of the lab's own code beside it: both talk in JSON objects, one a line, over its input and output.

What crashes there ends there, and does not share the interpreter's lock with pages. The input is a pipe, which ends
with the lab, however that ends.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from distill_core.jobs.priority import lower_thread_priority
from distill_core.jobs.process_exit import ENDING, LEAVING_SECONDS

LOG = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parent.parent.parent
# Not -m, which would look for modules in the working folder first.
_PROGRAM = "import importlib, sys; sys.path.insert(0, sys.argv[1]); importlib.import_module(sys.argv[2]).main()"

Message = Mapping[str, Any]


class WorkerProcess:
    """A process that runs ``module.main()``, started at once."""

    def __init__(self, module: str) -> None:
        self._sending = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM, str(ROOT), module], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Its exit status, negative for a signal; None while it is alive."""
        return self._process.poll()

    @property
    def is_alive(self) -> bool:
        return self.status is None

    def send(self, message: Message) -> None:
        """Send a message; one that has ended gets none, which ``receive`` tells of."""
        with self._sending, suppress(OSError, ValueError):
            if self._process.stdin is not None:
                self._process.stdin.write(json.dumps(message).encode() + b"\n")
                self._process.stdin.flush()

    def receive(self, on_message: Callable[[dict[str, Any]], bool]) -> int | None:
        """Pass on each message until one is answered with True, or the process ends: then its exit status, the negative
        signal where one ended it."""
        for line in self._process.stdout or ():
            if on_message(json.loads(line)):
                return None
        return self._process.wait()

    def end(self, timeout_seconds: float = 0.0) -> None:
        """End the process: it may leave by itself within ``timeout_seconds``. May be called twice."""
        if self._sending.acquire(blocking=False):  # a sender waits for a process that does not read
            try:
                self._close_input()
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(timeout_seconds)
            finally:
                self._sending.release()
        self._process.kill()
        self._process.wait()
        with self._sending:
            self._close_input()

    def _close_input(self) -> None:
        with suppress(OSError, ValueError):
            if self._process.stdin is not None:
                self._process.stdin.close()


class Channel:
    """The lab that started this process, as that process sees it. What libraries print goes to the error output."""

    def __init__(self) -> None:
        self._sending = threading.Lock()
        self._out = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        for number in ENDING:  # Ctrl-C reaches all processes of a terminal; the lab says when this one ends
            signal.signal(number, signal.SIG_IGN)
        lower_thread_priority()

    def send(self, message: Message) -> None:
        with self._sending, suppress(OSError):  # the lab has ended, and soon this process does
            self._out.write(json.dumps(message).encode() + b"\n")
            self._out.flush()

    def listen(self, on_message: Callable[[dict[str, Any]], None], on_end: Callable[[], None]) -> None:
        """Pass on messages on a thread of its own. Where the lab has ended, call ``on_end``, and leave some seconds
        later, whatever is under way."""

        def work() -> None:
            for line in sys.stdin.buffer:
                on_message(json.loads(line))
            on_end()
            time.sleep(LEAVING_SECONDS)
            os._exit(1)

        threading.Thread(target=work, name="distill-channel", daemon=True).start()

    def leave(self) -> NoReturn:
        """End this process. Not by an exit of the interpreter, which aborts while a thread reads the input."""
        for stream in (self._out, sys.stderr):
            with suppress(OSError, ValueError):  # the lab has ended
                stream.flush()
        os._exit(0)
