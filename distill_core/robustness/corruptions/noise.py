"""Noise: independent for each pixel. N images, C channels, H x W pixels."""

from functools import lru_cache

import numpy as np

from distill_core.robustness.corruptions.base import Corruption
from distill_core.robustness.corruptions.random import PerImageRandom
from distill_core.tasks.draws import Floats

GREYS = 256
SHARES = 4096  # steps of probability in the table of a Poisson distribution


def _gaussian(images_NCHW: Floats, deviation: float, draws: PerImageRandom) -> Floats:
    return images_NCHW + np.float32(deviation) * draws.normal(*images_NCHW.shape[1:])


def _shot(images_NCHW: Floats, photons: float, draws: PerImageRandom) -> Floats:
    greys_NCHW = (images_NCHW * (GREYS - 1) + 0.5).astype(np.int32)
    shares_NCHW = (draws.uniform(*images_NCHW.shape[1:]) * SHARES).astype(np.int32)
    counts_NCHW: Floats = _counts(photons)[greys_NCHW * SHARES + shares_NCHW]
    return counts_NCHW


def _impulse(images_NCHW: Floats, share: float, draws: PerImageRandom) -> Floats:
    drawn_NCHW = draws.uniform(*images_NCHW.shape[1:])
    # one number decides whether a pixel changes and to what: higher severities include the pixels of lower ones
    spoiled_NCHW = np.where(drawn_NCHW < share / 2, images_NCHW.dtype.type(0), images_NCHW)
    return np.where(drawn_NCHW >= 1 - share / 2, images_NCHW.dtype.type(1), spoiled_NCHW)


@lru_cache(maxsize=8)
def _counts(photons: float) -> Floats:
    """The brightness of a pixel by its grey value and a share of the probability: (256 x 4,096), flat."""
    from scipy.special import pdtr

    most = int(photons + 6 * photons**0.5 + 10)  # more photons are less likely than a step
    shares = (np.arange(SHARES) + 0.5) / SHARES
    means = np.arange(GREYS)[:, None] * photons / (GREYS - 1)
    below = pdtr(np.arange(most + 1), means)
    rows = [np.searchsorted(row, shares) for row in below]
    return (np.concatenate(rows) / photons).astype(np.float32)


ENTRIES = (
    Corruption(
        name="gaussian_noise",
        title="Gaussian noise",
        family="noise",
        teaches="Each pixel is a little too bright or too dark, as in a photograph taken in poor light.",
        levels=(0.03, 0.05, 0.07, 0.1, 0.14),
        apply=_gaussian,
    ),
    Corruption(
        name="shot_noise",
        title="Shot noise",
        family="noise",
        teaches="Light comes in single photons: with few of them bright areas grow grainy and black stays black.",
        levels=(25.0, 12.0, 6.0, 3.0, 1.5),
        apply=_shot,
    ),
    Corruption(
        name="impulse_noise",
        title="Impulse noise",
        family="noise",
        teaches="Single pixels turn black or white, as where bits are lost on the way.",
        levels=(0.02, 0.04, 0.07, 0.11, 0.16),
        apply=_impulse,
    ),
)
