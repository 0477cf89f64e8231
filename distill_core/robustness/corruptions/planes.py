"""Pixel operations of several corruptions: smooth, convolve, warp, plasma. N images, C channels, H x W pixels."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from distill_core.robustness.corruptions.random import PerImageRandom
from distill_core.tasks.draws import Floats

REFERENCE = 28  # pixels: lengths among the levels are those of an image of this size


def unit(images_NCHW: NDArray[np.generic]) -> float:
    """The length of a pixel of a 28 px image, in pixels of this image."""
    return float(min(images_NCHW.shape[-2:])) / REFERENCE


def transformed(images_NCHW: Floats, rows_HH: Floats, columns_WW: Floats) -> Floats:
    """Multiply each image by two matrices: rows · image · columnsᵀ."""
    result: Floats = np.matmul(np.matmul(rows_HH, images_NCHW), columns_WW.T)
    return result


def smooth(images_NCHW: Floats, deviation: float) -> Floats:
    """Smooth each plane with a Gaussian, in pixels, mirrored at the edges."""
    height, width = images_NCHW.shape[-2:]
    return transformed(images_NCHW, _gaussian(height, deviation), _gaussian(width, deviation))


def convolve(images_NCHW: Floats, kernels_NKK: Floats) -> Floats:
    """Convolve each image with its own kernel of odd size (N may be 1), edges repeated."""
    from scipy.fft import irfft2, next_fast_len, rfft2

    height, width = images_NCHW.shape[-2:]
    reach = kernels_NKK.shape[-1] // 2
    padded_NCHW = np.pad(images_NCHW, ((0, 0), (0, 0), (reach, reach), (reach, reach)), mode="edge")
    size = [next_fast_len(length, real=True) for length in padded_NCHW.shape[-2:]]
    product = rfft2(padded_NCHW, size) * rfft2(kernels_NKK, size)[:, None]
    # The circular convolution wraps around in the first 2 · reach rows and columns only, which are cropped.
    result: Floats = irfft2(product, size)[..., 2 * reach : 2 * reach + height, 2 * reach : 2 * reach + width]
    return result


def warp(images_NCHW: Floats, down_NHW: Floats, right_NHW: Floats) -> Floats:
    """The value at an offset (down, right; in pixels) from each pixel, bilinear, edges repeated."""
    count, channels, height, width = images_NCHW.shape
    rows_NHW = np.clip(np.arange(height, dtype=np.float32)[:, None] + down_NHW, 0, height - 1)
    columns_NHW = np.clip(np.arange(width, dtype=np.float32) + right_NHW, 0, width - 1)
    top_NHW, left_NHW = rows_NHW.astype(np.intp), columns_NHW.astype(np.intp)
    planes_NC = np.arange(count * channels).reshape(count, channels, 1, 1) * (height * width)
    first_NCHW = planes_NC + (top_NHW * width + left_NHW)[:, None]
    beside, under = ((left_NHW < width - 1)[:, None], (top_NHW < height - 1)[:, None] * width)
    # flat indices without bounds checks: four times as fast as an index for each axis
    four = (first_NCHW, first_NCHW + beside, first_NCHW + under, first_NCHW + under + beside)
    here, right, below, across = (images_NCHW.ravel().take(place, mode="clip") for place in four)
    across_share, down_share = (columns_NHW - left_NHW)[:, None], (rows_NHW - top_NHW)[:, None]
    above_NCHW = here + across_share * (right - here)
    result = above_NCHW + down_share * (below + across_share * (across - below) - above_NCHW)
    return np.asarray(result, dtype=np.float32)


def plasma(draws: PerImageRandom, height: int, width: int, decay: float) -> Floats:
    """Clouds, (N, height, width) from 0 to 1: a grid is halved repeatedly, each time with less noise.

    Source: Fournier, Fussell, Carpenter 1982 (midpoint displacement), on a grid that closes on itself.
    """
    size, side, swing = 1, 1 << (max(height, width) - 1).bit_length(), 1.0
    grid_NHW = draws.uniform(1, 1)
    while size < side:
        grid_NHW = _halved(grid_NHW)
        size *= 2
        grid_NHW += swing * (draws.uniform(size, size) - 0.5)
        swing /= decay
    grid_NHW = grid_NHW[:, :height, :width]
    low, high = grid_NHW.min((1, 2), keepdims=True), grid_NHW.max((1, 2), keepdims=True)
    return np.asarray((grid_NHW - low) / np.maximum(high - low, 1e-6), dtype=np.float32)


def _halved(grid_NHW: Floats) -> Floats:
    rows = np.stack([grid_NHW, (grid_NHW + np.roll(grid_NHW, -1, 1)) / 2], axis=2)
    rows = rows.reshape(len(grid_NHW), -1, grid_NHW.shape[2])
    both = np.stack([rows, (rows + np.roll(rows, -1, 2)) / 2], axis=3)
    return both.reshape(len(grid_NHW), rows.shape[1], -1)


@lru_cache(maxsize=64)
def _gaussian(length: int, deviation: float) -> Floats:
    from scipy.ndimage import gaussian_filter1d

    result: Floats = gaussian_filter1d(np.eye(length, dtype=np.float32), deviation, axis=0, mode="reflect")
    return result
