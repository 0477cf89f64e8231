"""Harmful files through the door by which own data come in: each is refused or mended in words, with bounds, nothing is
left behind, and the lab goes on. What a zip file can do beside what it holds is in ``test_own_data_malicious.py``."""

import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from distill_core.errors import InvalidSetting
from distill_core.lab import Lab
from distill_core.tasks.own.description import OwnData
from distill_core.tasks.own.refusals import REASONS
from tests.harm import (
    LISTS,
    MASKS,
    OUTLINES,
    PICTURES,
    SOUNDS,
    TABLES,
    good_pictures,
    good_sounds,
    rows,
)
from tests.own_pictures import picture, png, zipped
from tests.own_scenes import SIZE, coco, listed, masked


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with closing(Lab.open(tmp_path_factory.mktemp("harmed"))) as lab:
        yield lab


@pytest.fixture(autouse=True)
def nothing_is_left(lab: Lab) -> Iterator[None]:
    """Of what was refused no file, and what was taken before is still there."""
    yield
    folder = lab.home / "data" / "own"
    known = {f"{data.name}{ending}" for data in lab.own_data.listed() for ending in (".json", ".npz")}
    assert {path.name for path in folder.glob("*") if path.name != ".lock"} == known
    assert lab.own_data.adding() is None


def told(data: OwnData, name: str) -> str | None:
    """The reason of a file, by the end of its path."""
    found = [one.reason for one in data.refused if one.path.endswith(name)]
    return found[0] if found else None


def check(reason: str | None, expected: str | tuple[str, ...] | None) -> None:
    assert reason in (expected if isinstance(expected, tuple) else (expected,))
    assert reason is None or str(REASONS[reason])


