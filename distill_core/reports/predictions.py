"""Reads the files of predictions of runs. N examples, C classes, then the positions of a task that has some."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load

from distill_core.errors import CorruptFile, Names
from distill_core.store import Artifact, read

LOGITS, LABELS = ("valid_logits_NC", "test_logits_NC"), "test_labels_N"
# Of a task with positions, for all its test examples: logits are kept of some.
CLASSES = "test_classes_N"


def predictions_of(artifact: Artifact) -> dict[str, np.ndarray]:
    """The arrays of a file of predictions, cached and read-only: logits (N, C) float32, labels (N,), and
    the predicted classes of all test examples where these have positions.

    Raises: CorruptFile.
    """
    if not artifact.is_there:
        read(artifact)  # raises CorruptFile with the reason
    return _read(artifact)


def classes_of(arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """The predicted class of each test example, (N,), or of each of its positions, (N, *positions): of those examples
    alone whose logits are kept where an older version wrote the file."""
    return arrays[CLASSES] if CLASSES in arrays else arrays[LOGITS[1]].argmax(1)


def arrays_of(data: bytes) -> dict[str, np.ndarray]:
    """The arrays of a file of predictions. Raises CorruptFile where they are others."""
    try:
        arrays = load(data)
    except (SafetensorError, LookupError, TypeError, ValueError) as error:  # LookupError: a type that NumPy lacks
        raise _corrupt(error) from error
    if not _fit(arrays):
        raise _corrupt(", ".join(f"{name} {array.dtype} {array.shape}" for name, array in arrays.items())[:200])
    return arrays


def _fit(arrays: Mapping[str, np.ndarray]) -> bool:
    if not {*LOGITS, LABELS} <= arrays.keys():
        return False
    valid, test, labels = (arrays[name] for name in (*LOGITS, LABELS))
    alike = valid.ndim == test.ndim >= 2 and valid.shape[1:] == test.shape[1:] and 0 not in (*valid.shape, *test.shape)
    kinds = (valid.dtype.kind, test.dtype.kind, labels.dtype.kind)
    fits = alike and kinds in (("f", "f", "i"), ("f", "f", "u")) and labels.shape[:1] == test.shape[:1]
    return fits and (CLASSES not in arrays or _answer(arrays[CLASSES], test))


def _answer(classes_N: np.ndarray, test_NC: np.ndarray) -> bool:
    return classes_N.dtype.kind == "u" and classes_N.shape[1:] == test_NC.shape[2:] and len(classes_N) >= len(test_NC)


def _corrupt(got: object) -> CorruptFile:
    hint = "delete its experiment, or make it again"
    return CorruptFile("a file of predictions", expected=Names((*LOGITS, LABELS)), got=got, hint=hint)


# The key includes the hash: a run that lost its files may have been trained again under its id.
@lru_cache(maxsize=16)
def _read(artifact: Artifact) -> dict[str, np.ndarray]:
    arrays = arrays_of(read(artifact))
    arrays |= {name: arrays[name].astype(np.float32, copy=False) for name in LOGITS}
    for array in arrays.values():
        array.flags.writeable = False
    return arrays
