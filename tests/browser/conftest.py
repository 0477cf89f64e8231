"""A real server for a real browser: the application as ``make run`` starts it, with a port and a home of its own."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page

ROOT = Path(__file__).resolve().parent.parent.parent
# Streamlit asks for these two beside every deep link and is told 404.
ALLOWED_404 = ("_stcore/health", "_stcore/host-config")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one server that all browser tests share."""
    with served(tmp_path_factory.mktemp("served")) as address:
        yield address


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
def served(home: Path, **settings: str) -> Iterator[str]:
    """Start the application on ``home``, with these variables; end it as Ctrl-C does."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    log = home / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "DISTILL_HOME": str(home), **settings}, stdout=output, stderr=output
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_healthy(address, process, log)
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
            return
        except OSError:
            if process.poll() is not None:
                break
            # Waiting for the server's own end is a wait that ends early when it dies.
            _pause(process)
    raise AssertionError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


def _pause(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(0.1)
    except subprocess.TimeoutExpired:
        return
