"""What a task is: images with labels in three parts, and how to look at them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from distill_core.events import Sink

if TYPE_CHECKING:
    import numpy as np

__all__ = ["IGNORE", "Loader", "Split", "Task", "TaskData", "null_sink"]

# A target that is none: a hidden label, padding, a void pixel. torch's ``ignore_index``.
IGNORE = -100


@dataclass(frozen=True, slots=True)
class Split:
    """``images_NHWC``: uint8, 0 to 255; ``labels_N``: int64, 0 to classes - 1."""

    images_NHWC: "np.ndarray"
    labels_N: "np.ndarray"

    def __len__(self) -> int:
        return len(self.labels_N)


@dataclass(frozen=True, slots=True)
class TaskData:
    """Train to learn from, valid to choose by, test to report."""

    train: Split
    valid: Split
    test: Split


Loader = Callable[[Path, Sink], TaskData]


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A described data set.

    ``crop_padding_px`` and ``flip`` say which views of an image are still the same thing. ``sha256`` is that of all
    images and labels, so that a specification speaks of these data and no others.
    """

    name: str
    title: str
    teaches: str
    source: str
    licence: str
    classes: tuple[str, ...]
    channels: int
    size_px: int
    crop_padding_px: int
    flip: bool
    mean: tuple[float, ...]
    std: tuple[float, ...]
    train_images: int
    valid_images: int
    test_images: int
    sha256: str
    load: Loader


def null_sink(event: object) -> None:
    """A sink that forgets."""
