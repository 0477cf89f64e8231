"""Pictures with masks, and COCO's lists of outlines, that tests draw for own data."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from tests.own_pictures import picture, png

__all__ = ["coco", "listed", "mask", "masked", "packed_runs", "runs"]

SIZE = (24, 20)  # width and height


def mask(seed: int, classes: int = 3, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A band of each class, another one a seed."""
    width, height = size
    values = (np.arange(height) * classes // height + seed) % classes
    return values.astype(np.uint8)[:, None].repeat(width, axis=1)


def masked(
    count: int, *, folder: str = "in", names: str | None = "Ground\nRoad\n木\n", start: int = 0
) -> dict[str, bytes]:
    """Entries of a zip file: pictures, their masks and the names of the classes."""
    entries = {} if names is None else {f"{folder}/classes.txt": names.encode()}
    for n in range(start, start + count):
        entries[f"{folder}/images/{n}.jpg"] = png(picture(n, SIZE[::-1]), "JPEG")
        entries[f"{folder}/masks/{n}.png"] = png(Image.fromarray(mask(n)))
    return entries


def runs(mask_HW: np.ndarray) -> list[int]:
    """COCO's runs down the columns, of 0 first."""
    flat = mask_HW.T.ravel().astype(bool)
    changes = np.flatnonzero(np.diff(flat)) + 1
    lengths = np.diff([0, *changes, len(flat)]).tolist()
    return [0, *lengths] if flat[0] else lengths


def packed_runs(counts: Sequence[int]) -> str:
    """The same as COCO's text, by its published definition."""
    text = ""
    for place, count in enumerate(counts):
        value = count - (counts[place - 2] if place > 2 else 0)
        more = True
        while more:
            bits = value & 0x1F
            value >>= 5
            more = value != (-1 if bits & 0x10 else 0)
            text += chr((bits | (0x20 if more else 0)) + 48)
    return text


def listed(annotations: Mapping[int, Sequence[Mapping[str, Any]]], **more: Any) -> dict[str, Any]:
    """A list of outlines by the number of each picture. Categories 7 and 90 leave a gap, as COCO's do."""
    width, height = SIZE
    images = [{"id": n, "file_name": f"{n}.png", "width": width, "height": height} for n in annotations]
    rows = [{"image_id": n, "category_id": 7, **row} for n, found in annotations.items() for row in found]
    categories = [{"id": 7, "name": "cat"}, {"id": 90, "name": "hair drier"}]
    return {"images": images, "annotations": rows, "categories": categories, **more}


def coco(annotations: Mapping[int, Sequence[Mapping[str, Any]]], **more: Any) -> dict[str, bytes]:
    """Entries of a zip file."""
    pictures = {f"in/pictures/{n}.png": png(picture(n, SIZE[::-1])) for n in annotations}
    return {"in/annotations/instances.json": json.dumps(listed(annotations, **more)).encode(), **pictures}
