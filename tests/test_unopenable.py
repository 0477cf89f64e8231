"""A home that cannot be opened: the log, the shell and each page say why, and what to do."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import ui
from distill_core.__main__ import main
from tests.quick import experiment
from ui.server import lifespan

DO = "set DISTILL_HOME"


@pytest.fixture
def unopenable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file where the folder should be."""
    path = tmp_path / "file"
    path.write_bytes(b"")
    monkeypatch.setenv("DISTILL_HOME", str(path))
    ui.close()
    return path


def test_the_servers_log_says_why_and_what_to_do(
    unopenable: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def live() -> None:
        async with lifespan.lifespan(None):
            pass

    monkeypatch.setattr(lifespan, "_read_first_page", lambda: None)
    # It would stay on the handlers with which pytest catches what later tests log.
    monkeypatch.setattr(lifespan.logs, "quieten", lambda: None)
    # In a thread of its own: the browser tests leave a loop running in this one.
    with caplog.at_level(logging.ERROR), ThreadPoolExecutor(1) as alone:
        alone.submit(asyncio.run, live()).result()
    assert str(unopenable) in caplog.text
    assert DO in caplog.text


def test_the_shell_says_why_and_what_to_do(
    unopenable: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    specification = tmp_path / "specification.json"
    specification.write_text(experiment().to_json(), encoding="utf-8")
    assert main(["run", str(specification), "--home", str(unopenable)]) != 0
    told = capsys.readouterr()
    assert DO in told.err
    assert "Traceback" not in told.err
