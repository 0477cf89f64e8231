"""Mixtures of the images of a batch. Shapes: B batch, H W pixels, C channels."""

from __future__ import annotations

from distill_core.lazy_torch import Tensor, torch
from distill_core.training.batches import Mixture


def mixed(images_BCHW: Tensor, mixture: Mixture | None) -> Tensor:
    """Mixup: share · image + (1 − share) · partner; without a mixture the images unchanged.

    Source: Zhang et al. 2018 (arXiv:1710.09412).
    """
    if mixture is None:
        return images_BCHW
    partners_BCHW = images_BCHW[torch.from_numpy(mixture.partners_B)]
    return mixture.share * images_BCHW + (1 - mixture.share) * partners_BCHW
