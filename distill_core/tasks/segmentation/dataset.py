"""Scenes in memory: batches of views whose masks move along. N scenes, B of a batch, H W pixels, C channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from distill_core.lazy_torch import torch
from distill_core.tasks.base import Task
from distill_core.tasks.images import InMemoryImages
from distill_core.tasks.splits import sha256_of


@dataclass(frozen=True, slots=True)
class Scenes:
    """``images_NHWC``: uint8, 0 to 255; ``labels_N``: (N, H, W) int64, 0 to classes - 1, IGNORE for a void pixel."""

    images_NHWC: np.ndarray
    labels_N: np.ndarray

    def __len__(self) -> int:
        return len(self.labels_N)

    def content_hash(self) -> str:
        """SHA-256 (hex) of pixels and labels, shapes and types included."""
        return sha256_of(self.images_NHWC, self.labels_N)


class InMemoryScenes(InMemoryImages):
    """One part of a task of scenes: a ``Dataset``. Beyond the edge of a scene stands its reflection."""

    beyond = "reflect"

    def __init__(self, task: Task, part: Any, *, data_seed: int = 0, scene: str = "") -> None:
        super().__init__(task, part, data_seed=data_seed, scene=scene)
        pad = task.images.crop_padding_px
        self._padded_labels = torch.from_numpy(np.pad(part.labels_N, ((0, 0), (pad, pad), (pad, pad)), self.beyond))

    def batch_targets(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> np.ndarray:
        """(B, H, W): the classes of the pixels that a view cuts out."""
        rows_BH, columns_BW = self.pixels(examples_B, views_B)
        chosen = torch.from_numpy(examples_B)[:, None, None]
        return self._padded_labels[chosen, rows_BH[:, :, None], columns_BW[:, None, :]].numpy()
