"""Scores of a class that the student never saw, before and after a bias on its logit. N images, C classes.

Source: Hinton, Vinyals, Dean 2015 (arXiv:1503.02531), section 3.
"""

import math
import operator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from distill_core.errors import InvalidSetting, said
from distill_core.evaluation.inputs import checked_labels, checked_matrix

Floats = NDArray[np.float64]
REACH = 1.0  # width of the two outermost intervals of a bias, in logits
ROUNDING = 1e-12  # of the largest logit; in a narrower interval the rounding of a sum decides, not the network


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassScores:
    """Shares, 0 to 1: accuracy over all images; recall and precision of one class, 0 where their denominator is 0."""

    accuracy: float
    recall: float
    precision: float


@dataclass(frozen=True, kw_only=True, slots=True)
class MissingClassScores:
    """Scores of class ``index`` on the test images before and after ``bias`` (in logits, chosen on validation images).

    ``valid_accuracy``: 0 to 1, with that bias.
    """

    index: int
    bias: float
    valid_accuracy: float
    before: ClassScores
    after: ClassScores

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, ready for JSON."""
        return asdict(self)


def class_scores(logits_NC: NDArray[Any], labels_N: NDArray[Any], k: int, *, bias: float = 0.0) -> ClassScores:
    """Scores of class ``k`` with ``bias`` added to its logit; the prediction is the first of the highest logits.

    Shapes: logits (N, C), labels (N,) integers.
    Raises: InvalidSetting if the logits are no finite (N, C), the labels or k are invalid, or the bias is not finite.
    """
    checked_NC, labels_N, k = _checked(logits_NC, labels_N, k)
    answers_N = _answers_N(checked_NC, k, bias)
    right_N, true_N, said_N = answers_N == labels_N, labels_N == k, answers_N == k
    hits = int((true_N & said_N).sum())
    return ClassScores(
        accuracy=float(right_N.mean()),
        recall=hits / max(int(true_N.sum()), 1),
        precision=hits / max(int(said_N.sum()), 1),
    )


def best_bias(logits_NC: NDArray[Any], labels_N: NDArray[Any], k: int) -> float:
    """The bias on class ``k`` with the highest accuracy over all of these (validation) images; exact, O(N log N).

    The prediction changes to k where the bias exceeds an image's margin, so accuracy is constant between margins.
    Returns the middle of the best interval, of several the nearest to 0, or 0 where that is as good. Only margins at
    which accuracy changes bound an interval; the two outermost intervals extend 1.0 beyond them.
    Raises: as ``class_scores``.
    """
    checked_NC, labels_N, k = _checked(logits_NC, labels_N, k)
    hits = int((_answers_N(checked_NC, k, 0.0) == labels_N).sum())
    middles_I, hits_I = _intervals(checked_NC, labels_N, k)
    if hits >= hits_I.max(initial=0):
        return 0.0
    return float(min(middles_I[hits_I == hits_I.max()], key=abs))


def score_missing_class(
    valid_NC: NDArray[Any],
    valid_labels_N: NDArray[Any],
    test_NC: NDArray[Any],
    test_labels_N: NDArray[Any],
    k: int,
) -> MissingClassScores:
    """Scores of class ``k`` on test images before and after the bias that is best on validation images.

    Shapes: logits (N, C), labels (N,) integers; the two sets may differ in N.
    Raises: as ``class_scores``.
    """
    bias = best_bias(valid_NC, valid_labels_N, k)
    return MissingClassScores(
        index=operator.index(k),
        bias=bias,
        valid_accuracy=class_scores(valid_NC, valid_labels_N, k, bias=bias).accuracy,
        before=class_scores(test_NC, test_labels_N, k),
        after=class_scores(test_NC, test_labels_N, k, bias=bias),
    )


def _intervals(logits_NC: Floats, labels_N: NDArray[np.int64], k: int) -> tuple[Floats, NDArray[np.int64]]:
    """The middle of each interval of the bias, ascending, and the number of right images in it."""
    others_NC = logits_NC.copy()
    others_NC[:, k] = -np.inf
    other_N = others_NC.argmax(axis=1)
    margin_N = others_NC.max(axis=1) - logits_NC[:, k]
    gain_N = (labels_N == k).astype(np.int64) - (labels_N == other_N)
    steps_S = np.flatnonzero(gain_N)
    if not steps_S.size:
        return np.empty(0), np.empty(0, dtype=np.int64)
    steps_S = steps_S[np.argsort(margin_N[steps_S], kind="stable")]
    edges = np.concatenate([[-np.inf], margin_N[steps_S], [np.inf]])
    edges[0], edges[-1] = edges[1] - REACH, edges[-2] + REACH
    hits_I = (labels_N == other_N).sum() + np.concatenate([[0], np.cumsum(gain_N[steps_S])])
    wide_I = np.diff(edges) > ROUNDING * np.abs(logits_NC).max()
    return ((edges[:-1] + edges[1:]) / 2)[wide_I], hits_I[wide_I]


def _answers_N(logits_NC: Floats, k: int, bias: float) -> NDArray[np.int64]:
    if not math.isfinite(bias):
        raise InvalidSetting("bias", expected="a finite number of logits", got=bias, hint="0 changes nothing")
    biased_NC = logits_NC.copy()
    biased_NC[:, k] += bias
    return np.asarray(biased_NC.argmax(axis=1), dtype=np.int64)


def _checked(logits_NC: NDArray[Any], labels_N: NDArray[Any], k: int) -> tuple[Floats, NDArray[np.int64], int]:
    checked_NC = checked_matrix("logits", logits_NC)
    if not 0 <= k < checked_NC.shape[1]:
        raise InvalidSetting(
            "class", expected=said("0 to {last}", checked_NC.shape[1] - 1), got=k, hint="choose a class of this task"
        )
    return checked_NC, checked_labels(labels_N, checked_NC.shape), operator.index(k)
