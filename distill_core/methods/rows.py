"""Rows of logits: one an example, or one for each position of an example.

Shapes: B examples, C classes, R rows.
"""

from __future__ import annotations

from distill_core.lazy_torch import Tensor


def as_rows(logits: Tensor) -> Tensor:
    """(R, C) from (B, C, *positions); the rows of an example stay together. (B, C) is returned as it is."""
    return logits if logits.ndim == 2 else logits.movedim(1, -1).flatten(0, -2)


def one_row_an_example(logits_RC: Tensor, positions: int) -> Tensor:
    """(B, C): the mean over the positions of each example. For a head that is linear in pooled features these are the
    logits of the whole example."""
    if positions == 1:
        return logits_RC
    return logits_RC.reshape(-1, positions, logits_RC.shape[1]).mean(1)


def over_positions(logits_RC: Tensor, positions: int) -> Tensor:
    """(B, C, positions): what each class got at every position of an example."""
    return logits_RC.reshape(-1, positions, logits_RC.shape[1]).transpose(1, 2)
