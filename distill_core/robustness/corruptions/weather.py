"""Weather: snow, spatter, fog and brightness. N images, C channels, H x W pixels."""

import numpy as np

from distill_core.robustness.corruptions.base import Corruption
from distill_core.robustness.corruptions.blur import streaks
from distill_core.robustness.corruptions.planes import convolve, plasma, smooth, unit
from distill_core.robustness.corruptions.random import PerImageRandom
from distill_core.tasks.draws import Floats

WATER = np.float32(0.69)  # brightness of a splash: pale water


def _snow(images_NCHW: Floats, level: tuple[float, float, float], draws: PerImageRandom) -> Floats:
    amount, length, whiteness = level
    height, width = images_NCHW.shape[-2:]
    flakes_NHW = (draws.uniform(height, width) < amount).astype(np.float32)
    # it falls: from the upper left to the upper right
    angles_N = np.float32(np.pi) * (0.25 + 0.5 * draws.uniform())
    kernels_NKK = streaks(length * unit(images_NCHW), angles_N)
    fallen_NCHW = convolve(flakes_NHW[:, None], kernels_NKK * np.float32(0.6 * length))
    veiled_NCHW = (1 - whiteness) * images_NCHW + whiteness * np.maximum(images_NCHW, images_NCHW * 1.5 + 0.5)
    return np.asarray(veiled_NCHW + np.minimum(fallen_NCHW, 1), dtype=np.float32)


def _spatter(images_NCHW: Floats, covered: float, draws: PerImageRandom) -> Floats:
    height, width = images_NCHW.shape[-2:]
    drops_NHW = smooth(draws.normal(height, width), 1.2 * unit(images_NCHW))
    edge_N = np.quantile(drops_NHW, 1 - covered, axis=(1, 2)).astype(np.float32)
    spread_N = drops_NHW.std((1, 2))
    wet_NHW = np.clip(4 * (drops_NHW - edge_N[:, None, None]) / spread_N[:, None, None] + 0.5, 0, 1)
    return np.asarray(images_NCHW + wet_NHW[:, None] * (WATER - images_NCHW), dtype=np.float32)


def _fog(images_NCHW: Floats, level: tuple[float, float], draws: PerImageRandom) -> Floats:
    thickness, decay = level
    height, width = images_NCHW.shape[-2:]
    clouds_NHW = plasma(draws, height, width, decay)
    brightest = images_NCHW.max((1, 2, 3), keepdims=True)
    foggy_NCHW = images_NCHW + np.float32(thickness) * clouds_NHW[:, None]
    return np.asarray(foggy_NCHW * brightest / (brightest + thickness), dtype=np.float32)


def _brightness(images_NCHW: Floats, more: float, draws: PerImageRandom) -> Floats:
    # V of HSV: the brightest of a pixel's channels
    value_NHW = images_NCHW.max(1, keepdims=True)
    brighter_NHW = np.minimum(value_NHW + np.float32(more), 1)
    scale_NHW = brighter_NHW / np.maximum(value_NHW, 1e-6)
    return np.asarray(np.where(value_NHW > 0, images_NCHW * scale_NHW, brighter_NHW), dtype=np.float32)


ENTRIES = (
    Corruption(
        name="snow",
        title="Snow",
        family="weather",
        teaches="White flakes fall across a paler scene; each image has its own wind.",
        levels=((0.005, 3.0, 0.02), (0.01, 3.5, 0.04), (0.016, 4.0, 0.06), (0.024, 4.5, 0.09), (0.032, 5.0, 0.12)),
        apply=_snow,
    ),
    Corruption(
        name="spatter",
        title="Spatter",
        family="weather",
        teaches="Drops of water on the lens hide what is behind them.",
        levels=(0.03, 0.06, 0.1, 0.15, 0.21),
        apply=_spatter,
    ),
    Corruption(
        name="fog",
        title="Fog",
        family="weather",
        teaches="Pale clouds lie over the scene and take its contrast away.",
        levels=((0.1, 2.0), (0.17, 2.0), (0.26, 1.8), (0.4, 1.7), (0.6, 1.6)),
        apply=_fog,
    ),
    Corruption(
        name="brightness",
        title="Brightness",
        family="weather",
        teaches="Everything is brighter, as in plain sun: what was white already cannot follow.",
        levels=(0.03, 0.06, 0.1, 0.16, 0.25),
        apply=_brightness,
    ),
)
