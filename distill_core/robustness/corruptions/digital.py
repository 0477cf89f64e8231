"""Digital: contrast, elastic, pixelate and JPEG. N images, C channels, H x W pixels."""

import io
import math

import numpy as np
from numpy.typing import NDArray

from distill_core.robustness.corruptions.base import Corruption
from distill_core.robustness.corruptions.planes import REFERENCE, smooth, transformed, unit, warp
from distill_core.robustness.corruptions.random import PerImageRandom
from distill_core.tasks.draws import Floats

BLOCK = 8  # pixels of a JPEG block
STRIP_ROWS = 32_000  # JPEG counts rows in 16 bits


def _contrast(images_NCHW: Floats, left: float, draws: PerImageRandom) -> Floats:
    means_NC = images_NCHW.mean((2, 3), keepdims=True)
    return np.asarray((images_NCHW - means_NC) * np.float32(left) + means_NC, dtype=np.float32)


def _elastic(images_NCHW: Floats, level: tuple[float, float], draws: PerImageRandom) -> Floats:
    reach, deviation = level
    height, width = images_NCHW.shape[-2:]
    scale = unit(images_NCHW)
    fields = [smooth(2 * draws.uniform(height, width) - 1, deviation * scale) for _ in range(2)]
    down_NHW, right_NHW = (reach * scale * field / field.std((1, 2), keepdims=True) for field in fields)
    return warp(images_NCHW, down_NHW, right_NHW)


def _pixelate(images_NCHW: Floats, blocks: float, draws: PerImageRandom) -> Floats:
    height, width = images_NCHW.shape[-2:]
    return transformed(images_NCHW, *(_coarse(length, blocks * length / REFERENCE) for length in (height, width)))


def _jpeg(images_NCHW: Floats, quality: int, draws: PerImageRandom) -> Floats:
    """Encode all images in one file, each on separate blocks: JPEG codes blocks independently."""
    count, channels, height, width = images_NCHW.shape
    pixels_NHWC = (images_NCHW.transpose(0, 2, 3, 1) * 255 + 0.5).astype(np.uint8)
    edges = ((0, 0), (0, -height % BLOCK), (0, -width % BLOCK), (0, 0))
    tiles_NHWC = np.pad(pixels_NHWC, edges, mode="edge")
    rows = tiles_NHWC.shape[1]
    step = STRIP_ROWS // rows
    strips = [tiles_NHWC[start : start + step].reshape(-1, *tiles_NHWC.shape[2:]) for start in range(0, count, step)]
    back = np.concatenate([_through_jpeg(strip, quality) for strip in strips])
    found_NHWC = back.reshape(count, rows, -1, channels)[:, :height, :width]
    return np.asarray(found_NHWC.transpose(0, 3, 1, 2) / 255, dtype=np.float32)


def _through_jpeg(pixels_HWC: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    from PIL import Image

    kept = io.BytesIO()
    grey = pixels_HWC.shape[2] == 1
    # no chroma subsampling: it would mix colours across the edge of an image
    Image.fromarray(pixels_HWC[..., 0] if grey else pixels_HWC).save(kept, "JPEG", quality=quality, subsampling=0)
    return np.asarray(Image.open(kept)).reshape(pixels_HWC.shape)


def _coarse(length: int, blocks: float) -> Floats:
    """The matrix (length, length) that replaces pixels by means over fewer, larger ones at the same size.

    ``blocks`` need not be a whole number: both ends then show the same part of one. A pixel shows the block at its
    middle; in an image below 28, where moving an edge to the next pixel is more than a severity, all blocks that it
    covers, by their shares.
    """
    whole = math.ceil(blocks)
    before = (whole - blocks) / 2  # of the first block, outside of the image
    edges = np.clip((np.arange(whole + 1) - before) * length / blocks, 0, length)
    starts, ends = np.arange(length), np.arange(1, length + 1)
    shared = np.maximum(0, np.minimum(edges[1:, None], ends) - np.maximum(edges[:-1, None], starts))
    means = shared / np.diff(edges)[:, None]
    middle = ((starts + 0.5) * blocks / length + before).astype(int)
    return np.asarray(means[middle] if length >= REFERENCE else shared.T @ means, dtype=np.float32)


ENTRIES = (
    Corruption(
        name="contrast",
        title="Contrast",
        family="digital",
        teaches="All pixels come nearer to their mean: bright and dark are told apart less easily.",
        levels=(0.88, 0.78, 0.66, 0.52, 0.38),
        apply=_contrast,
    ),
    Corruption(
        name="elastic",
        title="Elastic stretching",
        family="digital",
        teaches="The image is drawn on rubber that is pulled here and there.",
        levels=((0.6, 3.0), (1.0, 3.0), (1.5, 3.0), (2.1, 3.0), (2.8, 3.0)),
        apply=_elastic,
        moves=True,
    ),
    Corruption(
        name="pixelate",
        title="Pixelate",
        family="digital",
        teaches="A small image is enlarged: each pixel is the mean of several.",
        levels=(21, 15, 12, 9, 6),  # blocks across an image of 28
        apply=_pixelate,
        revision=2,
    ),
    Corruption(
        name="jpeg",
        title="JPEG",
        family="digital",
        teaches="Blocks of eight pixels are kept as few waves: edges ring and smooth areas turn into steps.",
        levels=(40, 20, 10, 5, 2),
        apply=_jpeg,
    ),
)
