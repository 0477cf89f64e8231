"""What is served of onnxruntime-web, and what is said where it is missing."""

import json
from pathlib import Path

import pytest

from distill_core.errors import MissingData, NotFound
from ui.browser import addresses, engine, scripts

ROOT = Path(__file__).resolve().parents[3]


def test_the_installed_version_is_that_of_the_lock_file() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert engine.version() == lock["packages"]["node_modules/onnxruntime-web"]["version"]
    assert engine.missing() is None


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
        assert "make run" in (engine.missing() or "")
        assert addresses.addresses()["engine"] is None
        with pytest.raises(MissingData, match=r"expected ort\.wasm\.min\.mjs"):
            engine.file("ort.wasm.min.mjs")
    finally:
        engine.version.cache_clear()


def test_scripts_have_an_address_of_their_content() -> None:
    assert addresses.addresses()["scripts"] == f"browser/lab/{scripts.digest()}/"
    assert scripts.script(scripts.digest(), "timing.js") == (scripts.FOLDER / "timing.js").read_bytes()


@pytest.mark.parametrize(("of", "name"), [("0" * 16, "timing.js"), (None, "../engine.py"), (None, "nothing.js")])
def test_no_other_script_is_served(of: str | None, name: str) -> None:
    with pytest.raises(NotFound, match="load the page again"):
        scripts.script(of or scripts.digest(), name)
