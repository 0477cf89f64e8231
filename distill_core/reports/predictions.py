"""Reads the files of predictions of runs."""

from functools import lru_cache

import numpy as np
from safetensors.numpy import load

from distill_core.store import Artifact, read


def predictions_of(artifact: Artifact) -> dict[str, np.ndarray]:
    """The arrays of a file of predictions, cached and read-only: logits (N, C) float32, labels (N,).

    Raises: CorruptFile.
    """
    if not artifact.is_there:
        read(artifact)  # raises CorruptFile with the reason
    return _read(artifact)


# The key includes the hash: a run that lost its files may have been trained again under its id.
@lru_cache(maxsize=16)
def _read(artifact: Artifact) -> dict[str, np.ndarray]:
    arrays = load(read(artifact))
    for array in arrays.values():
        array.flags.writeable = False
    return arrays
