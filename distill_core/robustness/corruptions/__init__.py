"""Corruptions of small images, recordings and texts in 5 severities. Those of images are after ImageNet-C and MNIST-C:
8 to 64 pixels, 1 or 3 channels, uint8.

Sources: Hendrycks, Dietterich 2019 (arXiv:1903.12261); Mu, Gilmer 2019 (arXiv:1906.02337). Their levels are for other
images; these were set so that the shipped ResNet-20 loses accuracy from severity to severity and stays above chance.
Those of scenes are called ``scene_NAME`` and have levels of their own.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from distill_core.errors import InvalidSetting, said
from distill_core.registry import Registry
from distill_core.robustness.corruptions import blur, digital, noise, row, scenes, sound, text, weather
from distill_core.robustness.corruptions.base import FAMILIES, SEVERITIES, Corruption
from distill_core.robustness.corruptions.cepstra import cepstra_of, recordings_of
from distill_core.robustness.corruptions.parts import joined, taken
from distill_core.robustness.corruptions.random import PerImageRandom
from distill_core.tasks import Task
from distill_core.tasks.sound.dataset import Recordings
from distill_core.tasks.table.rows import LabelledRows
from distill_core.tasks.text.texts import LabelledTexts

__all__ = [
    "CORRUPTIONS",
    "FAMILIES",
    "SEVERITIES",
    "Corruption",
    "PerImageRandom",
    "corrupted",
    "corrupted_recordings",
    "corrupted_rows",
    "corrupted_texts",
    "corruptions_of",
]

AT_ONCE = 250  # recordings: a mel band of each frame takes 8 bytes, several times
CORRUPTIONS: Registry[Corruption] = Registry("corruption")
for family in (noise, blur, weather, digital, scenes, sound, text, row):
    CORRUPTIONS.add(*family.ENTRIES)


def corruptions_of(task: Task) -> tuple[Corruption, ...]:
    """What changes the examples of a task; nothing where its examples have none."""
    return tuple(one for one in CORRUPTIONS if one.fits(task)) if task.applies("corruptions") else ()


def corrupted(
    images_NHWC: NDArray[np.uint8],
    name: str,
    severity: int,
    seed: int,
    *,
    places_N: NDArray[Any] | None = None,
) -> NDArray[np.uint8]:
    """The corrupted images, in the same shape, uint8.

    An image's random numbers follow from ``seed`` and its place (by default its row) alone.
    Raises: UnknownName; InvalidSetting for another severity than 1 to 5, a corruption of other examples, or images that
    are not 8 bits of (N, H, W, C).
    """
    chosen = _of_kind(name, ("image", "scene"), severity)
    _check(images_NHWC)
    if not len(images_NHWC):
        return images_NHWC.copy()
    places_N = np.arange(len(images_NHWC)) if places_N is None else places_N
    images_NCHW = np.ascontiguousarray(images_NHWC.transpose(0, 3, 1, 2), dtype=np.float32) / np.float32(255)
    corrupted_NCHW = chosen.apply(images_NCHW, chosen.levels[severity - 1], PerImageRandom(name, seed, places_N))
    pixels_NCHW = np.clip(corrupted_NCHW * np.float32(255) + np.float32(0.5), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(pixels_NCHW.transpose(0, 2, 3, 1))


def corrupted_recordings(
    part: Recordings, name: str, severity: int, seed: int, *, places_N: NDArray[Any] | None = None
) -> Recordings:
    """The corrupted recordings, in 8 bits; random numbers and errors as for images."""
    chosen = _of_kind(name, ("sound",), severity)
    places_N = np.arange(len(part.labels_N)) if places_N is None else places_N
    pieces = []
    for start in range(0, len(places_N), AT_ONCE):
        rows = np.arange(start, min(start + AT_ONCE, len(places_N)))
        some, draws = taken(part, rows), PerImageRandom(name, seed, places_N[rows])
        pieces.append(recordings_of(chosen.apply(cepstra_of(some), chosen.levels[severity - 1], draws), some))
    return joined(pieces) if pieces else part


def corrupted_texts(
    part: LabelledTexts, name: str, severity: int, seed: int, *, places_N: NDArray[Any] | None = None
) -> LabelledTexts:
    """The corrupted texts, each of whole characters; random numbers and errors as for images."""
    texts = _changed(part.texts, "text", name, severity, seed, places_N)
    return LabelledTexts(texts, part.labels_N)


def corrupted_rows(
    part: LabelledRows, name: str, severity: int, seed: int, *, places_N: NDArray[Any] | None = None
) -> LabelledRows:
    """The corrupted rows of a table; random numbers and errors as for images."""
    values_NC = _changed(part.values_NC, "row", name, severity, seed, places_N)
    return LabelledRows(values_NC, part.labels_N)


def _changed(inputs: Any, kind: str, name: str, severity: int, seed: int, places_N: NDArray[Any] | None) -> Any:
    """Inputs of examples that are changed all at once."""
    chosen = _of_kind(name, (kind,), severity)
    draws = PerImageRandom(name, seed, np.arange(len(inputs)) if places_N is None else places_N)
    return chosen.apply(inputs, chosen.levels[severity - 1], draws)


def _of_kind(name: str, kinds: Sequence[str], severity: int) -> Corruption:
    chosen = CORRUPTIONS.get(name)
    if chosen.kind not in kinds:
        expected, got = said("one of kind {kind}", kinds[0]), said("{name}, of {kind}", name, chosen.kind)
        raise InvalidSetting("a corruption", expected=expected, got=got, hint="choose one of this kind")
    if severity not in SEVERITIES:
        raise InvalidSetting("severity", expected="1 to 5", got=severity, hint="5 is the worst")
    return chosen


def _check(images_NHWC: NDArray[Any]) -> None:
    if images_NHWC.dtype != np.uint8 or images_NHWC.ndim != 4 or images_NHWC.shape[3] not in (1, 3):
        got = said("{dtype} of shape {shape}", images_NHWC.dtype, images_NHWC.shape)
        hint = "hand over the pixels of a task"
        raise InvalidSetting("images to corrupt", expected="8 bits, (N, H, W, 1 or 3)", got=got, hint=hint)
