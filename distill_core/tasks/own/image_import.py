"""Images of classes, from a folder or a zip file, as the arrays and the description of a task. N images."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from distill_core.errors import said
from distill_core.tasks.own.array_file import FILE, ArrayFile, array_file
from distill_core.tasks.own.class_folders import Sorted, check_count, sort_files, told
from distill_core.tasks.own.pictures import OnFile, Pictures, read_pictures
from distill_core.tasks.own.pixels import ENDINGS, decoded
from distill_core.tasks.own.refusals import RefusedFile, refused
from distill_core.tasks.own.sources import Source
from distill_core.tasks.own.splitting import FEWEST, Parted, parted, places_of, reported

SIDES_PX = (16, 64)
MOST_STORED_BYTES = 400_000_000


def check_side(side_px: int) -> None:
    """Raises InvalidSetting for a side that networks do not take."""
    low, high = SIDES_PX
    if not low <= side_px <= high or side_px % 4:
        raise refused(said("a side of {low} to {high} px, a multiple of 4", low, high), side_px, "choose another one")


def import_images(
    source: Source, into: Path, *, side_px: int, crashed: Collection[int], on_file: OnFile
) -> dict[str, Any]:
    """Write the images to ``into``; returns what ``OwnData`` holds of them. ``crashed``: numbers of files that are not
    read, since an earlier try ended on them.

    Raises: InvalidSetting where they make no task.
    """
    check_side(side_px)
    folders = sort_files(source.files(), ENDINGS)
    needed = len(folders.files) * side_px * side_px * 3
    if needed > MOST_STORED_BYTES:
        most, got = (
            said("at most {most} MB of pixels", MOST_STORED_BYTES // 10**6),
            said("{size} MB", round(needed / 10**6)),
        )
        raise refused(most, got, "choose a smaller side, or fewer pictures")
    shape = (side_px, side_px, 3)
    images = read_pictures(
        source,
        folders.files,
        lambda _, data: decoded(data, side_px),
        into / "pixels",
        shape,
        crashed=crashed,
        on_file=on_file,
    )
    labels = [file.label for file in images.files]
    split = parted(images.keys, labels, [file.part for file in images.files])
    left_out = [RefusedFile(told(images.files[at].found), reason) for at, reason in split.reasons.items()]
    classes = [folders.classes[label] for label in split.classes]
    check_count(classes, said("give each at least {least} pictures that can be read and are not all the same", FEWEST))
    written = _write(images, split, into / FILE)
    refusals = [*folders.refused, *images.refused, *left_out]
    return {
        "kind": "images",
        "classes": classes,
        **reported(split, [file.part for file in images.files], refusals),
        "images": {"side_px": side_px, "channels": images.channels, **written.pop("normal")},
        **written,
    }


def _write(images: Pictures[Sorted], split: Parted, path: Path) -> dict[str, Any]:
    numbers = {label: number for number, label in enumerate(split.classes)}
    labels_N = np.array([numbers.get(file.label, -1) for file in images.files], np.int64)
    of_part = {part: np.array(places, np.int64) for part, places in places_of(split).items()}
    with array_file(path) as arrays:
        for part, members in of_part.items():
            _add(arrays, part, images, labels_N, members)
        sha256 = arrays.hexdigest()
    kept = np.concatenate(list(of_part.values()))
    return {
        "sha256": sha256,
        "counts": {part: len(members) for part, members in of_part.items()},
        "per_class": np.bincount(labels_N[kept], minlength=len(numbers)).tolist(),
        "normal": normal(images.pixels_NHWD, of_part["train"], images.channels),
    }


def _add(arrays: ArrayFile, part: str, images: Pictures[Sorted], labels_N: np.ndarray, members: np.ndarray) -> None:
    shape = (len(members), *images.pixels_NHWD.shape[1:3], images.channels)
    arrays.add(f"{part}_images", shape, lambda rows: images.pixels_NHWD[members[rows], :, :, : images.channels])
    arrays.add(f"{part}_labels", (len(members),), lambda rows: labels_N[members[rows]])


def normal(pixels_NHWC: np.ndarray, members: Sequence[int] | np.ndarray, channels: int) -> dict[str, list[float]]:
    """Mean and deviation of each of the first ``channels`` over the training pixels, 0 to 1."""
    sums, squares, count = 0.0, 0.0, 0
    for start in range(0, len(members), 500):
        piece = pixels_NHWC[members[start : start + 500], :, :, :channels] / 255
        sums = sums + piece.sum((0, 1, 2))
        squares = squares + (piece**2).sum((0, 1, 2))
        count += piece[..., 0].size
    mean = np.asarray(sums) / count
    std = np.sqrt(np.maximum(np.asarray(squares) / count - mean**2, 1e-4))
    return {"mean": [round(float(one), 4) for one in mean], "std": [round(float(one), 4) for one in std]}
