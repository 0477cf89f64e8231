"""Evaluation: numpy in, plain numbers out; free of torch."""

from distill_core.evaluation.calibration import (
    Bin,
    expected_calibration_error,
    log_softmax_NC,
    reliability,
    softmax_NC,
)
from distill_core.evaluation.front import front, near_front
from distill_core.evaluation.metrics import Scores, agreement, score
from distill_core.evaluation.statistics import (
    Difference,
    Interval,
    McNemar,
    Verdict,
    compare,
    direction,
    holm,
    interval,
    mcnemar,
    verdict,
)

__all__ = [
    "Bin",
    "Difference",
    "Interval",
    "McNemar",
    "Scores",
    "Verdict",
    "agreement",
    "compare",
    "direction",
    "expected_calibration_error",
    "front",
    "holm",
    "interval",
    "log_softmax_NC",
    "mcnemar",
    "near_front",
    "reliability",
    "score",
    "softmax_NC",
    "verdict",
]
