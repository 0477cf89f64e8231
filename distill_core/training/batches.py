"""Streams: an order of batches for all students of a cohort with the same visible images and seed, and their mixtures.

Shapes: B batch, H W pixels, C channels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from distill_core.lazy_torch import Tensor, torch


@dataclass(frozen=True, slots=True)
class Mixture:
    """Mixes each image with a partner: ``share`` of the image, the rest of the partner, by its index in the batch."""

    share: float
    partners_B: np.ndarray


def mixed(images_BCHW: Tensor, mixture: Mixture | None) -> Tensor:
    """Mixup: share · image + (1 − share) · partner; without a mixture the images unchanged.

    Source: Zhang et al. 2018 (arXiv:1710.09412).
    """
    if mixture is None:
        return images_BCHW
    partners_BCHW = images_BCHW[torch.from_numpy(mixture.partners_B)]
    return mixture.share * images_BCHW + (1 - mixture.share) * partners_BCHW


@dataclass(frozen=True, slots=True)
class Batch:
    """``positions_B``: indices into the stream's images. ``images_B``: the same examples as indices into the task's
    images. ``views_B``: the number of the view of each."""

    positions_B: np.ndarray
    images_B: np.ndarray
    views_B: np.ndarray
    mixture: Mixture | None = None


class Stream:
    """Passes over all images in shuffled order, cut into batches of equal size.

    Cached mode draws each view among ``views``; consistent mode draws a new view each time.
    A stream with ``mixes`` has the same batches, each with a mixture: a share that is uniform in 0 to 1, and a
    permutation of the batch as partners (mixup as in Beyer et al. 2022, arXiv:2106.05237).
    """

    def __init__(
        self,
        images: np.ndarray,
        *,
        batch_size: int,
        views: int,
        mode: Literal["cached", "consistent"],
        data_seed: int,
        seed: int,
        mixes: bool = False,
    ) -> None:
        self.images = images
        self.batch_size = batch_size
        self._draws = views if mode == "cached" else 2**31
        self._generator = np.random.default_rng([data_seed, seed])
        # A child generator, so that mixtures change neither the order nor the views.
        self._mixer = self._generator.spawn(1)[0] if mixes else None
        self._waiting = np.empty(0, dtype=np.int64)

    def next(self) -> Batch:
        """The next batch; equal streams give equal batches on every machine."""
        while len(self._waiting) < self.batch_size:
            self._waiting = np.concatenate([self._waiting, self._generator.permutation(len(self.images))])
        positions, self._waiting = np.split(self._waiting, [self.batch_size])
        views = self._generator.integers(0, self._draws, size=self.batch_size)
        return Batch(positions, self.images[positions], views, self._mixture())

    def state(self) -> dict[str, Any]:
        """What ``next`` changes, as JSON can hold it."""
        return {
            "generator": self._generator.bit_generator.state,
            "mixer": self._mixer and self._mixer.bit_generator.state,
            "waiting": self._waiting.tolist(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on behind the batch after which ``state`` was taken."""
        self._generator.bit_generator.state = state["generator"]
        if self._mixer is not None:
            self._mixer.bit_generator.state = state["mixer"]
        self._waiting = np.array(state["waiting"], dtype=np.int64)

    def _mixture(self) -> Mixture | None:
        if self._mixer is None:
            return None
        return Mixture(float(self._mixer.random()), self._mixer.permutation(self.batch_size))
