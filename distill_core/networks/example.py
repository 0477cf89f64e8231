"""Example inputs for counting, tracing, pruning and timing a network. B examples."""

from __future__ import annotations

from typing import Any

import numpy as np

from distill_core.lazy_torch import Tensor, torch
from distill_core.networks.blueprint import Blueprint
from distill_core.tasks.base import InputSpec


def example_input(blueprint: Blueprint, batch: int = 1) -> Tensor:
    """Standard normal numbers, or ids of the vocabulary, (B, *shape); the same for every call."""
    return torch.from_numpy(example_array(blueprint.input, batch))


def example_array(given: InputSpec, batch: int) -> np.ndarray[Any, Any]:
    """As ``example_input``, without torch."""
    draws, shape = np.random.default_rng(0), (batch, *given.shape)
    if given.dtype == "int64":
        return draws.integers(0, given.vocabulary or 2, shape)
    if given.columns:
        return _rows(given, draws, batch)
    return draws.standard_normal(shape).astype(np.float32)


def _rows(given: InputSpec, draws: np.random.Generator, batch: int) -> np.ndarray[Any, Any]:
    """Numbers as far apart as those of the column, and any of its categories."""
    columns = [
        draws.integers(0, column.categories, batch)
        if column.categories
        else column.mean + column.std * draws.standard_normal(batch)
        for column in given.columns
    ]
    return np.stack(columns, 1).astype(np.float32)
