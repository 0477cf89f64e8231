"""Pictures with a class a pixel, from folders of masks or from lists of outlines, as the arrays and the description of
a task. N scenes, H W: the side that is kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from distill_core.errors import said
from distill_core.spec import fingerprint
from distill_core.tasks.base import IGNORE
from distill_core.tasks.own import coco, masks
from distill_core.tasks.own.array_file import FILE, array_file
from distill_core.tasks.own.class_folders import PARTS, told
from distill_core.tasks.own.image_import import SIDES_PX, normal
from distill_core.tasks.own.masks import VOID, Listed, Pair
from distill_core.tasks.own.pictures import OnFile, Pictures, read_pictures
from distill_core.tasks.own.pixels import decoded_as_it_lies
from distill_core.tasks.own.refusals import RefusedFile, refused
from distill_core.tasks.own.sources import Source
from distill_core.tasks.own.splitting import FEWEST, Parted, parted, places_of, reported
from distill_core.tasks.segmentation.dataset import Scenes

# U-Nets halve the side three times.
MULTIPLE_PX = 8
# In memory a mask takes eight bytes a pixel.
MOST_PIXELS = 20_000_000
MOST_CLASSES = 20


# Three colours and the mask's value of each pixel.
_Read = Pictures[Pair]


@dataclass(frozen=True, slots=True)
class _Classes:
    """``table``: the class of each value of a mask, IGNORE for none; ``void``: those that a part shows no pixel of."""

    names: tuple[str, ...]
    table: np.ndarray
    void: tuple[str, ...]


def import_scenes(
    source: Source,
    into: Path,
    *,
    side_px: int,
    most_classes: int = MOST_CLASSES,
    crashed: Collection[int],
    on_file: OnFile,
) -> dict[str, Any]:
    """Write pictures and masks to ``into``; returns what ``OwnData`` holds of them. ``most_classes``: of lists
    of outlines, beside the ground. ``crashed``: numbers of pictures that are not read: an earlier try ended there.

    Raises: InvalidSetting where they make no task.
    """
    _check(side_px, most_classes)
    files = source.files()
    is_listed = coco.is_listed(files)
    listed = coco.in_lists(source, files, most_classes) if is_listed else masks.in_folders(source, files)
    _check_room(listed, side_px)
    read = read_pictures(
        source,
        listed.pairs,
        lambda pair, data: _pixels(pair, data, side_px),
        into / "pixels",
        (side_px, side_px, 4),
        crashed=crashed,
        on_file=on_file,
    )
    split = parted(read.keys, _twins(read), [pair.part for pair in read.files])
    split = _with_masks(read, split)
    if not split.classes:
        hint = said("give at least {least} pictures with a mask that can be read and are not all the same", FEWEST)
        raise refused(said("at least {least} pictures with a mask", FEWEST), "fewer", hint)
    classes = _classes(read, split, listed.names, drawn=is_listed)
    left_out = [RefusedFile(told(read.files[at].found), reason) for at, reason in sorted(split.reasons.items())]
    refusals = [*listed.refused, *read.refused, *left_out]
    return {
        "kind": "scenes",
        "classes": list(classes.names),
        **reported(split, [pair.part for pair in read.files], refusals),
        **_write(read, split, classes, into / FILE, side_px),
    }


def _check(side_px: int, most_classes: int) -> None:
    low, high = SIDES_PX
    if not low <= side_px <= high or side_px % MULTIPLE_PX:
        expected = said("a side of {low} to {high} px, a multiple of {step}", low, high, MULTIPLE_PX)
        raise refused(expected, side_px, "choose another one")
    if not 1 <= most_classes < masks.MOST_CLASSES:
        raise refused(
            said("1 to {most} classes beside the ground", masks.MOST_CLASSES - 1), most_classes, "choose fewer"
        )


def _check_room(listed: Listed, side_px: int) -> None:
    most, count = MOST_PIXELS // side_px**2, len(listed.pairs)
    if count > most:
        expected = said("at most {most:,} pictures of {side} px", most, side_px)
        raise refused(expected, said("{count:,}", count), "choose a smaller side, or fewer pictures")


def _pixels(pair: Pair, data: bytes, side_px: int) -> np.ndarray:
    image_HWC, size = decoded_as_it_lies(data, side_px)
    return np.concatenate([image_HWC, pair.mask(size, side_px)[..., None]], 2)


def _twins(read: _Read) -> list[int]:
    """0 for each, but for the same picture with another mask: that one is in two classes, as it were."""
    first: dict[bytes, bytes] = {}
    own = [read.pixels_NHWD[at, ..., 3].tobytes() for at in range(len(read.files))]
    return [int(first.setdefault(key, mask) != mask) for key, mask in zip(read.keys, own, strict=True)]


def _with_masks(read: _Read, split: Parted) -> Parted:
    reasons = {at: "two_masks" if reason == "two_classes" else reason for at, reason in split.reasons.items()}
    return Parted(split.part_N, reasons, split.classes)


def _classes(read: _Read, split: Parted, names: Sequence[str], *, drawn: bool) -> _Classes:
    """Values that the training and the test show, by their names; all others are void. ``drawn``: from outlines, where
    the largest value is void and nothing else."""
    places = places_of(split)
    seen = {part: _counts(read, places[part]) for part in PARTS}
    every = sum(seen.values(), np.zeros(VOID + 1, np.int64))
    # A mask of two colours is often black and white.
    black_and_white = not drawn and set(np.flatnonzero(every)) == {0, VOID} and len(names) in (0, 2)
    values = [0, VOID] if black_and_white else [int(one) for one in np.flatnonzero(every[:VOID])]
    called = dict(zip(values, names, strict=True)) if black_and_white and names else dict(enumerate(names))
    known = [value for value in values if not names or value in called]
    if len(known) > masks.MOST_CLASSES:
        got = said("{count} values in the masks", len(known))
        raise refused(said("at most {most} classes", masks.MOST_CLASSES), got, "save the masks with an index a class")
    kept = [value for value in known if seen["train"][value] and seen["test"][value]]
    if len(kept) < 2:
        hint = "see that the values of the masks are the numbers of the classes, and that both parts show them"
        raise refused("two classes in the masks of training and test", len(kept) or "none", hint)
    table = np.full(VOID + 1, IGNORE, np.int64)
    table[kept] = np.arange(len(kept))
    told_names = {value: called.get(value, str(value)) for value in known}
    void = tuple(told_names[value] for value in known if value not in kept)
    return _Classes(tuple(told_names[value] for value in kept), table, void)


def _counts(read: _Read, places: Sequence[int]) -> np.ndarray:
    count = np.zeros(VOID + 1, np.int64)
    for at in places:
        count += np.bincount(read.pixels_NHWD[at, ..., 3].ravel(), minlength=VOID + 1)
    return count


def _write(read: _Read, split: Parted, classes: _Classes, path: Path, side_px: int) -> dict[str, Any]:
    of_part = {part: np.array(places, np.int64) for part, places in places_of(split).items()}
    hashes, pixels = [], np.zeros(len(classes.names) + 1, np.int64)
    stored = np.where(classes.table == IGNORE, VOID, classes.table).astype(np.uint8)
    with array_file(path) as arrays:
        for part, members in of_part.items():
            scenes_NHWD = read.pixels_NHWD[members]
            images, labels = scenes_NHWD[..., : read.channels], classes.table[scenes_NHWD[..., 3]]
            values = stored[scenes_NHWD[..., 3]]
            arrays.add(f"{part}_images", images.shape, images.__getitem__)
            arrays.add(f"{part}_masks", values.shape, values.__getitem__)
            hashes.append(Scenes(images, labels).content_hash())
            pixels += np.bincount(np.where(labels == IGNORE, len(classes.names), labels).ravel(), minlength=len(pixels))
    details: Mapping[str, Any] = {"void_pixels": int(pixels[-1]), "void_classes": list(classes.void)}
    return {
        "sha256": fingerprint(*hashes),
        "counts": {part: len(members) for part, members in of_part.items()},
        "per_class": pixels[:-1].tolist(),
        "images": {
            "side_px": side_px,
            "channels": read.channels,
            **normal(read.pixels_NHWD, of_part["train"], read.channels),
        },
        "masks": details,
    }