@pytest.fixture(scope="module")
def pictures(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> OwnData:
    harmful = {f"pets/dog/{name}": make() for name, (make, _) in PICTURES.items()}
    packed = zipped(tmp_path_factory.mktemp("in") / "in.zip", {**good_pictures(), **harmful})
    return lab.own_data.add_images(packed, "pets", side_px=16)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture(name: str, pictures: OwnData) -> None:
    shown = name if name.isprintable() else "gnp.png"
    check(told(pictures, shown), PICTURES[name][1])


def test_the_others_are_taken(pictures: OwnData) -> None:
    taken = sum(reason is None for _, reason in PICTURES.values())
    assert dict(zip(pictures.classes, pictures.per_class, strict=True)) == {"cat": 8, "dog": 8 + taken}


@pytest.fixture(scope="module")
def sounds(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> OwnData:
    harmful = {f"in/low/{name}": make() for name, (make, _) in SOUNDS.items()}
    return lab.own_data.add_sounds(
        zipped(tmp_path_factory.mktemp("in") / "in.zip", {**good_sounds(), **harmful}), "voices"
    )


@pytest.mark.parametrize("name", SOUNDS)
def test_a_recording(name: str, sounds: OwnData) -> None:
    check(told(sounds, name), SOUNDS[name][1])


@pytest.fixture(scope="module")
def scenes(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> OwnData:
    entries = masked(9)
    for number, (name, (make, _)) in enumerate(MASKS.items()):
        entries[f"in/images/{name}.png"] = png(picture(200 + number, SIZE[::-1]))
        entries[f"in/masks/{name}.png"] = make()
    return lab.own_data.add_scenes(zipped(tmp_path_factory.mktemp("in") / "in.zip", entries), "masks", side_px=16)


@pytest.mark.parametrize("name", MASKS)
def test_a_mask(name: str, scenes: OwnData) -> None:
    check(told(scenes, f"{name}.png"), MASKS[name][1])


@pytest.fixture(scope="module")
def outlines(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> OwnData:
    box = next(iter(listed({0: [{"segmentation": [[2, 4, 12, 4, 12, 10, 2, 10]]}]})["annotations"]))
    harmful = {20 + number: found for number, (found, _) in enumerate(OUTLINES.values())}
    entries = coco({**{n: [{"segmentation": box["segmentation"]}] for n in range(9)}, **harmful, 50: []})
    made = json.loads(entries["in/annotations/instances.json"])
    made["images"][-1] |= {"width": 100_000, "height": 100_000}
    made["images"].append({"id": 77, "file_name": "../../../../etc/passwd", "width": 24, "height": 20})
    entries["in/annotations/instances.json"] = json.dumps(made).encode()
    return lab.own_data.add_scenes(zipped(tmp_path_factory.mktemp("in") / "in.zip", entries), "lists", side_px=16)


@pytest.mark.parametrize("name", OUTLINES)
def test_outlines(name: str, outlines: OwnData) -> None:
    check(told(outlines, f"{20 + [*OUTLINES].index(name)}.png"), OUTLINES[name][1])


def test_a_list_with_absurd_sizes_and_paths(outlines: OwnData) -> None:
    check(told(outlines, "/50.png"), "sizes")
    check(told(outlines, "passwd"), "no_image")
    assert outlines.counts.train + outlines.counts.valid + outlines.counts.test == 9


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_is_refused_whole(name: str, lab: Lab, tmp_path: Path) -> None:
    packed = zipped(tmp_path / "in.zip", {"in/annotations/instances.json": LISTS[name]()})
    with pytest.raises(InvalidSetting, match=r"own data: expected .*; nothing was kept"):
        lab.own_data.add_scenes(packed, name)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_refused_whole(name: str, lab: Lab, tmp_path: Path) -> None:
    make, why = TABLES[name]
    (tmp_path / "in.csv").write_bytes(make())
    with pytest.raises(InvalidSetting, match=f"own data: expected {why}.*; nothing was kept"):
        lab.own_data.add_texts(tmp_path / "in.csv", name)


def test_formulas_and_commands_of_a_table_are_letters(lab: Lab, tmp_path: Path) -> None:
    harmful = [f"=cmd|'/c calc'!A{n}\0\x1b[2J,=1+{n % 1}<b>\u202e\n" for n in range(9)]
    (tmp_path / "in.csv").write_text(rows(*harmful), encoding="utf-8", newline="")
    data = lab.own_data.add_texts(tmp_path / "in.csv", "formulas")
    assert data.classes == ("bad", "good", "＝1+0＜b＞")
    texts = lab.tasks.load(data.name).train.texts
    assert not any("\0" in text or "\x1b" in text for text in texts)


def linked(folder: Path) -> None:
    (folder / "cat" / "link.png").symlink_to("/etc/passwd")
    (folder / "cat" / "all").symlink_to("/etc")


def piped(folder: Path) -> None:
    os.mkfifo(folder / "cat" / "pipe.png")


def deep(folder: Path) -> None:
    (folder / "cat" / "/".join("d" * 40)[:78]).mkdir(parents=True)


FOLDERS: Mapping[str, tuple[object, str]] = {
    "links out of it": (linked, "link"),
    "a pipe that nobody writes to": (piped, "special"),
    "forty folders within each other": (deep, ""),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder(name: str, lab: Lab, tmp_path: Path) -> None:
    make, reason = FOLDERS[name]
    for number, kind in enumerate(("cat", "dog")):
        (tmp_path / kind).mkdir()
        for n in range(8):
            (tmp_path / kind / f"{n}.png").write_bytes(png(picture(300 + 10 * number + n + 50 * len(reason))))
    make(tmp_path)  # type: ignore[operator]
    if not reason:
        with pytest.raises(InvalidSetting, match="at most 12 folders within each other"):
            lab.own_data.add_images(tmp_path, name)
        return
    data = lab.own_data.add_images(tmp_path, name, side_px=16)
    assert {one.reason for one in data.refused} == {reason}
    assert data.per_class == (8, 8)


def test_a_zip_file_of_too_many_entries(lab: Lab, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as packed:
        for number in range(60_001):
            packed.writestr(f"cat/{number}", b"")
    with pytest.raises(InvalidSetting, match="at most 60,000 files"):
        lab.own_data.add_images(tmp_path / "in.zip", "many")


def test_the_lab_goes_on(lab: Lab, pictures: OwnData) -> None:
    assert lab.tasks.load(pictures.name).train.images_NHWC.shape[1:] == (16, 16, 3)
