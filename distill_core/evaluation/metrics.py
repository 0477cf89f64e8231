"""Classification metrics of one network on a set of images. N images, C classes."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from distill_core.evaluation.calibration import expected_calibration_error, log_softmax_NC
from distill_core.evaluation.inputs import checked_labels


@dataclass(frozen=True, kw_only=True, slots=True)
class Scores:
    """Shares are 0 to 1. The macro means weigh all classes equally that occur among labels or predictions.

    A class that is never predicted has precision 0, a class without images recall 0. ``confusion`` counts images; its
    rows are the true classes.
    """

    accuracy: float
    macro_precision: float
    macro_recall: float
    macro_f1: float
    per_class_recall: tuple[float, ...]
    ece: float
    nll_nats: float
    confusion: tuple[tuple[int, ...], ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and lists, ready for JSON."""
        plain = asdict(self)
        return plain | {
            "per_class_recall": list(self.per_class_recall),
            "confusion": [list(row) for row in self.confusion],
        }


def score(logits_NC: NDArray[Any], labels_N: NDArray[Any]) -> Scores:
    """All metrics of one network; the prediction is the first of the highest logits.

    Shapes: logits (N, C) of any float type, labels (N,) integers.
    Raises: InvalidSetting if there is no image, shapes or labels are invalid, or a logit is not finite.
    """
    logs_NC = log_softmax_NC(logits_NC)
    labels_N = checked_labels(labels_N, logs_NC.shape)
    # from the logits, not their logs: rounding in float64 could make two of them equal
    answers_N = np.asarray(logits_NC).argmax(axis=1)
    return Scores(
        accuracy=float((answers_N == labels_N).mean()),
        **_by_class(labels_N, answers_N, logs_NC.shape[1]),
        ece=expected_calibration_error(np.exp(logs_NC), labels_N),
        nll_nats=float(-logs_NC[np.arange(labels_N.size), labels_N].mean()),
    )


def _by_class(labels_N: NDArray[Any], answers_N: NDArray[Any], classes: int) -> dict[str, Any]:
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    def measure(**choice: Any) -> Any:
        return precision_recall_fscore_support(labels_N, answers_N, zero_division=0, **choice)

    precision, recall, f1, _ = measure(average="macro")
    _, recall_C, _, _ = measure(average=None, labels=np.arange(classes))
    counts_CC = confusion_matrix(labels_N, answers_N, labels=np.arange(classes))
    return {
        "macro_precision": float(precision),
        "macro_recall": float(recall),
        "macro_f1": float(f1),
        "per_class_recall": tuple(recall_C.tolist()),
        "confusion": tuple(map(tuple, counts_CC.tolist())),
    }
