"""The pictures of a folder or a zip file, read one after the other onto the disk. N pictures, H W: the side that is
kept, D: colours and what else a pixel has."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np

from distill_core.tasks.own.class_folders import told
from distill_core.tasks.own.pixels import is_grey
from distill_core.tasks.own.refusals import MOST_FILE_BYTES, Refused, RefusedFile
from distill_core.tasks.own.sources import Found, Source

# Told before each file, with the number of files.
OnFile = Callable[[int, int], None]


class Picture(Protocol):
    @property
    def found(self) -> Found:
        """Where it lies."""


File = TypeVar("File", bound=Picture)


@dataclass(frozen=True, slots=True)
class Pictures(Generic[File]):
    """The pictures that could be read, in the order of ``files``. ``pixels_NHWD`` lies on the disk; ``channels``: 1
    where all are grey, else 3; ``keys``: equal for equal pictures."""

    files: tuple[File, ...]
    refused: tuple[RefusedFile, ...]
    pixels_NHWD: np.ndarray
    keys: list[bytes]
    channels: int


def read_pictures(
    source: Source,
    files: Sequence[File],
    read: Callable[[File, bytes], np.ndarray],
    onto: Path,
    shape_HWD: tuple[int, int, int],
    *,
    crashed: Collection[int],
    on_file: OnFile,
) -> Pictures[File]:
    """Read each file; ``read`` gives its pixels (H, W, D), uint8, the colours first, and raises Refused where it
    cannot. ``crashed``: numbers of files that are not read, since an earlier try ended on them."""
    there: list[File] = []
    refusals: list[RefusedFile] = []
    keys: list[bytes] = []
    grey = True
    with onto.open("wb") as out:
        for number, file in enumerate(files):
            on_file(number, len(files))
            try:
                if number in crashed:
                    raise Refused("crashed")
                pixels_HWD = read(file, source.read(file.found, MOST_FILE_BYTES))
            except Refused as error:
                refusals.append(RefusedFile(told(file.found), error.reason))
                continue
            out.write(pixels_HWD.tobytes())
            colours_HWC = pixels_HWD[..., :3]
            keys.append(hashlib.sha256(colours_HWC.tobytes()).digest())
            grey = grey and is_grey(colours_HWC)
            there.append(file)
    shape = (len(there), *shape_HWD)
    kept = np.memmap(onto, np.uint8, "r", shape=shape) if there else np.empty(shape, np.uint8)
    return Pictures(tuple(there), tuple(refusals), kept, keys, 1 if grey else 3)
