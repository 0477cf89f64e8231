"""Blur: weighted means of neighbouring pixels. N images, C channels, H x W pixels, K x K a kernel."""

import numpy as np

from distill_core.robustness.corruptions.base import Corruption
from distill_core.robustness.corruptions.planes import convolve, smooth, transformed, unit, warp
from distill_core.robustness.corruptions.random import PerImageRandom
from distill_core.tasks.draws import Floats

FINER = 8  # points a pixel along each axis that sample how much of it a disk covers
ZOOMS = 8


def _defocus(images_NCHW: Floats, radius: float, draws: PerImageRandom) -> Floats:
    return convolve(images_NCHW, _disk(_reaching(radius, unit(images_NCHW)))[None])


def _glass(images_NCHW: Floats, level: tuple[float, float, int], draws: PerImageRandom) -> Floats:
    deviation, reach, times = level
    scale = unit(images_NCHW)
    result = smooth(images_NCHW, deviation * scale)
    height, width = images_NCHW.shape[-2:]
    for _ in range(times):
        down_NHW, right_NHW = (reach * scale * (2 * draws.uniform(height, width) - 1) for _ in range(2))
        result = warp(result, down_NHW, right_NHW)
    return smooth(result, deviation * scale)


def _motion(images_NCHW: Floats, length: float, draws: PerImageRandom) -> Floats:
    return convolve(images_NCHW, streaks(length * unit(images_NCHW), np.float32(np.pi) * draws.uniform()))


def _zoom(images_NCHW: Floats, most: float, draws: PerImageRandom) -> Floats:
    height, width = images_NCHW.shape[-2:]
    zooms = np.linspace(1, most, ZOOMS)
    result = sum(transformed(images_NCHW, _enlarged(height, zoom), _enlarged(width, zoom)) for zoom in zooms)
    return np.asarray(result / ZOOMS, dtype=np.float32)


def streaks(length: float, angles_N: Floats) -> Floats:
    """A kernel (K, K) for each angle, in radians: a line through the middle, in pixels, that sums to 1."""
    points = np.linspace(-length / 2, length / 2, 2 * int(np.ceil(length)) + 1)
    reach = int(np.ceil(length / 2))
    span = np.arange(-reach, reach + 1)
    rows, columns = (np.asarray(turn(angles_N))[:, None, None] * points[:, None] - span for turn in (np.sin, np.cos))
    # each point spreads over the four pixels around it
    rows_NPK, columns_NPK = np.maximum(0, 1 - np.abs(rows)), np.maximum(0, 1 - np.abs(columns))
    kernels_NKK = np.matmul(rows_NPK.transpose(0, 2, 1), columns_NPK)
    return np.asarray(kernels_NKK / kernels_NKK.sum((1, 2), keepdims=True), dtype=np.float32)


def _reaching(radius: float, scale: float) -> float:
    """The radius in pixels that are ``scale`` times as many as in an image of 28: a pixel of a small image is half a
    pixel wide to each side, and only what reaches beyond blurs anything."""
    return radius * scale + max(0.0, 1 - scale) / 2


def _disk(radius: float) -> Floats:
    reach = int(np.ceil(radius))
    side = (2 * reach + 1) * FINER
    places = (np.arange(side) + 0.5) / FINER - reach - 0.5
    covered = (places[:, None] ** 2 + places**2 <= radius**2).astype(np.float32)
    kernel = covered.reshape(2 * reach + 1, FINER, 2 * reach + 1, FINER).sum((1, 3))
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)


def _enlarged(length: int, zoom: float) -> Floats:
    """The matrix (length, length) that magnifies the middle of a row by linear interpolation."""
    middle = (length - 1) / 2
    places = middle + (np.arange(length) - middle) / zoom
    return np.asarray(np.maximum(0, 1 - np.abs(places[:, None] - np.arange(length))), dtype=np.float32)


ENTRIES = (
    Corruption(
        name="defocus_blur",
        title="Defocus blur",
        family="blur",
        teaches="Each point becomes a disk, as where the lens is set to another distance.",
        levels=(0.8, 1.2, 1.7, 2.3, 3.0),
        apply=_defocus,
        revision=2,
    ),
    Corruption(
        name="glass_blur",
        title="Frosted glass",
        family="blur",
        teaches="Each pixel shows another place nearby, as behind a frosted window.",
        levels=((0.3, 0.6, 1), (0.4, 0.8, 1), (0.4, 1.2, 1), (0.5, 1.2, 2), (0.5, 1.6, 2)),
        apply=_glass,
    ),
    Corruption(
        name="motion_blur",
        title="Motion blur",
        family="blur",
        teaches="Everything moves along a line while the shutter is open; each image in its own direction.",
        levels=(2.5, 4.0, 5.5, 7.5, 10.0),
        apply=_motion,
    ),
    Corruption(
        name="zoom_blur",
        title="Zoom blur",
        family="blur",
        teaches="The camera comes nearer while the shutter is open: the middle stays sharp, the edge does not.",
        levels=(1.15, 1.3, 1.5, 1.75, 2.1),
        apply=_zoom,
        moves=True,
    ),
)
