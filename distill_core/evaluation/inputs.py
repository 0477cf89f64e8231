"""Checks of the inputs of all metrics. N images, C classes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from distill_core.errors import InvalidSetting

ROUNDING = 1e-3  # rows in half precision sum to 1 within this


def wrong(what: str, *, expected: object, got: object) -> InvalidSetting:
    """The error for an invalid input, to be raised."""
    return InvalidSetting(what, expected=expected, got=got, hint="hand over the outputs of one finished network")


def checked_matrix(what: str, values_NC: NDArray[Any]) -> NDArray[np.float64]:
    """``values_NC`` in float64. Raises InvalidSetting unless it is (1 or more, 2 or more) and finite."""
    matrix_NC = np.asarray(values_NC, dtype=np.float64)
    if matrix_NC.ndim != 2 or matrix_NC.shape[0] < 1 or matrix_NC.shape[1] < 2:
        raise wrong(what, expected="images x classes, 1 x 2 or more", got=f"shape {matrix_NC.shape}")
    if not np.isfinite(matrix_NC).all():
        raise wrong(what, expected="finite numbers", got="infinite ones or NaN")
    return matrix_NC


def checked_probabilities(values_NC: NDArray[Any]) -> NDArray[np.float64]:
    """``values_NC`` in float64. Raises InvalidSetting unless its rows are distributions over two classes or more."""
    probabilities_NC = checked_matrix("probabilities", values_NC)
    if probabilities_NC.min() < 0 or np.abs(probabilities_NC.sum(axis=1) - 1).max() > ROUNDING:
        raise wrong("probabilities", expected="rows from 0 up that sum to 1", got="others")
    return probabilities_NC


def checked_labels(labels_N: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.int64]:
    """``labels_N`` in int64. Raises InvalidSetting unless there is a class index for each row of ``shape``."""
    labels_N = np.asarray(labels_N)
    if labels_N.shape != shape[:1] or not np.issubdtype(labels_N.dtype, np.integer):
        raise wrong("labels", expected=f"{shape[0]} integers", got=f"{labels_N.dtype} of shape {labels_N.shape}")
    if labels_N.min() < 0 or labels_N.max() >= shape[1]:
        raise wrong("labels", expected=f"0 to {shape[1] - 1}", got=f"{labels_N.min()} to {labels_N.max()}")
    return labels_N.astype(np.int64)
