"""A real server for a real browser: the application as ``make run`` starts it, with a port and a home of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from distill_core.lab import Lab
from tests.browser.forked import Forked
from tests.sounds import packed, word

ROOT = Path(__file__).resolve().parent.parent.parent
# The application for tests of pages, in which nothing takes its time, also with its texts in brackets; and as it is.
QUICK, BRACKETS, AS_IT_IS = "tests/browser/in_a_hurry.py", "tests/browser/in_brackets.py", "app.py"
# How another machine calls the server.
OTHER_NAME = "lab.test"
# A camera and a microphone that need no hardware and that nobody has to allow, and the other name; pages of one site
# in one process, and no time for making scripts fast that run once: a page takes two thirds.
FURTHER_ARGUMENTS = (
    *("--process-per-site", "--js-flags=--no-opt --no-maglev --min-semi-space-size=64 --initial-heap-size=512"),
    *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
    f"--host-resolver-rules=MAP {OTHER_NAME} 127.0.0.1",
)
# Streamlit asks for these two beside every deep link and is told 404.
ALLOWED_404 = ("_stcore/health", "_stcore/host-config")


@dataclass(frozen=True)
class Home:
    """A served home with one finished comparison on digits: a teacher, its control and two students, in this order."""

    address: str
    path: Path
    names: tuple[str, ...]
    run_ids: tuple[str, ...]
    job: str = ""

    @property
    def teacher(self) -> str:
        return self.run_ids[0]

    @property
    def student(self) -> str:
        return self.run_ids[2]


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    known, spoken = browser_type_launch_args, tmp_path_factory.mktemp("microphone") / "word.wav"
    # What the microphone hears, again and again.
    spoken.write_bytes(packed(word(48_000, hz=440), 48_000))
    heard = f"--use-file-for-fake-audio-capture={spoken}"
    return {**known, "args": [*known["args"], *FURTHER_ARGUMENTS, heard]}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one server that all browser tests share; its home was empty at first."""
    with served(tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one server that shows the example, which nothing changes."""
    with served(tmp_path_factory.mktemp("example"), DISTILL_EXAMPLE="1") as address:
        yield address


@pytest.fixture(scope="session")
def trained(trained_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One served home with a result, which all browser tests share: they add to it and take nothing away."""
    path = tmp_path_factory.mktemp("shared") / "home"
    shutil.copytree(trained_once, path)
    lab = Lab.open(path)
    (job,) = lab.jobs()
    summary = lab.reports.summary(job.id)
    lab.close()
    assert list(summary["role"]) == ["teacher", "control", "student", "student"]
    ids = tuple(ids[0] for ids in summary["run_ids"])
    with served(path, STREAMLIT_BROWSER_SERVER_ADDRESS=OTHER_NAME) as address:
        yield Home(address, path, tuple(summary["student"]), ids, job.id)


@pytest.fixture(scope="session")
def visitor(browser: Browser, server: str) -> Iterator[BrowserContext]:
    """A browser that has what the lab's pages load, so that a test waits for its page alone."""
    context = browser.new_context(reduced_motion="reduce")
    context.new_page().goto(f"{server}/_stcore/health")  # while one page of a site is open, its process stays
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    """A new tab of it, to the server a new device."""
    visitor.clear_cookies()
    tab = visitor.new_page()
    yield tab
    tab.close()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console reports as errors while the test goes on."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        place = message.location.get("url", "") if message.location else ""
        if message.type == "error" and not place.endswith(ALLOWED_404):
            found.append(f"{message.text} {place}")

    page.on("console", note)
    return found


@contextmanager
def served(
    home: Path, *options: str, script: str = QUICK, health: str = "_stcore/health", **settings: str
) -> Iterator[str]:
    """Start the application on ``home``, with these variables and Streamlit's options; end it as Ctrl-C does. Its log
    is ``server.log`` there, in which no error may stand that nobody foresaw, but for that of another ``script``."""
    port, log = free_port(), home / "server.log"
    words = ["run", script, "--server.port", str(port), *options]
    environment = {**os.environ, "DISTILL_HOME": str(home), **settings}
    if script in (QUICK, BRACKETS):
        process: Forked | subprocess.Popen[bytes] = Forked(words, log, environment)
    else:
        process = _started([sys.executable, "-m", "streamlit", *words], log, environment)
    with _ending(process, port, log, health) as address:
        yield address
    assert script not in (QUICK, BRACKETS, AS_IT_IS) or "unexpected error" not in log.read_text(errors="replace")


@contextmanager
def waited_for(command: list[str], port: int, log: Path, *, health: str = "", **settings: str) -> Iterator[str]:
    """The address of a server on ``port``, once it answers at the path ``health``; it ends with what is inside."""
    with _ending(_started(command, log, {**os.environ, **settings}), port, log, health) as address:
        yield address


def _started(command: list[str], log: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)


@contextmanager
def _ending(process: "Forked | subprocess.Popen[bytes]", port: int, log: Path, health: str) -> Iterator[str]:
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_healthy(f"{address}/{health}", process, log)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(address: str, process: "Forked | subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except urllib.error.HTTPError:
            return  # it answers, if with something else
        except OSError:
            if process.poll() is not None:
                break
            # Waiting for the server's own end is a wait that ends early when it dies.
            _pause(process)
    raise AssertionError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


def _pause(process: "Forked | subprocess.Popen[bytes]") -> None:
    try:
        process.wait(0.1)
    except subprocess.TimeoutExpired:
        return
