import json
import math
import warnings

import numpy as np
import pytest

from distill_core.errors import InvalidSetting
from distill_core.evaluation.metrics import score

# answers 0, 0, 1, 1 to labels 0, 1, 1, 2: class 2 is never predicted
LOGITS = np.array([[2, 0, 0], [2, 0, 0], [0, 2, 0], [0, 2, 0]], dtype=np.float32)
LABELS = np.array([0, 1, 1, 2])


def test_counts_and_shares_by_class():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = score(LOGITS, LABELS)
    assert scores.accuracy == 0.5
    assert scores.confusion == ((1, 0, 0), (1, 1, 0), (0, 1, 0))
    assert scores.per_class_recall == (1.0, 0.5, 0.0)
    assert scores.macro_precision == pytest.approx((1 / 2 + 1 / 2 + 0) / 3)
    assert scores.macro_recall == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert scores.macro_f1 == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)


def test_nll_and_ece_of_known_probabilities():
    # probabilities 3/4 and 1/4; right once, wrong once: one bin, accuracy 1/2, confidence 3/4
    scores = score(np.array([[math.log(3), 0], [math.log(3), 0]]), np.array([0, 1]))
    assert scores.nll_nats == pytest.approx((math.log(4 / 3) + math.log(4)) / 2)
    assert scores.ece == pytest.approx(0.25)


def test_a_perfect_network_is_perfect_even_where_a_class_has_no_image():
    scores = score(10 * np.eye(3)[[0, 1]], np.array([0, 1]))
    assert (scores.accuracy, scores.macro_precision, scores.macro_recall, scores.macro_f1) == (1, 1, 1, 1)
    assert scores.per_class_recall == (1.0, 1.0, 0.0)
    assert scores.confusion == ((1, 0, 0), (0, 1, 0), (0, 0, 0))


def test_nll_stays_finite_at_the_ends_of_float32():
    extreme = np.array([[3e38, -3e38]], dtype=np.float32)
    assert score(extreme, np.array([0])).nll_nats == 0
    assert score(extreme, np.array([1])).nll_nats == pytest.approx(6e38)


def test_a_tie_is_answered_by_the_first_class():
    assert score(np.zeros((1, 3)), np.array([0])).accuracy == 1


def test_scores_travel_as_json():
    plain = json.loads(json.dumps(score(LOGITS, LABELS).to_dict()))
    assert plain["confusion"] == [[1, 0, 0], [1, 1, 0], [0, 1, 0]]
    assert plain["per_class_recall"] == [1.0, 0.5, 0.0]
    assert set(plain) == {
        *("accuracy", "macro_precision", "macro_recall", "macro_f1", "per_class_recall"),
        *("ece", "nll_nats", "confusion"),
    }


@pytest.mark.parametrize(
    ("logits", "labels", "said"),
    [
        (np.zeros((0, 3)), np.zeros(0, dtype=int), "shape (0, 3)"),
        (np.zeros(3), np.zeros(3, dtype=int), "shape (3,)"),
        (np.zeros((1, 1)), np.array([0]), "shape (1, 1)"),
        (np.array([[np.nan, 0.0]]), np.array([0]), "NaN"),
        (np.array([[np.inf, 0.0]]), np.array([0]), "finite"),
        (np.zeros((2, 3)), np.array([0]), "expected 2 integers"),
        (np.zeros((1, 3)), np.array([0.0]), "float64"),
        (np.zeros((1, 3)), np.array([3]), "got 3 to 3"),
        (np.zeros((1, 3)), np.array([-1]), "got -1 to -1"),
    ],
)
def test_what_cannot_be_scored_is_refused(logits, labels, said):
    with pytest.raises(InvalidSetting) as refused:
        score(logits, labels)
    assert said in str(refused.value)
