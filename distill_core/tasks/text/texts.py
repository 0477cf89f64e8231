"""In-memory texts: batches of views, each a run of a text. Shapes: N texts, B of them in a batch, L tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from distill_core.lazy_torch import Tensor, torch
from distill_core.tasks.base import Task
from distill_core.tasks.draws import view_bits
from distill_core.tasks.in_memory import InMemory
from distill_core.tasks.splits import sha256_of
from distill_core.tasks.text.tokens import LENGTH, starts_character, utf8

# A view leaves off up to two fifths of the bytes at each end, in 70 of 100 draws, and keeps three bytes at least.
CUT_OF_100 = 70
LEFT_OFF = (2, 5)
LEAST_BYTES = 3


@dataclass(frozen=True, slots=True)
class LabelledTexts:
    """One part of a task of texts; ``labels_N``: int64, 0 to classes - 1."""

    texts: tuple[str, ...]
    labels_N: np.ndarray

    def __len__(self) -> int:
        return len(self.labels_N)

    def content_hash(self) -> str:
        """SHA-256 (hex) of texts and labels."""
        joined, ends_N = _joined(self.texts)
        return sha256_of(joined, ends_N, self.labels_N)


class InMemoryTexts(InMemory):
    """One part of a task of texts: a ``Dataset``."""

    def __init__(self, task: Task, part: LabelledTexts, *, data_seed: int = 0, scene: str = "") -> None:
        super().__init__(task, part, data_seed=data_seed, scene=scene)
        self._bytes, self._ends_N = _joined(part.texts)
        self._starts_N = np.concatenate([[0], self._ends_N[:-1]])
        first = np.append(starts_character(self._bytes), True)
        places = np.arange(len(first))
        # The character boundaries before and after each byte, itself included.
        self._before = np.maximum.accumulate(np.where(first, places, 0))
        self._after = np.minimum.accumulate(np.where(first, places, len(first))[::-1])[::-1]

    def batch(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> Tensor:
        """View v of text i, (B, L), int64; without views the texts from their first byte on."""
        starts_B, ends_B = self._starts_N[examples_B], self._ends_N[examples_B]
        if views_B is not None:
            front_B, back_B = left_off(ends_B - starts_B, view_bits(self.data_seed, examples_B, views_B))
            starts_B, ends_B = self._before[starts_B + front_B], self._after[ends_B - back_B]
        ends_B = self._before[np.minimum(ends_B, starts_B + LENGTH)]
        places_BL = starts_B[:, None] + np.arange(LENGTH)
        inside_BL = places_BL < ends_B[:, None]
        bytes_BL = self._bytes[np.minimum(places_BL, len(self._bytes) - 1)]
        return torch.from_numpy(np.where(inside_BL, bytes_BL.astype(np.int64) + 1, 0))


def left_off(bytes_B: np.ndarray, bits_B: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(B,), (B,): the bytes that a view leaves off in front and at the back of texts of ``bytes_B`` bytes.

    ``bits_B``: 64 random bits for each view; integers alone, so all machines agree.
    """
    part, whole = LEFT_OFF
    most_B, spare_B = bytes_B * part // whole, np.maximum(bytes_B - LEAST_BYTES, 0)
    cut_B = bits_B % np.uint64(100) < CUT_OF_100
    front_B, back_B = ((bits_B >> np.uint64(shift)).astype(np.int64) % (most_B + 1) for shift in (8, 36))
    front_B = np.minimum(front_B, spare_B)
    return front_B * cut_B, np.minimum(back_B, spare_B - front_B) * cut_B


def _joined(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """All bytes in a row (uint8), and where each text ends (N,)."""
    data = [utf8(text) for text in texts]
    return np.frombuffer(b"".join(data), np.uint8), np.cumsum([len(one) for one in data])
