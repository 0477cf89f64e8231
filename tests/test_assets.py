"""What ships with the lab is what its manifests say."""

import json
from pathlib import Path

import pytest

from distill_core.assets import ASSETS, Manifest, manifests, read_asset, read_manifest
from distill_core.errors import CorruptFile
from distill_core.files import sha256_of

pytestmark = pytest.mark.anywhere

STORY = {
    "name": "small",
    "title": "A small file",
    "file": "small.bin",
    "sha256": sha256_of(b"small"),
    "size_bytes": 5,
    "origin": "this test",
    "licence": "MIT",
    "command": "none",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "small.bin").write_bytes(b"small")
    (folder / "small.json").write_text(json.dumps(STORY), encoding="utf-8")
    return tmp_path


def test_an_asset_is_found_and_read(root: Path) -> None:
    (manifest,) = manifests("data", root)
    assert manifest == Manifest(**STORY)  # type: ignore[arg-type]
    assert read_asset("data", manifest, root) == b"small"


def test_a_changed_asset_is_refused(root: Path) -> None:
    (root / "data" / "small.bin").write_bytes(b"smell")
    with pytest.raises(CorruptFile, match=r"small\.bin: expected SHA-256"):
        read_asset("data", read_manifest(root / "data" / "small.json"), root)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "[1]", json.dumps({"name": "small"}), json.dumps({**STORY, "colour": "red"}), "\udcff"],
    ids=["empty", "cut off", "no object", "a number", "fields missing", "a field too many", "not UTF-8"],
)
def test_what_is_no_manifest_is_refused(text: str, root: Path) -> None:
    path = root / "data" / "small.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(CorruptFile, match=r"reading small\.json: expected an asset's manifest.*; restore the assets"):
        read_manifest(path)


def test_a_missing_manifest_is_refused(root: Path) -> None:
    with pytest.raises(CorruptFile, match=r"reading none\.json"):
        read_manifest(root / "data" / "none.json")


def test_a_folder_that_is_not_there_has_no_assets(root: Path) -> None:
    assert manifests("teachers", root) == ()


SHIPPED = [(path.parent.name, path) for path in sorted(ASSETS.glob("*/*.json"))]


@pytest.mark.parametrize(("folder", "path"), SHIPPED, ids=lambda value: getattr(value, "stem", value))
def test_what_ships_is_whole_and_tells_its_story(folder: str, path: Path) -> None:
    manifest = read_manifest(path)
    assert len(read_asset(folder, manifest)) == manifest.size_bytes
    assert all((manifest.title, manifest.origin, manifest.licence, manifest.command))
    assert manifest.size_bytes <= 7_000_000
