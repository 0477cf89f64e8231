"""Own data as tasks."""

import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from distill_core.errors import CorruptFile, MissingData, said
from distill_core.events import Sink
from distill_core.spec import Budget, Optimiser, TrainedTeacher
from distill_core.tasks.base import (
    IGNORE,
    ImageSpec,
    InputSpec,
    NamedColumn,
    Split,
    SplitCounts,
    TargetSpec,
    Task,
    TaskData,
)
from distill_core.tasks.comparison import comparison
from distill_core.tasks.images import image_task
from distill_core.tasks.own.class_folders import PARTS
from distill_core.tasks.own.description import ImageDetails, OwnData, TableDetails
from distill_core.tasks.own.masks import VOID
from distill_core.tasks.own.splitting import FEWEST
from distill_core.tasks.segmentation import SCENE
from distill_core.tasks.segmentation.dataset import InMemoryScenes, Scenes
from distill_core.tasks.segmentation.metrics import segmentation
from distill_core.tasks.sound import DISTURBED, SOUND, mfcc
from distill_core.tasks.sound.comparison import TEACHER as SOUND_TEACHER
from distill_core.tasks.sound.comparison import sound_comparison
from distill_core.tasks.sound.dataset import Recordings, Sounds
from distill_core.tasks.sound.spoken_digits import VIEWS
from distill_core.tasks.splits import content_hash
from distill_core.tasks.table import ROW
from distill_core.tasks.table.comparison import table_comparison
from distill_core.tasks.table.rows import InMemoryRows, LabelledRows, row_input
from distill_core.tasks.text import TEXT
from distill_core.tasks.text.languages import TEACHER, TEACHER_RECIPE
from distill_core.tasks.text.texts import InMemoryTexts, LabelledTexts
from distill_core.tasks.text.tokens import INPUT

_BROKEN = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error)

# With a third of the updates of the teacher of scenes that ships, since own sets are smaller.
SCENE_TEACHER = TrainedTeacher(
    architecture="unet",
    budget=Budget(updates=800, batch_size=16),
    optimiser=Optimiser(algorithm="adamw", learning_rate=4e-3, weight_decay=1e-2),
)
SOUND_ARRAYS = ("values_NTC", "means_NC", "frames_N", "labels_N", "speakers_N")


@lru_cache(maxsize=256)  # equal data are one task
def task_of(of: OwnData, examples: Path) -> Task:
    """The task of own data whose examples are in a file."""
    if of.images:
        return (_scenes if of.masks else _images)(of, of.images, examples)
    if of.table:
        return _rows(of, of.table, examples)
    return _texts(of, examples) if of.kind == "texts" else _sounds(of, examples)


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


