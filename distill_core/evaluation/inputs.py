"""What the measures accept, checked once and refused in the house's words. N images, C classes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from distill_core.errors import InvalidSetting, explain

__all__ = ["checked_labels", "checked_matrix", "wrong"]


def wrong(what: str, *, wanted: object, came: object) -> InvalidSetting:
    """The refusal of an input, to be raised."""
    return InvalidSetting(explain(what, wanted=wanted, came=came, do="hand over the outputs of one finished network"))


def checked_matrix(what: str, values_NC: NDArray[Any]) -> NDArray[np.float64]:
    """``values_NC`` in float64. Raises InvalidSetting unless it is (1 or more, 2 or more) and finite."""
    matrix_NC = np.asarray(values_NC, dtype=np.float64)
    if matrix_NC.ndim != 2 or matrix_NC.shape[0] < 1 or matrix_NC.shape[1] < 2:
        raise wrong(what, wanted="images x classes, 1 x 2 or more", came=f"shape {matrix_NC.shape}")
    if not np.isfinite(matrix_NC).all():
        raise wrong(what, wanted="finite numbers", came="infinite ones or NaN")
    return matrix_NC


def checked_labels(labels_N: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.int64]:
    """``labels_N`` in int64. Raises InvalidSetting unless there is a class index for each row of ``shape``."""
    labels_N = np.asarray(labels_N)
    if labels_N.shape != shape[:1] or not np.issubdtype(labels_N.dtype, np.integer):
        raise wrong("labels", wanted=f"{shape[0]} integers", came=f"{labels_N.dtype} of shape {labels_N.shape}")
    if labels_N.min() < 0 or labels_N.max() >= shape[1]:
        raise wrong("labels", wanted=f"0 to {shape[1] - 1}", came=f"{labels_N.min()} to {labels_N.max()}")
    return labels_N.astype(np.int64)
