"""Run the tests that are marked ``anywhere`` as other machines would: simulated_machines.py [--only NAME ...]

Each machine is a process of its own with an empty home. One that cannot be simulated here is left out, with the reason.
"""

import argparse
import ctypes
import os
import platform
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

__all__ = ["AVX2", "MACHINES", "TRAITS", "become", "enter", "missing"]

ROOT = Path(__file__).resolve().parent.parent
MARK = "mark.anywhere"
PYTEST = ("-m", "pytest", "-m", "anywhere", "-p", "no:cacheprovider", "--durations=5")
AVX2 = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}
# No locale but C is on every machine: without Python's own repairs its texts are ASCII. This zone needs no table.
ABROAD = {"TZ": "XST-12:45", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
CLONE_NEWNET, CLONE_NEWUSER = 0x40000000, 0x10000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


@dataclass(frozen=True)
class Trait:
    """One thing that another machine has or lacks. ``missing`` tells why it cannot be had here."""

    title: str
    enter: Callable[[], None]
    missing: Callable[[], str | None] = lambda: None


def _add(variables: dict[str, str]) -> Callable[[], None]:
    return lambda: os.environ.update(variables)


def _no_avx2() -> str | None:
    flags = Path("/proc/cpuinfo")
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return f"torch has no AVX2 on {platform.machine()}"
    if flags.exists() and "avx2" not in flags.read_text(errors="replace").split():
        return "the CPU has no AVX2"
    return None


def _no_affinity() -> str | None:
    return None if hasattr(os, "sched_setaffinity") else f"{sys.platform} does not tie a process to a core"


def _take_one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _leave_the_network() -> None:
    """A network namespace whose loopback alone is up, where that is allowed; else nothing is found by its name."""
    if not _unshared():
        _simulate("resolver")


def _unshared() -> bool:
    if sys.platform != "linux":
        return False
    import fcntl  # which Windows does not have

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0 and libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    return True


def _go_abroad() -> None:
    os.environ.update(ABROAD)
    _simulate("clock")


def _simulate(what: str) -> None:
    path = [str(ROOT / "tools" / "simulated"), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, dict.fromkeys(path)))
    os.environ["SIMULATED"] = ",".join(filter(None, (os.environ.get("SIMULATED"), what)))


TRAITS = {
    "avx2": Trait("instructions up to AVX2, no bfloat16", _add(AVX2), _no_avx2),
    "one_core": Trait("one core", _take_one_core, _no_affinity),
    "offline": Trait("no network", _leave_the_network),
    "abroad": Trait("another time zone, texts in ASCII, a clock that is set", _go_abroad),
}
# Two suffice for four traits: AVX2 has several threads, on which its faults differ from those of one.
MACHINES = {"old": ("avx2", "offline"), "small": ("one_core", "abroad")}


def missing(traits: Sequence[str]) -> str | None:
    """Why a machine with these traits cannot be simulated here."""
    return "; ".join(filter(None, (TRAITS[name].missing() for name in traits))) or None


def enter(traits: Sequence[str]) -> None:
    """Make this process, and those that it starts, one with these traits."""
    for name in traits:
        TRAITS[name].enter()


def become(command: Sequence[str]) -> int:
    """Go on as another Python with these words and this environment; returns its status where that takes a child."""
    words = [sys.executable, *command]
    if sys.platform != "win32":  # its exec ends this process at once, with 0
        os.execv(sys.executable, words)
    return subprocess.call(words)


def _tests() -> list[str]:
    """What pytest is told: the files that use the mark, since reading all others would take as long as their tests."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [*PYTEST, *(str(file) for file in files if MARK in file.read_text(encoding="utf-8"))]


def _start(traits: Sequence[str], home: str, command: Sequence[str], told: IO[bytes]) -> "subprocess.Popen[bytes]":
    launcher = [sys.executable, str(Path(__file__).resolve()), "--inside", *traits, "--", *command]
    there = {**os.environ, "HOME": home, "USERPROFILE": home}
    return subprocess.Popen(launcher, cwd=ROOT, env=there, stdout=told, stderr=subprocess.STDOUT)


def _run(machines: dict[str, tuple[str, ...]], home: str, command: Sequence[str]) -> int:
    """All side by side, each in the empty ``home``, and each tells at its end. Returns the first status but 0."""
    started, statuses = {}, [0]
    with ExitStack() as files:
        for name, traits in machines.items():
            reason = missing(traits)
            if reason:
                print(f"machine {name!r} left out: {reason}", flush=True)
                continue
            # A pipe holds 64 kB: its machine would stand still until those before it have ended.
            told = files.enter_context(tempfile.TemporaryFile())
            started[name] = _start(traits, home, command, told), told
        for name, (process, told) in started.items():
            statuses.append(process.wait())
            print(f"machine {name!r}: {'; '.join(TRAITS[trait].title for trait in machines[name])}", flush=True)
            told.seek(0)
            shutil.copyfileobj(told, sys.stdout.buffer)
            sys.stdout.flush()
    return next(filter(None, statuses), 0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[*MACHINES, *TRAITS], help="machines, or single traits")
    parser.add_argument("--inside", nargs="+", choices=list(TRAITS), help=argparse.SUPPRESS)
    parser.add_argument("command", nargs="*", help="what Python runs there; by default the tests")
    settings = parser.parse_args()
    if settings.inside:
        enter(settings.inside)
        return become(settings.command)
    chosen = {name: MACHINES.get(name, (name,)) for name in settings.only or MACHINES}
    with tempfile.TemporaryDirectory(prefix="home-") as home:
        return _run(chosen, home, settings.command or _tests())


if __name__ == "__main__":
    sys.exit(main())