def _scenes(of: OwnData, details: ImageDetails, examples: Path) -> Task:
    side = details.side_px
    begins = comparison(
        of.name,
        teacher=TEACHER,
        examples="scenes",
        architecture="unet_small",
        labels=max(FEWEST // 2, min(30, of.counts.train // 4)),
        temperature=1.0,
        budget=Budget(updates=600, batch_size=16),
        optimiser=Optimiser(algorithm="adamw", learning_rate=1e-2, weight_decay=1e-2),
        mode="consistent",
    )
    return _task(
        of,
        examples,
        teaches=said("Own scenes with {count} classes, one a pixel, {side} × {side} pixels.", len(of.classes), side),
        kind=SCENE,
        input=InputSpec(shape=(details.channels, side, side)),
        positions=(side, side),
        dataset=InMemoryScenes,
        metrics=segmentation,
        metric="mean_iou",
        traits=frozenset({"corruptions", "attacks"}),
        default=begins.model_copy(update={"teacher": SCENE_TEACHER}),
        image_spec=ImageSpec(mean=details.mean, std=details.std, crop_padding_px=side // 12, flip=details.mirrored),
    )


def _texts(of: OwnData, examples: Path) -> Task:
    labels = max(len(of.classes), min(20 * len(of.classes), of.counts.train // 4))
    begins = comparison(
        of.name,
        teacher=TEACHER,
        examples="texts",
        architecture="byte_cnn",
        labels=labels,
        temperature=2.0,
        budget=Budget(updates=400, batch_size=64),
        optimiser=Optimiser(learning_rate=0.1, weight_decay=5e-4),
    )
    return _task(
        of,
        examples,
        teaches=said("Own texts of {count} classes.", len(of.classes)),
        kind=TEXT,
        input=INPUT,
        dataset=InMemoryTexts,
        traits=frozenset({"corruptions"}),
        default=begins.model_copy(update={"teacher": TEACHER_RECIPE}),
    )


def _rows(of: OwnData, details: TableDetails, examples: Path) -> Task:
    labels = max(len(of.classes), min(20 * len(of.classes), of.counts.train // 4))
    return _task(
        of,
        examples,
        teaches=said("An own table: {count} classes by {columns} columns.", len(of.classes), len(details.columns)),
        kind=ROW,
        input=row_input(details.columns),
        dataset=InMemoryRows,
        columns=tuple(
            NamedColumn(name=one.name, categories=one.categories, low=one.low, high=one.high) for one in details.columns
        ),
        traits=frozenset({"corruptions"}),
        default=table_comparison(of.name, labels=labels),
    )


def _sounds(of: OwnData, examples: Path) -> Task:
    labels = max(len(of.classes), min(12 * len(of.classes), of.counts.train // 4))
    begins = sound_comparison(of.name, labels=labels, updates=400)
    return _task(
        of,
        examples,
        teaches=said("Own recordings of {count} classes, of which networks hear a second.", len(of.classes)),
        kind=SOUND,
        input=mfcc.INPUT,
        dataset=partial(Sounds, views=VIEWS),
        features="without_mean",
        traits=DISTURBED,
        default=begins.model_copy(update={"teacher": SOUND_TEACHER}),
    )


def _task(of: OwnData, examples: Path, positions: tuple[int, ...] = (), **kind: Any) -> Task:
    """What the description tells, beside what its ``kind`` adds."""
    return Task(
        name=of.name,
        title=of.title,
        source=of.source,
        licence=of.licence,
        target=TargetSpec(classes=of.classes, positions=positions),
        counts=SplitCounts(**of.counts.model_dump()),
        sha256=of.sha256,
        load=partial(_load, of, examples),
        **kind,
    )


def _sound_part(arrays: Mapping[str, np.ndarray], part: str) -> Recordings:
    return Recordings(**{name: arrays[f"{part}_{name}"] for name in SOUND_ARRAYS})


def _text_part(arrays: Mapping[str, np.ndarray], part: str) -> LabelledTexts:
    data, ends, labels_N = (arrays[f"{part}_{name}"] for name in ("bytes", "ends", "labels"))
    whole = data.tobytes()
    starts = [0, *ends[:-1].tolist()]
    texts = (whole[start:end].decode(errors="replace") for start, end in zip(starts, ends.tolist(), strict=True))
    return LabelledTexts(tuple(texts), labels_N)


def _row_part(arrays: Mapping[str, np.ndarray], part: str) -> LabelledRows:
    return LabelledRows(arrays[f"{part}_values"], arrays[f"{part}_labels"])


def _image_part(arrays: Mapping[str, np.ndarray], part: str) -> Split:
    return Split(arrays[f"{part}_images"], arrays[f"{part}_labels"])


def _scene_part(arrays: Mapping[str, np.ndarray], part: str) -> Scenes:
    masks_N = arrays[f"{part}_masks"]
    return Scenes(arrays[f"{part}_images"], np.where(masks_N == VOID, IGNORE, masks_N).astype(np.int64))


_Part = Callable[[Mapping[str, np.ndarray], str], Any]
_PARTS: Mapping[str, _Part] = {
    **{"images": _image_part, "scenes": _scene_part, "texts": _text_part, "sounds": _sound_part},
    "tables": _row_part,
}


def _load(of: OwnData, examples: Path, _home: Path, _sink: Sink) -> TaskData:
    if not examples.is_file():
        got, hint = "none: they were removed", "add the same files again"
        raise MissingData(said("the data of {title}", of.title), expected="them", got=got, hint=hint)
    try:
        with np.load(examples, allow_pickle=False) as arrays:
            parts = {part: _PARTS[of.kind](arrays, part) for part in PARTS}
        data = TaskData(**parts)
        if content_hash(data) == of.sha256:
            return data
        error: object = "others"
    except _BROKEN as broken:
        error = broken
    expected, hint = "what was stored", "remove them and add them again"
    raise CorruptFile(said("the data of {title}", of.title), expected=expected, got=error, hint=hint)
