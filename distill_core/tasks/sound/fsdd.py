"""The Free Spoken Digit Dataset: ten digits, six men, fifty takes of each, as MFCC in 8 bits. N recordings."""

import io
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from distill_core.assets import ASSETS, read_asset, read_manifest
from distill_core.tasks.sound.dataset import Recordings

NAME = "spoken_digits"
SOURCE = "https://github.com/Jakobovski/free-spoken-digit-dataset"
LICENCE = "CC BY-SA 4.0"
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
TAKES = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokenDigits:
    """All 3,000 recordings. ``values_NTC`` and ``means_NC``: uint8, see ``mfcc.to_bytes``; ``frames_N``: their lengths;
    ``digits_N``, ``speakers_N``: indices into DIGITS and SPEAKERS; ``takes_N``: 0 to 49."""

    values_NTC: np.ndarray
    means_NC: np.ndarray
    frames_N: np.ndarray
    digits_N: np.ndarray
    speakers_N: np.ndarray
    takes_N: np.ndarray

    def part(self, chosen_N: np.ndarray, labels_N: np.ndarray) -> Recordings:
        """The recordings that are marked, with their labels."""
        return Recordings(
            values_NTC=self.values_NTC[chosen_N],
            means_NC=self.means_NC[chosen_N],
            frames_N=self.frames_N[chosen_N],
            labels_N=labels_N[chosen_N],
            speakers_N=self.speakers_N[chosen_N],
        )


@lru_cache(maxsize=1)
def spoken_digits() -> SpokenDigits:
    """What ships. Raises CorruptFile."""
    manifest = read_manifest(ASSETS / "data" / f"{NAME}.json")
    with np.load(io.BytesIO(read_asset("data", manifest, ASSETS)), allow_pickle=False) as arrays:
        return SpokenDigits(
            values_NTC=arrays["values"],
            means_NC=arrays["means"],
            frames_N=arrays["frames"].astype(np.int64),
            digits_N=arrays["digits"].astype(np.int64),
            speakers_N=arrays["speakers"].astype(np.int64),
            takes_N=arrays["takes"].astype(np.int64),
        )
