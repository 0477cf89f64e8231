"""One part of a task in memory: what datasets of images, recordings and texts share."""

from __future__ import annotations

import copy
from typing import Any, Self

import numpy as np

from distill_core.tasks.base import Task


class InMemory:
    """A ``Dataset`` but for its ``batch``. ``part`` has ``labels_N`` (int64), and a ``content_hash`` where the kind has
    none of its own."""

    def __init__(self, task: Task, part: Any, *, data_seed: int = 0, scene: str = "") -> None:
        """``scene`` names the corruption of the examples, empty without one."""
        self.task, self.part, self.data_seed, self.scene = task, part, data_seed, scene

    def __len__(self) -> int:
        return len(self.part.labels_N)

    @property
    def targets(self) -> np.ndarray:
        labels_N: np.ndarray = self.part.labels_N
        return labels_N

    def batch_targets(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> np.ndarray:
        """The labels of the examples, whose views keep theirs."""
        targets_B: np.ndarray = self.targets[examples_B]
        return targets_B

    def content_hash(self) -> str:
        """SHA-256 (hex) of examples and labels."""
        found: str = self.part.content_hash()
        return found

    def seeded(self, data_seed: int) -> Self:
        """The same examples in memory with the views of another data seed."""
        other = copy.copy(self)
        other.data_seed = data_seed
        return other
