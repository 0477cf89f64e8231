"""Own pictures with masks and with outlines: what is read, what is drawn, what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from distill_core.errors import InvalidSetting
from distill_core.tasks.own import outlines
from distill_core.tasks.own.array_file import FILE
from distill_core.tasks.own.masks import VOID
from distill_core.tasks.own.outlines import drawn
from distill_core.tasks.own.refusals import Refused
from distill_core.tasks.own.scene_import import import_scenes
from distill_core.tasks.own.sources import open_source
from tests.own_pictures import picture, png, zipped
from tests.own_scenes import SIZE, coco, listed, mask, masked, packed_runs, runs

WHOLE = {"segmentation": [[0, 0, 24, 0, 24, 20, 0, 20]]}
BOX = {"segmentation": [[2, 4, 12, 4, 12, 10, 2, 10]], "area": 60}


def taken(folder: Path, entries: dict[str, bytes], **more: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    source = open_source(zipped(folder / "in.zip", entries))
    chosen = {"side_px": 16, "crashed": (), "on_file": lambda number, total: None, **more}
    found = import_scenes(source, folder, **chosen)
    source.close()
    with np.load(folder / FILE) as arrays:
        return found, dict(arrays)


def reasons(found: dict[str, Any]) -> dict[str, str]:
    return {one["path"]: one["reason"] for one in found["refused"]}


def test_pictures_and_masks_of_equal_names_are_a_scene(tmp_path: Path) -> None:
    entries = masked(20)
    found, arrays = taken(tmp_path, entries)
    assert found["classes"] == ["Ground", "Road", "木"]
    assert found["counts"] == {"train": 14, "valid": 3, "test": 3}
    assert found["refused"] == []
    assert found["images"]["side_px"] == 16
    assert sum(found["per_class"]) == 20 * 16 * 16
    assert found["masks"] == {"void_pixels": 0, "void_classes": []}
    masks = np.concatenate([arrays[f"{part}_masks"] for part in ("train", "valid", "test")])
    assert masks.dtype == np.uint8
    # Bands of 20 rows, cut square in the middle (all of the rows) and made 16 rows by the nearest.
    expected = {mask(seed)[(np.arange(16) * 20 + 10) // 16, 0].tobytes() for seed in range(3)}
    assert {one[:, 0].tobytes() for one in masks} == expected


def test_parts_that_folders_tell_stay(tmp_path: Path) -> None:
    entries = {**masked(10, folder="d/train"), **masked(4, folder="d/val", names=None, start=10)}
    found, _ = taken(tmp_path, entries)
    assert found["given_parts"] == ["train", "valid"]
    assert found["counts"] == {"train": 8, "valid": 4, "test": 2}
    entries = {name.replace("d/train/images", "d/images/train"): data for name, data in entries.items()}
    entries = {name.replace("d/train/masks", "d/masks/train"): data for name, data in entries.items()}
    other = tmp_path / "other"
    other.mkdir()
    assert taken(other, entries)[0]["sha256"] == found["sha256"]


BAD = {
    "in/images/lonely.jpg": (png(picture(100, SIZE[::-1]), "JPEG"), "no_mask"),
    "in/masks/lonelier.png": (png(Image.fromarray(mask(1))), "no_image"),
    "in/beside.png": (png(picture(101)), "no_mask"),
    "in/images/large.jpg": (png(picture(102, (30, 30)), "JPEG"), "mask_size"),
    "in/images/turned.jpg": (b"", "turned"),
    "in/images/coloured.png": (png(picture(103, SIZE[::-1])), "mask_colours"),
    "in/images/lossy.png": (png(picture(104, SIZE[::-1])), "mask_lossy"),
    "in/images/float.png": (png(picture(105, SIZE[::-1])), "mask_colours"),
    "in/images/cut.png": (png(picture(106, SIZE[::-1])), ("cut_off", "broken")),
    "in/images/fake.png": (b"<svg/>", "format"),
    "in/images/twin.png": (png(picture(107, SIZE[::-1])), "two_masks"),
    "in/images/other twin.png": (png(picture(107, SIZE[::-1])), "two_masks"),
    "in/images/notes.txt": (b"x", "ending"),
}


def test_what_is_refused_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    plain = png(Image.fromarray(mask(1)))
    entries = masked(12) | {name: data for name, (data, _) in BAD.items()}
    entries["in/images/turned.jpg"] = png(picture(108, SIZE[::-1]), "JPEG", exif=turned)
    for name in ("large", "turned", "fake", "twin"):
        entries[f"in/masks/{name}.png"] = plain
    entries["in/masks/coloured.png"] = png(picture(1, SIZE[::-1]))
    entries["in/masks/lossy.jpg"] = png(Image.fromarray(mask(1)), "JPEG")
    entries["in/masks/float.tif"] = png(Image.fromarray(mask(1).astype(np.float32)), "TIFF")
    entries["in/masks/cut.png"] = png(Image.fromarray(np.random.default_rng(0).integers(0, 3, (20, 24), np.uint8)))[
        :120
    ]
    entries["in/masks/other twin.png"] = png(Image.fromarray(mask(2)))
    found, _ = taken(tmp_path, entries)
    got = reasons(found)
    for name, (_, reason) in BAD.items():
        assert got.pop(name) in (reason if isinstance(reason, tuple) else (reason,)), name
    assert got == {}
    assert sum(found["counts"].values()) == 12


@pytest.mark.parametrize("make", ["palette", "deep", "grey in colours", "two bits"])
def test_each_kind_of_mask_is_read_by_its_values(make: str, tmp_path: Path) -> None:
    entries = masked(9)
    for n in range(9):
        values = mask(n)
        image = Image.fromarray(values)
        if make in ("palette", "two bits"):
            image.putpalette([9, 9, 9, 200, 0, 0, 0, 200, 0])
        elif make == "deep":
            image = Image.fromarray(values.astype(np.uint16))
        elif make == "grey in colours":
            image = Image.fromarray(values[..., None].repeat(3, axis=2))
        entries[f"in/masks/{n}.png"] = png(image, **({"bits": 2} if make == "two bits" else {}))
    plain = tmp_path / "plain"
    plain.mkdir()
    assert taken(tmp_path, entries)[0]["sha256"] == taken(plain, masked(9))[0]["sha256"]


def test_values_without_a_name_are_void_and_others_are_called_by_their_number(tmp_path: Path) -> None:
    found, arrays = taken(tmp_path, masked(9, names="Ground\nRoad"))
    assert found["classes"] == ["Ground", "Road"]
    assert found["masks"]["void_pixels"] == (arrays["train_masks"] == VOID).sum() + sum(
        (arrays[f"{part}_masks"] == VOID).sum() for part in ("valid", "test")
    )
    assert found["masks"]["void_pixels"] > 0
    unnamed = tmp_path / "unnamed"
    unnamed.mkdir()
    assert taken(unnamed, masked(9, names=None))[0]["classes"] == ["0", "1", "2"]


def test_black_and_white_is_two_classes_and_255_else_is_void(tmp_path: Path) -> None:
    entries = {
        name: png(Image.fromarray((mask(int(name[9:-4]), 2) * 255).astype(np.uint8))) if "/masks/" in name else data
        for name, data in masked(9, names=None).items()
    }
    found, arrays = taken(tmp_path, entries)
    assert found["classes"] == ["0", "255"]
    assert set(np.unique(arrays["train_masks"])) == {0, 1}
    for n in range(9):
        entries[f"in/masks/{n}.png"] = png(Image.fromarray(np.where(mask(n) == 2, 255, mask(n)).astype(np.uint8)))
    other = tmp_path / "other"
    other.mkdir()
    found, arrays = taken(other, entries)
    assert found["classes"] == ["0", "1"]
    assert found["masks"]["void_pixels"] > 0
    assert VOID in np.unique(arrays["train_masks"])


def test_a_class_that_the_test_lacks_is_void(tmp_path: Path) -> None:
    entries = masked(20, folder="in/train", names="Ground\nRoad\nTree\nRare\n") | masked(
        4, folder="in/test", names=None, start=30
    )
    rare = mask(0)
    rare[0] = 3
    entries["in/train/masks/0.png"] = png(Image.fromarray(rare))
    found, _ = taken(tmp_path, entries)
    assert found["classes"] == ["Ground", "Road", "Tree"]
    assert found["masks"]["void_classes"] == ["Rare"]


@pytest.mark.parametrize(
    ("entries", "more", "why"),
    [
        (masked(7), {}, "at least 8 pictures with a mask"),
        (masked(9), {"side_px": 20}, "a multiple of 8"),
        (masked(9), {"side_px": 128}, "16 to 64 px"),
        (masked(9), {"most_classes": 0}, "1 to 79 classes"),
        (masked(9, names="a\na\nb"), {}, "called alike"),
        (masked(9, names="\n".join(map(str, range(81)))), {}, "at most 80 classes"),
        (masked(9, names="only"), {}, "two classes in the masks"),
        ({"a.png": b""}, {}, "at least 8 pictures with a mask"),
    ],
)
def test_what_makes_no_task_is_refused_whole(
    entries: dict[str, bytes], more: dict[str, Any], why: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidSetting, match=why):
        taken(tmp_path, entries, **more)


def test_polygons_and_runs_are_the_same_pixels(tmp_path: Path) -> None:
    box = np.zeros(SIZE[::-1], np.uint8)
    box[4:10, 2:12] = 1
    for outline in (
        BOX["segmentation"],
        {"size": [20, 24], "counts": runs(box)},
        {"size": [20, 24], "counts": packed_runs(runs(box))},
    ):
        got = drawn([{"category_id": 7, "segmentation": outline}], {7: 1}, SIZE)
        assert got.tolist() == box.tolist(), outline


def test_the_smaller_object_lies_on_top_and_a_crowd_below() -> None:
    crowd = {"category_id": 7, "segmentation": {"size": [20, 24], "counts": [0, 480]}, "iscrowd": 1, "area": 1}
    whole = {"category_id": 90, **WHOLE, "area": 480}
    got = drawn([{"category_id": 7, **BOX}, whole, crowd], {7: 1, 90: 2}, SIZE)
    assert (got[0, 0], got[5, 5]) == (2, 1)
    got = drawn([crowd, {"category_id": 7, **BOX}], {7: 1}, SIZE)
    assert (got[0, 0], got[5, 5]) == (VOID, 1)


def test_an_outline_beyond_the_picture_is_cut() -> None:
    far = {"category_id": 7, "segmentation": [[-1e9, -1e9, 1e9, -1e9, 1e9, 1e9, -1e9, 1e9]]}
    assert (drawn([far], {7: 1}, SIZE) == 1).all()


NO_OUTLINE: dict[str, Any] = {
    "missing": None,
    "empty": [],
    "two points": [[0, 0, 1, 1]],
    "an odd number": [[0, 0, 1, 1, 2, 2, 3]],
    "a text": [["0", 0, 1, 1, 2, 2]],
    "a huge number": [[10**400, 0, 1, 1, 2, 2]],
    "millions of points": [[0, 1] * (outlines.MOST_POINTS + 1)],
    "a boolean": [[True, 0, 1, 1, 2, 2]],
    "runs of another size": {"size": [1, 1], "counts": [1]},
    "runs that are too short": {"size": [20, 24], "counts": [1, 2]},
    "runs that are too long": {"size": [20, 24], "counts": [10**15]},
    "negative runs": {"size": [20, 24], "counts": [-1, 481]},
    "no runs": {"size": [20, 24], "counts": ""},
    "text that is no runs": {"size": [20, 24], "counts": "\u0001\uffff"},
    "a number without an end": {"size": [20, 24], "counts": "o" * 400},
}


@pytest.mark.parametrize("outline", NO_OUTLINE.values(), ids=NO_OUTLINE)
def test_an_outline_that_cannot_be_drawn_is_refused(outline: Any) -> None:
    with pytest.raises(Refused, match="cannot be drawn"):
        drawn([{"category_id": 7, "segmentation": outline}], {7: 1}, SIZE)


def test_lists_of_outlines_become_scenes(tmp_path: Path) -> None:
    entries = coco({n: [BOX] for n in range(9)})
    found, arrays = taken(tmp_path, entries)
    assert found["classes"] == ["Ground", "cat"]
    assert found["counts"] == {"train": 7, "valid": 1, "test": 1}
    assert found["refused"] == []
    assert 0 < found["per_class"][1] < found["per_class"][0]
    assert set(np.unique(arrays["test_masks"])) == {0, 1}


def test_only_the_most_frequent_categories_are_classes(tmp_path: Path) -> None:
    other = {"segmentation": [[12, 12, 20, 12, 20, 18]], "category_id": 90}
    entries = coco({n: [BOX, other] if n else [BOX] for n in range(9)})
    assert taken(tmp_path, entries)[0]["classes"] == ["Ground", "cat", "hair drier"]
    few = tmp_path / "few"
    few.mkdir()
    found, arrays = taken(few, entries, most_classes=1)
    assert found["classes"] == ["Ground", "cat"]
    assert (arrays["train_masks"] == VOID).any()


def test_each_part_has_its_list_and_its_folder(tmp_path: Path) -> None:
    train = {n: [BOX] for n in range(9)}
    valid = {n: [BOX] for n in range(3)}  # the same names, other pictures
    entries = {
        "in/annotations/instances_train2017.json": json.dumps(listed(train)).encode(),
        "in/annotations/instances_val2017.json": json.dumps(listed(valid)).encode(),
        "in/annotations/captions_val2017.json": b"{}",
        **{f"in/train2017/{n}.png": png(picture(n, SIZE[::-1])) for n in train},
        **{f"in/val2017/{n}.png": png(picture(50 + n, SIZE[::-1])) for n in valid},
    }
    found, _ = taken(tmp_path, entries)
    assert found["given_parts"] == ["train", "valid"]
    assert found["counts"] == {"train": 8, "valid": 3, "test": 1}
    assert found["refused"] == []


def test_a_validation_alone_is_parted(tmp_path: Path) -> None:
    entries = coco({n: [BOX] for n in range(9)})
    entries["in/annotations/instances_val2017.json"] = entries.pop("in/annotations/instances.json")
    assert taken(tmp_path, entries)[0]["given_parts"] == []
    folder = tmp_path / "masks"
    folder.mkdir()
    found, _ = taken(folder, masked(9, folder="dev"))
    assert (found["given_parts"], sum(found["counts"].values())) == ([], 9)


def test_pictures_of_a_list_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    annotations: dict[int, list[dict[str, Any]]] = {n: [dict(BOX)] for n in range(12)}
    annotations[10] = [{"segmentation": []}]
    annotations[11] = [dict(BOX)] * 501
    made = listed(annotations)
    made["images"][9] |= {"width": 100_000, "height": 100_000}
    made["images"].append({"id": 77, "file_name": "../../../etc/passwd", "width": 1, "height": 1})
    made["annotations"].append({"image_id": 4_711, "category_id": 7, **BOX})
    entries = coco(annotations)
    entries["in/annotations/instances.json"] = json.dumps(made).encode()
    entries["in/pictures/spare.png"] = png(picture(90))
    found, _ = taken(tmp_path, entries)
    assert reasons(found) == {
        "in/pictures/9.png": "sizes",
        "in/pictures/10.png": "outline",
        "in/pictures/11.png": "many",
        "in/pictures/spare.png": "not_listed",
        "passwd": "no_image",
        f"annotations[{len(made['annotations']) - 1}]": "no_image",
    }
    assert sum(found["counts"].values()) == 9


@pytest.mark.parametrize(
    "text",
    [
        b"not json",
        b"[" * 100_000,
        b'{"images": NaN}',
        b"[]",
        b'{"images": [], "annotations": [], "categories": {}}',
        b'{"images": [1], "annotations": [], "categories": []}',
        b'{"images": [{"id": 1}, {"id": 1}], "annotations": [], "categories": []}',
        b'{"images": [], "annotations": [], "categories": [{"id": 1, "name": null}]}',
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_list_is_refused_whole(text: bytes, tmp_path: Path) -> None:
    entries = {**coco({n: [BOX] for n in range(9)}), "in/annotations/instances.json": text}
    with pytest.raises(InvalidSetting, match=r"a list as COCO has it.*nothing was kept"):
        taken(tmp_path, entries)
