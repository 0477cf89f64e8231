"""A simulated machine lacks what it should lack, and one that cannot be had is left out with its reason."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import simulated_machines as machines

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "simulated_machines.py"


def ask(trait: str, question: str) -> str:
    """What Python answers on a machine with this trait."""
    reason = machines.missing([trait])
    if reason:
        pytest.skip(reason)
    command = [sys.executable, str(SCRIPT), "--only", trait, "--", "-c", question]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout.partition("\n")[2].strip()


def test_there_is_one_core() -> None:
    assert ask("one_core", "import os; print(os.sched_getaffinity(0).__len__())") == "1"


def test_instructions_end_with_avx2_and_training_is_in_float32() -> None:
    question = "import torch; from distill_core.machine import resolve_precision; "
    question += "print(torch.backends.cpu.get_cpu_capability(), resolve_precision('auto'))"
    assert ask("avx2", question) == "AVX2 float32"


def test_only_the_machine_itself_can_be_reached() -> None:
    question = """
import socket, urllib.request
with socket.create_server(("127.0.0.1", 0)) as here:
    socket.create_connection(here.getsockname()).close()
for far in (lambda: socket.create_connection(("192.0.2.1", 80), 1), lambda: socket.getaddrinfo("lab.example", 80)):
    try:
        far()
    except OSError:
        print("out of reach")
"""
    assert ask("offline", question).splitlines() == ["out of reach"] * 2


def test_the_blocked_resolver_leaves_the_loopback() -> None:
    code = "import socket\ntry:\n    socket.create_connection(('lab.example', 80))\nexcept OSError as error:\n"
    code += "    print(error)\nwith socket.create_server(('127.0.0.1', 0)) as here:\n"
    code += "    socket.create_connection(here.getsockname()).close()"
    variables = {**os.environ, "SIMULATED": "resolver", "PYTHONPATH": str(ROOT / "tools" / "simulated")}
    done = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True)
    assert "this simulated machine has no network" in done.stdout


def test_zone_texts_and_clock_are_others_and_the_monotonic_clock_goes_on() -> None:
    question = """
import locale, time
from datetime import UTC, datetime
times, steady = [], []
for _ in range(200):
    times.append(datetime.now(UTC).timestamp())
    steady.append(time.monotonic())
steps = [round(after - before) for before, after in zip(times, times[1:])]
print(time.strftime("%z"), locale.getpreferredencoding(False) == "utf-8", sorted(set(steps)), steady == sorted(steady))
print(isinstance(datetime.fromisoformat("2026-01-01"), datetime))
"""
    assert ask("abroad", question).splitlines() == ["+1245 False [-86400, 0, 86400] True", "True"]


def test_a_machine_that_cannot_be_had_is_left_out_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without = machines.Trait("a core of its own", lambda: None, lambda: "there is none")
    monkeypatch.setitem(machines.TRAITS, "one_core", without)
    assert machines._run({"small": ("one_core",)}, "/nowhere", ["-c", "1 / 0"]) == 0
    assert capsys.readouterr().out == "machine 'small' left out: there is none\n"


def test_the_status_is_that_of_a_machine_that_failed(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    chosen = {"first": ("offline",), "second": ("offline",)}
    assert machines._run(chosen, str(tmp_path), ["-c", "raise SystemExit(3)"]) == 3
    assert capfd.readouterr().out.count("no network") == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipe with a name")
def test_a_machine_that_says_much_does_not_wait_for_another_to_end(tmp_path: Path) -> None:
    code = "import os, select, sys\n"
    code += "pipe = os.open(os.path.join(os.environ['HOME'], 'pipe'), os.O_RDWR)\n"
    code += "if os.environ.get('TZ') == 'XST-12:45':\n    sys.exit(0 if select.select([pipe], [], [], 30)[0] else 4)\n"
    code += "print('much' * 50_000, flush=True)\nos.write(pipe, b'.')"
    os.mkfifo(tmp_path / "pipe")
    held = os.open(tmp_path / "pipe", os.O_RDWR)  # what is written before the other one opens it stays
    try:
        assert machines._run({"first": ("abroad",), "second": ("offline",)}, str(tmp_path), ["-c", code]) == 0
    finally:
        os.close(held)


def test_where_exec_tells_no_status_a_child_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert machines.become(["-c", "raise SystemExit(3)"]) == 3


def test_the_machines_have_all_traits_and_tests() -> None:
    assert {name for traits in machines.MACHINES.values() for name in traits} == set(machines.TRAITS)
    rooms = {Path(file).relative_to(ROOT / "tests").parts[0] for file in machines._tests() if file.endswith(".py")}
    assert {"training", "deployment", "tasks", "pages", "test_assets.py"} <= rooms
