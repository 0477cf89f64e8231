"""Corruptions of small images in 5 severities, after ImageNet-C and MNIST-C: 8 to 64 pixels, 1 or 3 channels, uint8.

Sources: Hendrycks, Dietterich 2019 (arXiv:1903.12261); Mu, Gilmer 2019 (arXiv:1906.02337). Their levels are for other
images; these were set so that the shipped ResNet-20 loses accuracy from severity to severity and stays above chance.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from distill_core.errors import InvalidSetting, said
from distill_core.registry import Registry
from distill_core.robustness.corruptions import blur, digital, noise, weather
from distill_core.robustness.corruptions.base import FAMILIES, SEVERITIES, Corruption
from distill_core.robustness.corruptions.random import PerImageRandom

__all__ = ["CORRUPTIONS", "FAMILIES", "SEVERITIES", "Corruption", "PerImageRandom", "corrupted"]

CORRUPTIONS: Registry[Corruption] = Registry("corruption")
for family in (noise, blur, weather, digital):
    CORRUPTIONS.add(*family.ENTRIES)


def corrupted(
    images_NHWC: NDArray[np.uint8],
    name: str,
    severity: int,
    seed: int,
    *,
    places_N: NDArray[Any] | None = None,
) -> NDArray[np.uint8]:
    """The corrupted images, in the same shape, uint8.

    An image's random numbers follow from ``seed`` and its place (by default its row) alone.
    Raises: UnknownName; InvalidSetting for another severity than 1 to 5, or images that are not 8 bits of (N, H, W, C).
    """
    chosen = CORRUPTIONS.get(name)
    _check(images_NHWC, severity)
    if not len(images_NHWC):
        return images_NHWC.copy()
    places_N = np.arange(len(images_NHWC)) if places_N is None else places_N
    images_NCHW = np.ascontiguousarray(images_NHWC.transpose(0, 3, 1, 2), dtype=np.float32) / np.float32(255)
    corrupted_NCHW = chosen.apply(images_NCHW, chosen.levels[severity - 1], PerImageRandom(name, seed, places_N))
    pixels_NCHW = np.clip(corrupted_NCHW * np.float32(255) + np.float32(0.5), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(pixels_NCHW.transpose(0, 2, 3, 1))


def _check(images_NHWC: NDArray[Any], severity: int) -> None:
    if severity not in SEVERITIES:
        raise InvalidSetting("severity", expected="1 to 5", got=severity, hint="5 is the worst")
    if images_NHWC.dtype != np.uint8 or images_NHWC.ndim != 4 or images_NHWC.shape[3] not in (1, 3):
        got = said("{dtype} of shape {shape}", images_NHWC.dtype, images_NHWC.shape)
        hint = "hand over the pixels of a task"
        raise InvalidSetting("images to corrupt", expected="8 bits, (N, H, W, 1 or 3)", got=got, hint=hint)
