"""Own data as tasks."""

import zipfile
import zlib
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from distill_core.errors import CorruptFile, MissingData, said
from distill_core.events import Sink
from distill_core.tasks.base import Split, SplitCounts, Task, TaskData
from distill_core.tasks.images import image_task
from distill_core.tasks.own.class_folders import PARTS
from distill_core.tasks.own.description import ImageDetails, OwnData
from distill_core.tasks.splits import content_hash

_BROKEN = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error)


@lru_cache(maxsize=256)  # equal data are one task
def task_of(of: OwnData, examples: Path) -> Task:
    """The task of own data whose examples are in a file."""
    if of.images is None:
        raise ValueError(of.kind)
    return _images(of, of.images, examples)


def _images(of: OwnData, details: ImageDetails, examples: Path) -> Task:
    return image_task(
        name=of.name,
        title=of.title,
        teaches=said("Own pictures of {count} classes, {side} × {side} pixels.", len(of.classes), details.side_px),
        source=of.source,
        licence=of.licence,
        classes=of.classes,
        channels=details.channels,
        size_px=details.side_px,
        crop_padding_px=details.side_px // 8,
        flip=details.mirrored,
        mean=details.mean,
        std=details.std,
        counts=SplitCounts(**of.counts.model_dump()),
        sha256=of.sha256,
        load=partial(_load, of, examples),
    )


def _load(of: OwnData, examples: Path, _home: Path, _sink: Sink) -> TaskData:
    if not examples.is_file():
        got, hint = "none: they were removed", "add the same files again"
        raise MissingData(said("the data of {title}", of.title), expected="them", got=got, hint=hint)
    try:
        with np.load(examples, allow_pickle=False) as arrays:
            parts = {part: Split(arrays[f"{part}_images"], arrays[f"{part}_labels"]) for part in PARTS}
        data = TaskData(**parts)
        if content_hash(data) == of.sha256:
            return data
        error: object = "others"
    except _BROKEN as broken:
        error = broken
    expected, hint = "what was stored", "remove them and add them again"
    raise CorruptFile(said("the data of {title}", of.title), expected=expected, got=error, hint=hint)
