"""A multilayer perceptron for rows of a table, which prepares what was read itself.

Shapes: B batch, C columns as they were read, N columns of numbers, K categories of all other columns.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from distill_core.errors import said
from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.networks.base import Architecture, scaled, unoffered
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import sequential
from distill_core.tasks.base import Column, InputSpec

HIDDEN = 64
# Deviations beyond which a number counts as this far: one slip of the pen moves no answer further.
FARTHEST = 6.0


def accepts_tables(entry: Architecture, given: InputSpec) -> None:
    """Rows of a table, whose columns are described."""
    if not given.columns or given.shape != (len(given.columns),) or given.dtype != "float32":
        got = said("{dtype} of shape {shape}", given.dtype, given.shape)
        raise unoffered(entry, "input", "rows of a table with described columns", got)


def prepared_size(columns: Sequence[Column]) -> int:
    """How many numbers a row becomes."""
    return sum((column.categories or 1) + column.missing for column in columns)


def _build(blueprint: Blueprint) -> nn.Module:
    columns, wide = blueprint.input.columns, scaled(HIDDEN, blueprint.width)
    parts: dict[str, nn.Module] = {
        "stem": _prepared(columns),
        "stage1": _layer(prepared_size(columns), wide),
        "stage2": _layer(wide, wide),
        "pool": nn.Flatten(1),
        "head": nn.Linear(wide, blueprint.classes),
    }
    return sequential(parts, ("pool",))


def _layer(inside: int, outside: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inside, outside, bias=False), nn.BatchNorm1d(outside), nn.ReLU())


def _prepared(columns: Sequence[Column]) -> nn.Module:
    numbers = [place for place, column in enumerate(columns) if not column.categories]
    kinds = [(place, code) for place, column in enumerate(columns) for code in range(column.categories)]
    numbers_N, places_K = _whole(numbers), _whole([place for place, _ in kinds])
    mean_N, std_N = (_real([getattr(columns[at], name) for at in numbers]) for name in ("mean", "std"))
    codes_K = _real([code for _, code in kinds])
    flags = [place for place, column in enumerate(columns) if column.missing]
    flags_F = _whole(flags)

    class Prepared(nn.Module):
        """Numbers in deviations from their mean, 0 where one is missing; a 1 for the category of the row; a 1 for each
        value that is missing, of columns that lacked some in training. All of it follows from the blueprint, so none
        of it is in the state of the network."""

        def forward(self, rows_BC: Tensor) -> Tensor:
            device, parts = rows_BC.device, []
            if numbers:
                read_BN, middle_N = rows_BC.index_select(1, numbers_N.to(device)), mean_N.to(device)
                known_BN = torch.where(read_BN.isnan(), middle_N, read_BN)
                parts.append(((known_BN - middle_N) / std_N.to(device)).clamp(-FARTHEST, FARTHEST))
            if kinds:
                parts.append(rows_BC.index_select(1, places_K.to(device)).eq(codes_K.to(device)).float())
            if flags:
                parts.append(rows_BC.index_select(1, flags_F.to(device)).isnan().float())
            return torch.cat(parts, 1)

    return Prepared()


def _whole(numbers: Sequence[int]) -> Tensor:
    """On the processor, also where a network is built without memory for its weights."""
    return torch.from_numpy(np.array(numbers, np.int64))


def _real(numbers: Sequence[float]) -> Tensor:
    return torch.from_numpy(np.array(numbers, np.float32))


ENTRIES = (
    Architecture(
        name="mlp",
        title="MLP",
        family="Tables",
        paper="2106.11959",
        teaches="Two layers in which everything is connected to everything: for tables, whose columns have no order.",
        build=_build,
        widths=(0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0),
        accepts=accepts_tables,
        stages="none",
    ),
)
