"""The Dockerfile, step by step without Docker: what is copied, what is run, and that the lab lives in its volume."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from distill_core.store.store import holds_lab
from tests.browser.conftest import _wait_until_healthy as wait_until_healthy
from tests.browser.conftest import free_port

ROOT = Path(__file__).resolve().parent.parent
PORT = "8501"


def steps() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def argument_of(name: str) -> str:
    (found,) = [rest for step, rest in steps() if step == name]
    return found


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What COPY brings to the working folder, without what ``.dockerignore`` leaves out."""
    folder = tmp_path_factory.mktemp("image")
    left_out = [line.strip() for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] not in ("", "#")]
    patterns = shutil.ignore_patterns(*(name.removeprefix("**/") for name in left_out))
    for sources in (shlex.split(rest)[:-1] for step, rest in steps() if step == "COPY"):
        for source in sources:
            target = folder / source
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, target, ignore=patterns, dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / source, target)
    return folder


def test_the_image_holds_what_runs_and_no_more(image: Path) -> None:
    held = {path.name for path in image.iterdir()}
    assert {"app.py", "pages", "ui", "distill_core", "assets", "tools", ".streamlit", "requirements.txt"} <= held
    assert not held & {"tests", "benchmarks", ".git", ".venv", "node_modules", "distill_home"}
    assert not list(image.rglob("__pycache__"))


def test_what_is_copied_before_the_rest_is_enough_for_the_steps_after_it() -> None:
    """The slow layers come from files that change seldom."""
    names = [f"{name} {rest}" for name, rest in steps()]
    everything = names.index("COPY . .")
    (packages,) = [i for i, text in enumerate(names) if "pip install" in text]
    (engine,) = [i for i, text in enumerate(names) if "tools/npm.py ci --omit=dev" in text]
    assert names.index("COPY requirements.txt ./") < packages < engine < everything
    assert names.index("COPY package.json package-lock.json ./") < engine


def test_its_packages_are_those_of_this_lab() -> None:
    """Offline, and without a change: all of them are there already."""
    (words,) = [shlex.split(rest) for step, rest in steps() if step == "RUN" and "pip install" in rest]
    command = [sys.executable, "-m", *words, "--no-index", "--dry-run"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "Would install" not in done.stdout


def test_it_runs_as_a_user_who_owns_the_volume_alone() -> None:
    names = [name for name, _ in steps()]
    home = argument_of("VOLUME")
    assert names.index("USER") < names.index("CMD")
    assert argument_of("USER") not in ("root", "0")
    assert any(f"install -d -o {argument_of('USER')} -g {argument_of('USER')} {home}" in rest for _, rest in steps())
    assert f"DISTILL_HOME={home}" in shlex.split(argument_of("ENV"))


def test_it_starts_is_healthy_writes_into_its_volume_alone_and_ends_when_told(image: Path, tmp_path: Path) -> None:
    home, port = tmp_path / "volume", str(free_port())
    before = set(image.rglob("*"))
    settings = dict(pair.split("=", 1) for pair in shlex.split(argument_of("ENV")))
    settings |= {
        "DISTILL_HOME": str(home),
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}:{os.defpath}",
    }
    command = [word.replace(PORT, port) for word in json.loads(argument_of("CMD"))]
    log = tmp_path / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=image, env=settings, stdout=out, stderr=out)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server, log)
        check = argument_of("HEALTHCHECK").partition(" CMD ")[2].replace(PORT, port)
        behind_a_proxy = {**settings, "http_proxy": "http://127.0.0.1:9"}
        assert subprocess.run(check, shell=True, cwd=image, env=behind_a_proxy, timeout=60, check=False).returncode == 0
        server.terminate()  # as ``docker stop`` does
        server.wait(60)
        assert subprocess.run(check, shell=True, cwd=image, env=settings, timeout=60, check=False, stderr=-3).returncode
    finally:
        server.kill()
        server.wait(10)
    assert holds_lab(home)
    assert set(image.rglob("*")) == before
