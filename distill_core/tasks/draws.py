"""Random numbers that are counted out for each example, independent of the other examples. N examples, B of a batch.

Source of the mixing function: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
TURN = np.float32(2 * np.pi)


class Draws:
    """A stream of random numbers for each example, from the 64 bits that it starts with alone."""

    def __init__(self, starts_N: NDArray[np.uint64]) -> None:
        self._starts_N = starts_N
        self._drawn = 0

    def __len__(self) -> int:
        return self._starts_N.size

    def uniform(self, *shape: int) -> Floats:
        """(N, *shape) from 0 to below 1, float32."""
        count = int(np.prod(shape))
        pairs_NP = self._pairs_NP(-(-count // 2)).view(np.uint32)
        return _shares(pairs_NP[:, :count]).reshape(-1, *shape)

    def normal(self, *shape: int) -> Floats:
        """(N, *shape), standard normal, float32, by the Box-Muller transform."""
        count = int(np.prod(shape))
        half = -(-count // 2)
        shares_NP = _shares(self._pairs_NP(half).view(np.uint32))
        length_NP = np.sqrt(-2 * np.log1p(-shares_NP[:, :half]))
        angle_NP = TURN * shares_NP[:, half:]
        both_NP = np.concatenate([length_NP * np.cos(angle_NP), length_NP * np.sin(angle_NP)], axis=1)
        return both_NP[:, :count].reshape(-1, *shape)

    def _pairs_NP(self, count: int) -> NDArray[np.uint64]:
        steps_P = np.arange(self._drawn + 1, self._drawn + 1 + count, dtype=np.uint64)
        self._drawn += count
        with np.errstate(over="ignore"):
            return mixed(self._starts_N[:, None] + steps_P * GOLDEN)


def view_bits(seed: int, examples_B: np.ndarray, views_B: np.ndarray) -> NDArray[np.uint64]:
    """64 well-mixed bits for each (seed, example, view): splitmix64, twice."""
    with np.errstate(over="ignore"):
        first_B = mixed(examples_B.astype(np.uint64) + np.uint64(seed) * GOLDEN + GOLDEN)
        return mixed((first_B ^ views_B.astype(np.uint64)) + GOLDEN)


def mixed(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The bits of splitmix64's state, which the caller has moved on by GOLDEN."""
    state = state ^ (state >> np.uint64(30))
    state *= np.uint64(0xBF58476D1CE4E5B9)
    state ^= state >> np.uint64(27)
    state *= np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return state


def _shares(bits: NDArray[np.uint32]) -> Floats:
    # 24 bits are what a float32 below 1 can hold
    return (bits >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)
