"""Calibration: whether a confidence is the probability of being right. N images, C classes; float64 throughout."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from distill_core.evaluation.inputs import checked_labels, checked_matrix, checked_probabilities, wrong

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """Images whose top probability lies in (low, high]; the means are None where there is no image."""

    low: float
    high: float
    count: int
    confidence: float | None
    accuracy: float | None


def log_softmax_NC(logits_NC: NDArray[Any]) -> Floats:
    """Log-probabilities in nats, shape (N, C); finite for all finite float32 logits.

    Raises: InvalidSetting if there is no row, fewer than two classes, or a value that is not finite.
    """
    checked_NC = checked_matrix("logits", logits_NC)
    shifted_NC = checked_NC - checked_NC.max(axis=1, keepdims=True)
    return np.asarray(shifted_NC - np.log(np.exp(shifted_NC).sum(axis=1, keepdims=True)), dtype=np.float64)


def softmax_NC(logits_NC: NDArray[Any]) -> Floats:
    """Probabilities at temperature 1, shape (N, C). Raises as ``log_softmax_NC``."""
    return np.exp(log_softmax_NC(logits_NC))


def log_odds_N(logits_NC: NDArray[Any]) -> Floats:
    """log(p / (1 - p)) of each top probability p, in nats, shape (N,): it keeps the order of p where p rounds to 1 in
    float64. Raises as ``log_softmax_NC``."""
    checked_NC = checked_matrix("logits", logits_NC)
    ordered_NC = np.sort(checked_NC, axis=1)
    others_NC = ordered_NC[:, :-1] - ordered_NC[:, -1:]
    second_N = others_NC[:, -1]
    rest_N = np.log(np.exp(others_NC - second_N[:, None]).sum(axis=1))
    return np.asarray(-second_N - rest_N, dtype=np.float64)


def reliability(probabilities_NC: NDArray[Any], labels_N: NDArray[Any], bins: int = 15) -> tuple[Bin, ...]:
    """Equal-width bins of the top probability, from 0 to 1, each open below and closed above.

    Raises: InvalidSetting if the inputs are empty or their shapes differ, rows are no distributions, or bins < 1.
    """
    top_N, right_N = _top(probabilities_NC, labels_N)
    if bins < 1:
        raise wrong("bins", expected="1 or more", got=bins)
    edges = np.arange(bins + 1) / bins
    # clipped: rounding may give a probability of 1.0000001
    index_N = np.clip(np.searchsorted(edges, top_N, side="left") - 1, 0, bins - 1)
    return tuple(
        _bin(float(edges[i]), float(edges[i + 1]), top_N[index_N == i], right_N[index_N == i]) for i in range(bins)
    )


def expected_calibration_error(probabilities_NC: NDArray[Any], labels_N: NDArray[Any], bins: int = 15) -> float:
    """Mean |accuracy - confidence| over the bins, weighted by their images; 0 to 1, of the top label.

    Raises: as ``reliability``.
    Source: Guo, Pleiss, Sun, Weinberger 2017 (arXiv:1706.04599), section 2.
    """
    table = reliability(probabilities_NC, labels_N, bins)
    total = sum(row.count for row in table)
    return sum(row.count / total * _gap(row) for row in table)


def _gap(row: Bin) -> float:
    return 0.0 if row.confidence is None or row.accuracy is None else abs(row.accuracy - row.confidence)


def _bin(low: float, high: float, top_N: Floats, right_N: NDArray[np.bool_]) -> Bin:
    if not top_N.size:
        return Bin(low=low, high=high, count=0, confidence=None, accuracy=None)
    return Bin(
        low=low, high=high, count=int(top_N.size), confidence=float(top_N.mean()), accuracy=float(right_N.mean())
    )


def _top(probabilities_NC: NDArray[Any], labels_N: NDArray[Any]) -> tuple[Floats, NDArray[np.bool_]]:
    checked_NC = checked_probabilities(probabilities_NC)
    labels_N = checked_labels(labels_N, checked_NC.shape)
    return checked_NC.max(axis=1), checked_NC.argmax(axis=1) == labels_N
