"""What runs said about validation and test images, as their files have it."""

from functools import lru_cache
from typing import TYPE_CHECKING

from distill_core.store import Artifact, read

if TYPE_CHECKING:
    import numpy as np

__all__ = ["predictions_of"]


def predictions_of(artifact: Artifact) -> "dict[str, np.ndarray]":
    """The arrays of a file of answers, read once and shared by everybody who asks: logits (N, C) float32, labels (N,).

    Raises: CorruptFile.
    """
    if not artifact.is_there:
        read(artifact)  # which says what is wrong
    return _read(artifact)


# By the hash too: a run that lost its files may have been trained again under its id.
@lru_cache(maxsize=16)
def _read(artifact: Artifact) -> "dict[str, np.ndarray]":
    from safetensors.numpy import load

    arrays = load(read(artifact))
    for array in arrays.values():
        array.flags.writeable = False
    return arrays
