"""Servers of tests, each a fork of one process that has loaded what all of them load: a start takes a tenth.

Where there is no such process, each loads it for itself, as the servers do that ``subprocess`` starts.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

__all__ = ["Forked"]

ROOT = Path(__file__).resolve().parent.parent.parent
# macOS has forks too, but its frameworks do not outlive one.
_context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
if sys.platform == "linux":
    _context.set_forkserver_preload(["tests.browser.loaded"])


class Forked:
    """A process of ``streamlit``, asked as one of ``subprocess.Popen`` is."""

    def __init__(self, words: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        self._process = _context.Process(target=_serve, args=(words, log, dict(environment)), daemon=True)
        # A page test leaves its script here, which each new process would run first.
        main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            self._process.start()
        finally:
            sys.modules["__main__"] = main

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float) -> None:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("streamlit", timeout)

    def send_signal(self, number: int) -> None:
        if self._process.pid and self._process.is_alive():
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        self._process.kill()


def _serve(words: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["streamlit", *words]
    from streamlit.web.cli import main

    main()
