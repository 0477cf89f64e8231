"""In-memory rows of a table. Shapes: N rows, B of them in a batch, C columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from distill_core.lazy_torch import Tensor, torch
from distill_core.tasks.base import Column, InputSpec
from distill_core.tasks.in_memory import InMemory
from distill_core.tasks.splits import sha256_of


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """One part of a task of tables. ``values_NC``: float32, numbers and codes of categories, NaN where one is missing;
    ``labels_N``: int64, 0 to classes - 1."""

    values_NC: np.ndarray
    labels_N: np.ndarray

    def __len__(self) -> int:
        return len(self.labels_N)

    def content_hash(self) -> str:
        """SHA-256 (hex) of rows and labels."""
        return sha256_of(self.values_NC, self.labels_N)


class Described(Protocol):
    """What is told of a column; ``categories``: the names of its codes, none of a column of numbers."""

    @property
    def categories(self) -> Sequence[str]: ...

    @property
    def mean(self) -> float: ...

    @property
    def std(self) -> float: ...

    @property
    def missing(self) -> int: ...


def row_input(columns: Sequence[Described]) -> InputSpec:
    """Rows of these columns as networks take them."""
    told = tuple(
        Column(mean=one.mean, std=one.std, categories=len(one.categories), missing=one.missing > 0) for one in columns
    )
    return InputSpec(shape=(len(told),), columns=told)


class InMemoryRows(InMemory):
    """One part of a table: a ``Dataset``. All views of a row are the row."""

    def batch(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> Tensor:
        """(B, C), float32, NaN where a value is missing."""
        return torch.from_numpy(self.part.values_NC[examples_B])
