"""Scenes of garments on drawn grounds, in integers alone: the same bytes on every machine.

NumPy does not promise its streams over versions: the pinned one draws them, and the task's hash tells a change.
"""

import numpy as np
from numpy.typing import NDArray

SIDE = 48
SALT = 0x5CE7E
# Values at lattices of so many points a side, each with its weight, make the clouds of a ground.
LATTICES = ((4, 4), (7, 3), (13, 2))
DARKEST = 25  # of a garment's own pixels; darker ones are what stands behind it

Pixels = NDArray[np.int64]
Classes = NDArray[np.uint8]


def draw_scene(
    garments_NHW: np.ndarray, labels_N: np.ndarray, seed: int, number: int
) -> tuple[NDArray[np.uint8], Classes]:
    """A scene, (48, 48) from 0 to 255, and the class of each pixel: 0 the ground, else a garment's label + 1.

    One to three of the garments (N, 28, 28) lie on a ground of clouds and a wave, later ones on top.
    """
    draws = np.random.default_rng([seed, number, SALT])
    pixels, classes = _ground(draws), np.zeros((SIDE, SIDE), np.uint8)
    for _ in range(draws.integers(1, 4)):
        _put_garment(pixels, classes, garments_NHW, labels_N, draws)
    pixels = np.clip(pixels + draws.integers(-8, 9, pixels.shape), 0, 255)
    return pixels.astype(np.uint8), classes


def _ground(draws: np.random.Generator) -> Pixels:
    clouds = sum(weight * _stretched(draws.integers(-128, 128, (points, points)), SIDE) for points, weight in LATTICES)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    across, down = draws.integers(-3, 4, 2)
    period = draws.integers(8, 25)
    wave = np.abs((across * columns + down * rows) % (2 * period) - period) * 256 // period - 128
    strength, base, contrast = draws.integers(0, 4), draws.integers(60, 151), draws.integers(4, 10)
    return base + (clouds + wave * strength) * contrast // 128  # type: ignore[no-any-return]


def _put_garment(
    pixels: Pixels,
    classes: Classes,
    garments_NHW: np.ndarray,
    labels_N: np.ndarray,
    draws: np.random.Generator,
) -> None:
    from scipy.ndimage import binary_fill_holes

    index, side = draws.integers(len(labels_N)), int(draws.integers(21, 36))
    garment = garments_NHW[index].astype(np.int64)
    garment = _stretched(garment[:, ::-1] if draws.integers(2) else garment, side)
    mask = binary_fill_holes(garment > DARKEST)
    top, left = draws.integers(-(side // 5), SIDE - side + side // 5 + 1, 2)
    garment = garment * draws.integers(70, 101) // 100
    rows, columns = (slice(max(start, 0), min(start + side, SIDE)) for start in (top, left))
    inside = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
    shown = mask[inside]
    pixels[rows, columns][shown] = garment[inside][shown]
    classes[rows, columns][shown] = labels_N[index] + 1


def _stretched(square: Pixels, side: int) -> Pixels:
    """Bilinear interpolation to (side, side) in fixed point: 8 bits between two rows, and between two columns."""
    low, high, between = _neighbours(len(square), side)
    rows: Pixels = square[low] * (256 - between)[:, None] + square[high] * between[:, None]
    both: Pixels = np.asarray(rows[:, low] * (256 - between) + rows[:, high] * between, np.int64)
    return both >> 16


def _neighbours(before: int, after: int) -> tuple[Pixels, Pixels, Pixels]:
    places = np.maximum((2 * np.arange(after) + 1) * before * 128 // after - 128, 0)
    low = np.minimum(places >> 8, before - 1)
    return low, np.minimum(low + 1, before - 1), places & 255
