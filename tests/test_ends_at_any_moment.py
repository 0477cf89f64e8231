"""Ctrl-C, SIGTERM, a closed terminal and close at nine moments of a real job, and while something is measured or tried.

The moments are events of the child process itself, which sends itself the signal. Where a job is open then, whatever
works goes on only once the end of the job is stored: that is so before anybody waits.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from distill_core.store import Store

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows knows neither such signals nor fork")
# Ends of a process that a signal ended are told as a shell tells them.
INT, TERM, HUP = 130, 143, 129
ABORTED, OWN = 1, 3
CLOSED = "the lab was closed while this job waited or ran"
# Each moment at least in one way, each way at several moments: a moment belongs to the job, a way to the main thread.
CASES = [
    ("queued", "shell", "SIGTERM", TERM),
    ("loading", "program", "close", OWN),
    ("teacher trained", "shell", "SIGINT", INT),
    ("first update", "shell", "SIGHUP", HUP),
    ("first update", "server", "SIGHUP", HUP),
    ("mid-training", "program", "exit", OWN),
    ("mid-training", "server", "SIGINT", ABORTED),
    ("validation", "shell", "SIGTERM", TERM),
    ("export", "program", "SIGINT", INT),
    ("latency", "shell", "SIGINT", INT),
    ("last event", "server", "SIGINT", ABORTED),
    ("idle", "server", "SIGTERM", TERM),
    ("measuring", "program", "exit", OWN),
    ("trying", "server", "SIGTERM", TERM),
    # What works never ends: it is left behind, and a second Ctrl-C is not waited for at all.
    ("stuck", "shell", "SIGTERM", TERM),
    ("stuck", "server", "SIGINT", ABORTED),
    ("twice", "shell", "SIGINT", INT),
    ("twice", "server", "SIGINT", INT),
    # In a program that handles no signals: while Python waits for what works, before its own end.
    ("twice", "program", "SIGINT", INT),
    ("twice", "program", "exit", INT),
    ("stuck", "program", "exit", ABORTED),
]
FINISHED = ("idle", "measuring", "trying")
# In the other homes the teacher is trained, and the latency of such networks known.
FROM_NOTHING = ("teacher trained", "latency")


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str
    jobs: list[tuple[str, str | None]]


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory, trained_once: Path) -> Mapping[tuple[str, ...], Ended]:
    """Every case in a process of its own, forked from one that has imported what all need."""
    folder = tmp_path_factory.mktemp("ends")
    cases = []
    for number, case in enumerate(CASES):
        home = folder / str(number)
        if case[0] in FROM_NOTHING:
            home.mkdir()
        else:
            shutil.copytree(trained_once, home)
        cases.append([*case[:3], str(home)])
    # A script, since of Ctrl-C a module that is run with -m tells another status.
    command, paths = [sys.executable, "tests/ending.py"], {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=paths, input=json.dumps(cases), capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
    statuses = json.loads(done.stdout)
    return {case[:3]: _ended(folder / str(number), statuses[number]) for number, case in enumerate(CASES)}


def _ended(home: Path, status: int) -> Ended:
    out, err = ((home / name).read_text(encoding="utf-8", errors="replace") for name in ("out", "err"))
    with closing(Store.open(home)) as store:
        jobs = [(job.state.value, job.error) for job in store.jobs()]
    return Ended(128 - status if status < 0 else status, out, err, jobs)


@pytest.mark.parametrize("case", CASES, ids=[" ".join(case[:3]) for case in CASES])
def test_it_ends_in_order_whatever_is_under_way(case: Any, ended: Mapping[tuple[str, ...], Ended]) -> None:
    moment, *_, status = case
    found = ended[case[:3]]
    assert "the moment" in found.out, found.err
    # Python's own status after Ctrl-C is 1 where another thread has compiled something since then.
    compiled = {1} if case[1:3] == ("program", "SIGINT") else set()
    assert found.status in {status} | compiled, found.err
    assert "terminate called" not in found.err
    new = found.jobs if moment in FROM_NOTHING else found.jobs[:-1]
    wanted = ("finished", None) if moment in FINISHED else ("interrupted", CLOSED)
    assert set(new) == ({wanted} if moment not in ("measuring", "trying") else set())
    assert len(new) == {"queued": 2, "measuring": 0, "trying": 0}.get(moment, 1)
