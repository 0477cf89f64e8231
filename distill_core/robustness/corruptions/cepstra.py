"""Recordings as absolute cepstra: from the bytes that ship to decibels of mel bands, and back.

What ships are 13 coefficients of a frame, not the wave: they tell of the 128 mel bands as a smooth curve. So a gain or
a filter is exact, and whatever adds power is computed on that curve. Shapes: N recordings, T frames, C coefficients, M
mel bands, F frequencies.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from distill_core.tasks.sound import mfcc
from distill_core.tasks.sound.dataset import Recordings

MEANS, DEVIATIONS = np.array(mfcc.MEAN), np.array(mfcc.STD)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cepstra:
    """``values_NTC``: float64, coefficients as the feature graph has them before any mean is taken away; any number
    outside of a recording. ``frames_N``: lengths, also beyond T."""

    values_NTC: np.ndarray
    frames_N: np.ndarray

    def __len__(self) -> int:
        return len(self.frames_N)

    @property
    def seen_N(self) -> np.ndarray:
        """How many frames of each are there."""
        return np.asarray(np.minimum(self.frames_N, mfcc.FRAMES))

    @property
    def first_N(self) -> np.ndarray:
        """The first frame of each."""
        return np.asarray((mfcc.FRAMES - self.seen_N) // 2)

    @property
    def inside_NT(self) -> np.ndarray:
        """Which frames are there."""
        place_T, first_N1 = np.arange(mfcc.FRAMES), self.first_N[:, None]
        return np.asarray((place_T >= first_N1) & (place_T < first_N1 + self.seen_N[:, None]))

    def mean_NC(self) -> np.ndarray:
        """The mean over the frames that are there."""
        inside_NT1 = self.inside_NT[..., None]
        return np.asarray(np.where(inside_NT1, self.values_NTC, 0).sum(1) / inside_NT1.sum(1))

    def power_NTM(self) -> np.ndarray:
        """The power of the mel bands, 0 outside of a recording."""
        return np.where(self.inside_NT[..., None], 10 ** (self.values_NTC @ mfcc.dct_CM() / 10), 0)

    def of_power(self, power_NTM: np.ndarray) -> "Cepstra":
        """The same recordings with other powers."""
        decibels_NTM = 10 * np.log10(np.maximum(power_NTM, mfcc.QUIETEST))
        return replace(self, values_NTC=decibels_NTM @ mfcc.dct_CM().T)


def cepstra_of(part: Recordings) -> Cepstra:
    """What the bytes of recordings tell."""
    deviations_NTC = mfcc.from_bytes(part.values_NTC) + mfcc.from_bytes(part.means_NC)[:, None]
    return Cepstra(values_NTC=deviations_NTC * DEVIATIONS + MEANS, frames_N=part.frames_N)


def recordings_of(changed: Cepstra, before: Recordings) -> Recordings:
    """The recordings ``before`` with other cepstra, in 8 bits. What is unchanged keeps its bytes."""
    # The mean of a recording is over all its frames, some of which may not be seen: it moves as that of the seen ones.
    moved_NC = (changed.mean_NC() - cepstra_of(before).mean_NC()) / DEVIATIONS
    means_NC = mfcc.from_bytes(before.means_NC) + moved_NC
    values_NTC = (changed.values_NTC - MEANS) / DEVIATIONS - means_NC[:, None]
    return replace(
        before,
        values_NTC=mfcc.to_bytes(np.where(changed.inside_NT[..., None], values_NTC, 0)),
        means_NC=mfcc.to_bytes(means_NC),
        frames_N=changed.frames_N,
    )


@cache
def bands_FM() -> np.ndarray:
    """(F, M): the weight of each frequency of a window in each mel band."""
    edges_hz = mfcc.band_edges_hz()
    low_hz, middle_hz, high_hz = edges_hz[:-2], edges_hz[1:-1], edges_hz[2:]
    hz_F1 = frequencies_hz()[:, None]
    rising_FM, falling_FM = (hz_F1 - low_hz) / (middle_hz - low_hz), (high_hz - hz_F1) / (high_hz - middle_hz)
    return np.asarray(np.clip(np.minimum(rising_FM, falling_FM), 0, None))


def frequencies_hz() -> np.ndarray:
    """(F,): the frequencies of a window."""
    return np.arange(mfcc.WINDOW // 2 + 1) * mfcc.RATE_HZ / mfcc.WINDOW
