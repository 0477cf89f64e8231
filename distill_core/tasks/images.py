"""In-memory images: batches of views (a seeded crop and flip), cut out of padded tensors.

Shapes: N images, B batch, H W pixels, C channels.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from distill_core.lazy_torch import Tensor, torch
from distill_core.tasks.base import ImageSpec, InputSpec, Kind, Loader, Split, SplitCounts, TargetSpec, Task
from distill_core.tasks.draws import view_bits
from distill_core.tasks.in_memory import InMemory
from distill_core.tasks.splits import sha256_of

IMAGE = Kind(name="image", example="image", examples="images")


def image_task(
    *,
    classes: tuple[str, ...],
    channels: int,
    size_px: int,
    crop_padding_px: int,
    flip: bool,
    mean: tuple[float, ...],
    std: tuple[float, ...],
    counts: SplitCounts,
    sha256: str,
    load: Loader,
    **described: Any,
) -> Task:
    """A task of square images with one label each; ``described`` are its name, title, teaches, source and licence."""
    return Task(
        **described,
        kind=IMAGE,
        input=InputSpec(shape=(channels, size_px, size_px)),
        target=TargetSpec(classes=classes),
        counts=counts,
        sha256=sha256,
        load=load,
        dataset=InMemoryImages,
        traits=frozenset({"corruptions", "attacks", "drawing"}),
        image_spec=ImageSpec(mean=mean, std=std, crop_padding_px=crop_padding_px, flip=flip),
    )


class InMemoryImages(InMemory):
    """One part of a task of images, a ``Split``: a ``Dataset``."""

    # What stands beyond the edge of an image, by its name in ``numpy.pad``.
    beyond: Literal["constant", "reflect"] = "constant"

    def __init__(self, task: Task, split: Split, *, data_seed: int = 0, scene: str = "") -> None:
        super().__init__(task, split, data_seed=data_seed, scene=scene)
        pad = task.images.crop_padding_px
        padded_NHWC = np.pad(split.images_NHWC, ((0, 0), (pad, pad), (pad, pad), (0, 0)), self.beyond)
        self._padded = torch.from_numpy(padded_NHWC)
        self._span = torch.arange(task.size_px)
        self._scale = 1 / (255 * torch.tensor(task.images.std))
        self._shift = torch.tensor(task.images.mean) / torch.tensor(task.images.std)

    def content_hash(self) -> str:
        """SHA-256 (hex) of images and labels, shapes and types included."""
        return sha256_of(self.part.images_NHWC, self.part.labels_N)

    def batch(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> Tensor:
        """View v of image i; without views the images unaugmented."""
        return self.unaugmented(examples_B) if views_B is None else self.views(examples_B, views_B)

    def pixels(self, images_B: np.ndarray, views_B: np.ndarray | None) -> tuple[Tensor, Tensor]:
        """The rows (B, H) and columns (B, W) of the padded images that a view cuts out."""
        if views_B is None:
            centred = self._span.expand(len(images_B), -1) + self.task.images.crop_padding_px
            return centred, centred
        bits = view_bits(self.data_seed, images_B, views_B)
        offsets = np.uint64(2 * self.task.images.crop_padding_px + 1)
        top = torch.from_numpy((bits % offsets).astype(np.int64))
        left = torch.from_numpy(((bits >> np.uint64(20)) % offsets).astype(np.int64))
        mirrored = torch.from_numpy(((bits >> np.uint64(40)) & np.uint64(1)).astype(bool))
        columns = self._span.expand(len(images_B), -1)
        if self.task.images.flip:
            columns = torch.where(mirrored[:, None], self._span.flip(0), columns)
        return top[:, None] + self._span, left[:, None] + columns

    def views(self, images_B: np.ndarray, views_B: np.ndarray) -> Tensor:
        """View v of image i, float32, normalised, (B, C, H, W) in channels-last memory.

        The crop and the flip follow from (data seed, i, v) alone: the same for every seed, student and batch.
        """
        return self._cut(images_B, *self.pixels(images_B, views_B))

    def unaugmented(self, images_B: np.ndarray) -> Tensor:
        """The images without augmentation, float32, normalised, (B, C, H, W) in channels-last memory."""
        return self._cut(images_B, *self.pixels(images_B, None))

    def _cut(self, images_B: np.ndarray, rows_BH: Tensor, columns_BW: Tensor) -> Tensor:
        chosen = torch.from_numpy(images_B)
        pixels_BHWC = self._padded[chosen[:, None, None], rows_BH[:, :, None], columns_BW[:, None, :]]
        return (pixels_BHWC * self._scale - self._shift).permute(0, 3, 1, 2)


def normalised(task: Task, images_NHWC: np.ndarray) -> np.ndarray:
    """8-bit images as the networks of a task take them: (N, C, H, W), float32."""
    mean, std = np.array(task.images.mean, np.float32), np.array(task.images.std, np.float32)
    scaled_NHWC = images_NHWC.astype(np.float32) * (1 / (255 * std)) - mean / std
    return np.ascontiguousarray(scaled_NHWC.transpose(0, 3, 1, 2))
