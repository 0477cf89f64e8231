"""Work on strangers' files, in a process of its own with bounds: what crashes, hangs or grows there ends alone.

The process knows no environment, gets its request as JSON on its standard input and answers with a JSON object a line.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distill_core.jobs.process_exit import CLOSING_SECONDS

ROOT = Path(__file__).resolve().parent.parent.parent
# How soon a stop is noticed.
POLL_SECONDS = 0.1
LONGEST_LINE = 4_000_000
# No module of the working folder, none of the user's; one thread, since each reserves memory.
_PROGRAM = """
import importlib, os, sys
sys.path.insert(0, sys.argv[1])
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
memory, cpu = int(sys.argv[3]), int(sys.argv[4])
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, ValueError, OSError):
    pass
importlib.import_module(sys.argv[2]).main()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``silent_seconds``: the longest time between two lines. Memory and processor time hold where the system can."""

    memory_bytes: int
    cpu_seconds: int
    silent_seconds: float


def run_limited(
    module: str,
    request: Mapping[str, Any],
    limits: Limits,
    on_line: Callable[[dict[str, Any]], None],
    checkpoint: Callable[[], None],
) -> bool:
    """Run ``module.main()`` until it ends; whether it ended by itself and well. ``checkpoint`` may raise to stop it.

    Raises: whatever ``on_line`` and ``checkpoint`` raise; the process has ended then.
    """
    command = [sys.executable, "-I", "-B", "-c", _PROGRAM, str(ROOT), module]
    bounds = [str(limits.memory_bytes), str(limits.cpu_seconds)]
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR") if name in os.environ}
    process = subprocess.Popen(
        [*command, *bounds], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=kept
    )
    lines: queue.Queue[bytes | None] = queue.Queue(maxsize=10_000)
    reader = threading.Thread(target=_read, args=(process, lines), name="distill-lines", daemon=True)
    reader.start()
    try:
        _ask(process, request)
        return _follow(process, lines, limits, on_line, checkpoint)
    finally:
        process.kill()
        while reader.is_alive():  # it may wait for room
            _drain(lines)
            reader.join(POLL_SECONDS)
        process.wait(CLOSING_SECONDS)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def _ask(process: "subprocess.Popen[bytes]", request: Mapping[str, Any]) -> None:
    try:
        if process.stdin is not None:
            process.stdin.write(json.dumps(request).encode())
            process.stdin.close()
    except OSError:  # it has ended, which the reader sees
        process.stdin = None


def _read(process: "subprocess.Popen[bytes]", lines: "queue.Queue[bytes | None]") -> None:
    while process.stdout is not None and (line := process.stdout.readline(LONGEST_LINE)):
        lines.put(line)
    lines.put(None)


def _drain(lines: "queue.Queue[bytes | None]") -> None:
    while not lines.empty():
        lines.get_nowait()


def _follow(
    process: "subprocess.Popen[bytes]",
    lines: "queue.Queue[bytes | None]",
    limits: Limits,
    on_line: Callable[[dict[str, Any]], None],
    checkpoint: Callable[[], None],
) -> bool:
    heard = looked = time.monotonic()
    while (now := time.monotonic()) - heard < limits.silent_seconds:
        if now - looked >= POLL_SECONDS:
            looked = now
            checkpoint()
        try:
            line = lines.get(timeout=POLL_SECONDS)
        except queue.Empty:
            continue
        if line is None:
            return process.wait(CLOSING_SECONDS) == 0
        heard = time.monotonic()
        try:
            answer = json.loads(line)
        except ValueError:  # what a library prints
            continue
        if isinstance(answer, dict):
            on_line(answer)
    return False
