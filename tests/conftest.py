"""What every test may ask for: a home of its own, and the browser of this machine."""

import os
from pathlib import Path
from typing import Any

import pytest

CHROMIUM_ARGUMENTS = ("--no-sandbox", "--disable-quic", "--disable-background-networking")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that the lab of this test takes for its data."""
    monkeypatch.setenv("DISTILL_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Playwright's own settings, with the Chromium that ``tools/find_chromium.sh`` found."""
    found = os.environ.get("CHROMIUM")
    executable = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, **executable, "args": [*CHROMIUM_ARGUMENTS]}
