"""Pictures with a mask each, from folders: ``images/NAME.jpg`` beside ``masks/NAME.png``, whose values are classes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from PIL import Image

from distill_core.errors import said
from distill_core.tasks.own.class_folders import CALLED, Part, told
from distill_core.tasks.own.names import shown
from distill_core.tasks.own.pixels import ENDINGS, middle, opened
from distill_core.tasks.own.refusals import MOST_FILE_BYTES, MOST_PIXELS, Refused, RefusedFile, refused
from distill_core.tasks.own.sources import Found, Source

# In a mask, and in what is kept: no class is told there.
VOID = 255
MOST_CLASSES = 80
IMAGES, MASKS, NAMES = "images", "masks", "classes.txt"
_MOST_NAMES_BYTES = 100_000
_LOSSY = ("JPEG", "WEBP", "AVIF")
# Of the whole picture's size and the side that is kept: (side, side) uint8, VOID or a value. Raises Refused.
Mask = Callable[[tuple[int, int], int], np.ndarray]


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture with its part, where the files tell it, and its mask."""

    found: Found
    part: Part | None
    mask: Mask


@dataclass(frozen=True, slots=True)
class Listed:
    """``names``: the classes by the values of the masks; () where each value is called like its number."""

    pairs: tuple[Pair, ...]
    names: tuple[str, ...]
    refused: tuple[RefusedFile, ...]


def in_folders(source: Source, files: Sequence[Found]) -> Listed:
    """Pictures below a folder called images, with the masks that lie equally below one called masks; train, valid and
    test among their folders are the parts. ``classes.txt`` names the values, a line each, from 0.

    Raises: InvalidSetting for names that cannot be.
    """
    refusals: list[RefusedFile] = []
    images: dict[tuple[str, ...], Found] = {}
    masks: dict[tuple[str, ...], Found] = {}
    for found in files:
        if found.path[-1].casefold() == NAMES:
            continue
        ending = PurePosixPath(found.path[-1]).suffix.casefold()
        kind, key = _placed(found.path)
        reason = found.reason or ("" if ending in ENDINGS else "ending") or ("" if kind else "no_mask")
        if reason:
            refusals.append(RefusedFile(told(found), reason))
        else:
            (images if kind == IMAGES else masks)[key] = found
    refusals += [RefusedFile(told(found), "no_mask") for key, found in images.items() if key not in masks]
    refusals += [RefusedFile(told(found), "no_image") for key, found in masks.items() if key not in images]
    both = [key for key in images if key in masks]
    parts = [_part(key) for key in both]
    if "train" not in parts:  # as where a folder around all of them is called so
        parts = [None] * len(parts)
    pairs = [Pair(images[key], part, _mask_of(source, masks[key])) for key, part in zip(both, parts, strict=True)]
    return Listed(tuple(pairs), _names(source, files), tuple(refusals))


def check_names(names: Sequence[str]) -> None:
    """Raises InvalidSetting for more classes than are taken, and for two that are called alike."""
    if len(names) > MOST_CLASSES:
        raise refused(said("at most {most} classes", MOST_CLASSES), len(names), "leave some out")
    if len(set(names)) < len(names):
        raise refused("classes with names of their own", "two that are called alike", "call each otherwise")


def _placed(path: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Whether a file is a picture or a mask, by the innermost folder that says so, and what both have in common."""
    folders = [folder.casefold() for folder in path[:-1]]
    at = max((place for place, folder in enumerate(folders) if folder in (IMAGES, MASKS)), default=-1)
    if at < 0:
        return "", ()
    return folders[at], (*folders[:at], *folders[at + 1 :], PurePosixPath(path[-1]).stem)


def _part(key: tuple[str, ...]) -> Part | None:
    return next((CALLED[folder] for folder in key[:-1] if folder in CALLED), None)


def _names(source: Source, files: Sequence[Found]) -> tuple[str, ...]:
    table = next((found for found in files if found.path[-1].casefold() == NAMES and not found.reason), None)
    if table is None:
        return ()
    try:
        lines = source.read(table, _MOST_NAMES_BYTES).decode("utf-8-sig").rstrip().splitlines()
    except (Refused, UnicodeError) as error:
        raise refused("classes.txt in UTF-8, a name a line", error, "save it again as text") from error
    names = tuple(shown(line) or str(number) for number, line in enumerate(lines))
    check_names(names)
    return names


def _mask_of(source: Source, found: Found) -> Mask:
    def mask(size: tuple[int, int], side_px: int) -> np.ndarray:
        def work(image: Image.Image) -> np.ndarray:
            if image.format in _LOSSY:
                raise Refused("mask_lossy")
            if image.size != size or size[0] * size[1] > MOST_PIXELS:
                raise Refused("mask_size")
            image.load()
            return cut(_values(image), side_px)

        return opened(source.read(found, MOST_FILE_BYTES), work)

    return mask


def cut(values_HW: np.ndarray, side_px: int) -> np.ndarray:
    """The largest square in the middle of a mask, by the nearest values."""
    whole = Image.fromarray(values_HW)
    return np.array(whole.resize((side_px, side_px), Image.Resampling.NEAREST, box=middle(whole.size)))


def _values(image: Image.Image) -> np.ndarray:
    """Indices of a palette, or grey values; those that have no place in 8 bits are VOID."""
    values = np.asarray(image)
    if values.ndim == 3:
        colours = values[..., :-1] if image.mode in ("LA", "RGBA", "PA") else values
        if (colours != colours[..., :1]).any():
            raise Refused("mask_colours")
        values = colours[..., 0]
    if values.dtype.kind not in "biu":
        raise Refused("mask_colours")
    known = (values >= 0) & (values < VOID)
    return np.where(known, values, VOID).astype(np.uint8)
