"""Ctrl-C, SIGTERM, close and exit while a step is under way: the state is written first, and the end is orderly. Every
signal in every way, at the moments of a real job: ``test_ends_at_any_moment``."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from distill_core.store import Store
from tests.quick import experiment

ROOT = Path(__file__).resolve().parent.parent
# A step that ends only once its job is stored as ended: whoever waits for the step before that waits for ever.
LAB = """
import os, signal, sys, threading
from pathlib import Path
import distill_core.lab.lab as module
from distill_core.lab import executors
from distill_core.store import OPEN_STATES
from tests.quick import experiment

home, ending = sys.argv[1:]
# What was started in the background of a shell ignores Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
stepping = threading.Event()

def step_by_step(job_id, plan, context):
    stepping.set()
    if ending.startswith("SIG"):
        os.kill(os.getpid(), getattr(signal, ending))
    while context.store.job(job_id).state in OPEN_STATES:
        pass
    print("the step has ended", flush=True)
    context.checkpoint()
    print("and another one began", flush=True)

executors.run_job = step_by_step
module.import_torch = lambda: None
"""
PROGRAM = """
lab = module.Lab.open(Path(home))
lab.submit(experiment())
assert stepping.wait(60)
if ending == "close":
    lab.close()
sys.exit(3)
"""
SHELL = """
from distill_core.__main__ import main
from distill_core.jobs.process_exit import exit_process
exit_process(main(["run", str(Path(home) / "spec.json"), "--home", home]))
"""
SERVER = """
import ui
from streamlit.web.cli import main

os.environ["DISTILL_HOME"] = home
opened = module.Lab.open

def open_and_submit(**asked):
    lab = opened(**asked)
    lab.submit(experiment())
    return lab

module.Lab.open = open_and_submit
sys.argv = ["streamlit", "run", "app.py", "--server.port", "0", "--server.headless", "true"]
main()
"""


def ended(home: Path, body: str, ending: str) -> "subprocess.CompletedProcess[str]":
    """What came of it; the job must be stored as interrupted."""
    command = [sys.executable, "-c", LAB + body, str(home), ending]
    paths = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=paths, capture_output=True, text=True, timeout=120, check=False)
    assert "terminate called" not in done.stderr
    with closing(Store.open(home)) as store:
        (job,) = store.jobs()
    assert (job.state, job.error) == ("interrupted", "the lab was closed while this job waited or ran"), done.stderr
    return done


@pytest.mark.parametrize("ending", ["close", "exit"])
def test_a_program_ends_with_its_own_status(tmp_path: Path, ending: str) -> None:
    """Also one that does not close its lab."""
    done = ended(tmp_path, PROGRAM, ending)
    assert (done.returncode, done.stdout) == (3, "the step has ended\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signals")
def test_a_shell_that_is_asked_to_end_says_so(tmp_path: Path) -> None:
    (tmp_path / "spec.json").write_text(experiment().to_json(), encoding="utf-8")
    done = ended(tmp_path, SHELL, "SIGINT")
    assert (done.returncode, done.stdout) == (130, "the step has ended\n")
    assert "stopped; what was finished is stored" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signals")
def test_a_page_server_that_is_asked_to_end_ends_as_an_idle_one(tmp_path: Path) -> None:
    done = ended(tmp_path, SERVER, "SIGTERM")
    assert done.returncode == -signal.SIGTERM
    assert "the step has ended" in done.stdout
    assert "and another one began" not in done.stdout


STUCK = """
import threading
from distill_core.jobs.process_exit import exit_process
threading.Thread(target=threading.Event().wait, name="distill-worker", daemon=True).start()
print("told")
exit_process(7)
"""


def test_a_step_that_never_ends_does_not_keep_the_process_nor_its_words() -> None:
    command = [sys.executable, "-c", STUCK]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (7, "told\n", "")
