"""Mel-frequency cepstral coefficients of a recording, as networks take them: the numbers that data, views and the
feature graph share.

They are torchaudio's defaults at 8 kHz: periodic Hann windows, centred, reflected at the ends; power; HTK mel bands
from 0 to 4,000 Hz; decibels down to 80 below the loudest of the recording; an orthonormal DCT-II. So a recording of n
samples has 1 + n // HOP frames. Shapes: T frames of a recording, C coefficients, M mel bands.
"""

import numpy as np

from distill_core.tasks.base import InputSpec

RATE_HZ = 8_000
WINDOW, HOP = 400, 200  # samples
MELS = 128
QUIETEST = 1e-10  # power, before decibels are taken
RANGE_DB = 80.0
COEFFICIENTS = 13
# A network sees so many frames: a shorter recording stands in their middle, a longer one loses both ends.
FRAMES = 40
# Of each coefficient over all 53,999 frames of the 3,000 recordings, in float32: those of tests among them, since tasks
# part them differently and the data ship in these steps. They are 26 numbers and know no label.
MEAN = (
    *(-303.39987, 26.19616, -4.640392, -18.942953, -37.518154, -19.651535, -17.607887),
    *(-9.962478, -14.2497835, -7.592145, -12.2055025, -11.039853, -12.23892),
)
STD = (
    *(144.22557, 50.59408, 38.747684, 29.325531, 29.87023, 25.330585, 19.043516),
    *(15.35817, 15.517081, 14.7878065, 14.23937, 12.596537, 12.501327),
)
# An 8-bit value is 32 steps a deviation around 128, so it reaches four deviations to both sides.
STEPS, ZERO = 32, 128
# Coefficients are the channels of a one-dimensional convolution, frames its length.
INPUT = InputSpec(shape=(COEFFICIENTS, FRAMES))


def band_edges_hz() -> np.ndarray:
    """(MELS + 2,): the edges of the triangular mel bands; band m rises from edge m to m + 1 and falls to m + 2."""
    return hz_of_mel(np.linspace(0, mel_of_hz(np.array(RATE_HZ / 2)), MELS + 2))


def mel_of_hz(hz: np.ndarray) -> np.ndarray:
    """Frequencies on the mel scale of the Hidden Markov Toolkit (HTK)."""
    return np.asarray(2595 * np.log10(1 + hz / 700))


def hz_of_mel(mel: np.ndarray) -> np.ndarray:
    """The inverse of ``mel_of_hz``."""
    return np.asarray(700 * (10 ** (mel / 2595) - 1))


def dct_CM() -> np.ndarray:
    """(COEFFICIENTS, MELS), float64: the first rows of the orthonormal DCT-II, whose rows have length 1."""
    places_M, orders_C = np.arange(MELS) + 0.5, np.arange(COEFFICIENTS)
    matrix_CM = np.cos(np.pi / MELS * orders_C[:, None] * places_M) * np.sqrt(2 / MELS)
    matrix_CM[0] /= np.sqrt(2)
    return np.asarray(matrix_CM)


def without_mean(mfcc_TC: np.ndarray) -> np.ndarray:
    """(FRAMES, C), float32: each coefficient less its mean over the recording, in deviations, centred; 0 outside.

    The mean is the microphone's, the room's and the voice's, more than the word's.
    """
    return centred((mfcc_TC - mfcc_TC.mean(0)) / np.array(STD, np.float32))


def with_mean(mfcc_TC: np.ndarray) -> np.ndarray:
    """(FRAMES, C), float32: each coefficient less its mean over all recordings, in deviations, centred; 0 outside.

    The first one hears the level: 30 decibels less are 2.4 deviations.
    """
    return centred(scaled(mfcc_TC))


def scaled(mfcc_TC: np.ndarray) -> np.ndarray:
    """Coefficients less their means over all recordings, in deviations."""
    return np.asarray((mfcc_TC - np.array(MEAN, np.float32)) / np.array(STD, np.float32))


def centred(frames_TC: np.ndarray) -> np.ndarray:
    """(FRAMES, C): frames of a shorter recording in the middle of zeros, the middle ones of a longer recording."""
    middle_TC = frames_TC[max(0, len(frames_TC) - FRAMES) // 2 :][:FRAMES]
    before = (FRAMES - len(middle_TC)) // 2
    return np.pad(middle_TC, ((before, FRAMES - len(middle_TC) - before), (0, 0)))


def to_bytes(values: np.ndarray) -> np.ndarray:
    """Deviations in 8 bits."""
    return np.asarray(np.clip(np.round(values * np.float32(STEPS)) + ZERO, 0, 255), np.uint8)


def from_bytes(values: np.ndarray) -> np.ndarray:
    """Deviations of 8-bit values, float32."""
    return np.asarray((values.astype(np.float32) - ZERO) / STEPS)
