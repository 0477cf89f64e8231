"""``pip install .``: what the wheel holds, and that shell and pages start from it."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tests.browser.conftest import _wait_until_healthy as wait_until_healthy
from tests.browser.conftest import free_port

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("distill_core", "ui", "pages", "assets", "tools", ".streamlit")
FILES = ("app.py", "pyproject.toml", "requirements.txt", "README.md", "LICENSE", "package.json", "package-lock.json")
ENTRY = "[console_scripts]\ndistill-lab = distill_core.serve:main"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network from a copy, so that the checkout stays as it is."""
    folder = tmp_path_factory.mktemp("build")
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / "source" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, folder / "source")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "-w", str(folder), str(folder / "source")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with the wheel unpacked, as pip does it."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    return folder


def run(site: Path, home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(site), "DISTILL_HOME": str(home)}
    command = [sys.executable, "-P", "-m", *words]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_the_wheel_holds_all_that_runs_and_no_more(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if ".dist-info/" not in name}
    engine = {path for path in ROOT.glob("distill_core/**/*") if path.is_file()}
    beside = {path for room in ("ui", "pages", "assets") for path in (ROOT / room).rglob("*") if path.is_file()}
    beside |= {ROOT / name for name in ("app.py", "package.json", "package-lock.json", ".streamlit/config.toml")}
    beside |= {ROOT / "tools" / name for name in ("npm.py", "serve.py")}
    wanted = {path.relative_to(ROOT).as_posix() for path in engine}
    wanted |= {f"distill_lab/{path.relative_to(ROOT).as_posix()}" for path in beside}
    assert held == {name for name in wanted if "__pycache__" not in name and "assets/screens/" not in name}


def test_its_dependencies_are_those_of_the_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        (metadata,) = [name for name in packed.namelist() if name.endswith(".dist-info/METADATA")]
        told = Parser().parsestr(packed.read(metadata).decode())
        entry = packed.read(metadata.replace("METADATA", "entry_points.txt")).decode()
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert told.get_all("Requires-Dist") == [line.partition("#")[0].strip() for line in lines]
    assert entry.strip() == ENTRY


def test_the_shell_runs_from_it(site: Path, tmp_path: Path) -> None:
    done = run(site, tmp_path, "distill_core", "list", "teachers", "--csv", "-")
    assert done.returncode == 0, done.stderr
    assert "shipped:fashion_resnet20" in done.stdout
    assert not [*tmp_path.iterdir()]


def test_the_pages_are_served_from_it_until_the_server_is_told_to_end(site: Path, tmp_path: Path) -> None:
    # What browsers need counts as fetched.
    for name in json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]:
        (site / "distill_lab" / "node_modules" / name).mkdir(parents=True)
    port, log = free_port(), tmp_path / "log"
    environment = {**os.environ, "PYTHONPATH": str(site), "DISTILL_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-P", "-m", "distill_core.serve", "--port", str(port)]
    with log.open("wb") as told:
        server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=told, stderr=told)
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server, log)
        finally:
            server.terminate()
            server.wait(timeout=60)
    assert (tmp_path / "home" / "lab.sqlite").is_file()
    assert "Traceback" not in log.read_text(errors="replace")
