"""Random numbers for each image, independent of the other images. N images."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from distill_core.tasks.draws import GOLDEN, Draws, mixed


class PerImageRandom(Draws):
    """A stream of random numbers for each image, from the corruption's name, a seed and the image's place alone.

    All severities draw the same numbers, so that the same noise grows.
    """

    def __init__(self, name: str, seed: int, places_N: NDArray[Any]) -> None:
        key = int.from_bytes(hashlib.sha256(f"{name}/{seed}".encode()).digest()[:8], "big")
        with np.errstate(over="ignore"):
            super().__init__(mixed(places_N.astype(np.uint64) * GOLDEN ^ np.uint64(key)))
