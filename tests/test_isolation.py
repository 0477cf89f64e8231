"""Tests see nothing of the machine's user: run by somebody with other settings, they answer the same."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOREIGN = {
    "DISTILL_DATABASE_URL": "postgresql://nowhere/lab",
    "DISTILL_HOME": "/nowhere",
    "HTTP_PROXY": "http://nowhere:1",
    "OMP_NUM_THREADS": "64",
    "STREAMLIT_SERVER_PORT": "1",
    "XDG_CACHE_HOME": "/nowhere",
}
ASK = """
import os, sys
from tests.isolation import isolate
isolate()
print([name for name in sys.argv[1:] if name in os.environ], os.listdir(os.environ["HOME"]), os.environ["HOME"])
"""


def test_settings_of_the_shell_are_cleared_and_the_home_is_empty(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    (tmp_path / "tmp").mkdir()
    plain = {name: value for name, value in os.environ.items() if name != "PYTEST_XDIST_WORKER"}
    environment = {**plain, **FOREIGN, "HOME": str(tmp_path), "TMPDIR": str(tmp_path / "tmp")}
    command = [sys.executable, "-c", ASK, *FOREIGN]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"[] [] {tmp_path / 'tmp'}")
    assert not list((tmp_path / "tmp").iterdir())


def test_this_run_is_isolated() -> None:
    assert "DISTILL_DATABASE_URL" not in os.environ
    assert Path(os.environ["HOME"]).name.startswith("home-")
