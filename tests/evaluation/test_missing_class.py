import json
import math

import numpy as np
import pytest

from distill_core.errors import InvalidSetting
from distill_core.evaluation.missing_class import (
    ClassScores,
    MissingClassScores,
    best_bias,
    class_scores,
    score_missing_class,
)


def two(*margins_and_labels):
    """Images of two classes: a bias on class 0 turns each at its margin from 1 to 0."""
    margins, labels = zip(*margins_and_labels, strict=True)
    return np.array([[0.0, margin] for margin in margins]), np.array(labels)


def test_scores_of_one_class_before_and_after_a_bias():
    # class 2 is never said at first: both of its images lose by 2, and so does one of class 0, by 1
    logits = np.array([[1.0, 0, 0], [0, 5, 0], [2, 0, 0], [0, 2, 0]])
    labels = np.array([0, 1, 2, 2])
    assert class_scores(logits, labels, 2) == ClassScores(accuracy=0.5, recall=0.0, precision=0.0)
    assert class_scores(logits, labels, 2, bias=3.0) == ClassScores(
        accuracy=0.75, recall=1.0, precision=pytest.approx(2 / 3)
    )


def test_a_class_without_images_has_recall_zero():
    assert class_scores(np.array([[0.0, 1.0]]), np.array([0]), 1) == ClassScores(accuracy=0, recall=0, precision=0)


def test_a_tie_is_answered_by_the_first_class():
    logits, labels = np.zeros((1, 2)), np.array([0])
    assert class_scores(logits, labels, 0).recall == 1
    assert class_scores(logits, labels, 1).precision == 0
    assert class_scores(np.array([[2.0, 0.0]]), labels, 1, bias=2.0).accuracy == 1


@pytest.mark.parametrize(
    ("images", "bias"),
    [
        ([(2, 0), (5, 1)], 3.5),  # above 2 for the first, below 5 for the second
        ([(2, 0)], 2.5),  # the last interval reaches 1 beyond the outermost step
        ([(-3, 1)], -3.5),  # and so does the first
        ([(2, 0), (9, 0), (5, 1), (6, 1)], 3.5),
        ([(1, 0), (2, 1), (7, 0), (8, 1)], 1.5),  # [1, 2] and [7, 8] are equally good
        ([(-3, 0), (-2, 1), (4, 0), (5, 1)], -2.5),  # [-3, -2] and [4, 5] are
        ([(-1, 0), (1, 1)], 0.0),
        ([(-1, 0), (9, 1)], 0.0),  # 0 is as good as the middle
        ([(5, 0), (5, 1)], 0.0),  # one for one: nothing is won
    ],
)
def test_the_bias_is_the_middle_of_the_best_interval(images, bias):
    assert best_bias(*two(*images), 0) == bias


def test_an_image_that_is_wrong_on_both_sides_bounds_nothing():
    # the third image is of class 2 and turns from 1 to 0 at 3
    logits = np.array([[0.0, 2, -9], [0, 5, -9], [0, 3, -9]])
    assert best_bias(logits, np.array([0, 1, 2]), 0) == 3.5


@pytest.mark.parametrize(("k", "bias"), [(0, 0.0), (1, 0.5)])
def test_a_tie_at_zero_is_right_for_the_first_class_only(k, bias):
    assert best_bias(np.zeros((1, 2)), np.array([k]), k) == bias


def test_where_no_bias_helps_there_is_none():
    assert best_bias(np.array([[0.0, 1, 2]]), np.array([1]), 0) == 0.0


@pytest.mark.parametrize("seed", range(20))
def test_no_bias_beats_the_best_one(seed):
    random = np.random.default_rng(seed)
    logits, labels = random.normal(0, 2, (40, 4)), random.integers(0, 4, 40)
    logits[:, 1] -= 5  # a class that was never seen
    margins = np.sort(np.delete(logits, 1, axis=1).max(axis=1) - logits[:, 1])
    between = (margins[1:] + margins[:-1]) / 2
    tried = [class_scores(logits, labels, 1, bias=b).accuracy for b in [*np.linspace(-20, 20, 401), *between]]
    assert class_scores(logits, labels, 1, bias=best_bias(logits, labels, 1)).accuracy == max(tried)


@pytest.mark.parametrize("seed", range(20))
def test_coarse_logits_tie_and_the_accuracy_promised_is_the_one_got(seed):
    # the floats of 0.1 + 0.2 and 0.3 differ; a bias between the two would be none
    random = np.random.default_rng(seed)
    logits, labels = random.integers(-5, 6, (40, 3)) / 10, random.integers(0, 3, 40)
    best = class_scores(logits, labels, 1, bias=best_bias(logits, labels, 1)).accuracy
    assert best >= max(class_scores(logits, labels, 1, bias=b / 20).accuracy for b in range(-41, 42, 2))
    assert best >= class_scores(logits, labels, 1).accuracy


def test_the_bias_comes_from_validation_and_is_judged_on_test():
    valid, valid_labels = two((2, 0), (5, 1))
    test, test_labels = two((3, 0), (4, 0), (3, 1), (9, 1))
    found = score_missing_class(valid, valid_labels, test, test_labels, np.int64(0))
    assert found == MissingClassScores(
        index=0,
        bias=3.5,
        valid_accuracy=1.0,
        before=ClassScores(accuracy=0.5, recall=0.0, precision=0.0),
        after=ClassScores(accuracy=0.5, recall=0.5, precision=0.5),
    )
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain == {
        "index": 0,
        "bias": 3.5,
        "valid_accuracy": 1.0,
        "before": {"accuracy": 0.5, "recall": 0.0, "precision": 0.0},
        "after": {"accuracy": 0.5, "recall": 0.5, "precision": 0.5},
    }


@pytest.mark.parametrize("k", [-1, 2])
def test_a_class_of_another_task_is_refused(k):
    with pytest.raises(InvalidSetting, match=f"class: expected 0 to 1, got {k}"):
        best_bias(np.zeros((1, 2)), np.array([0]), k)


@pytest.mark.parametrize("bias", [math.inf, math.nan])
def test_a_bias_without_end_is_refused(bias):
    with pytest.raises(InvalidSetting, match="bias: expected a finite number"):
        class_scores(np.zeros((1, 2)), np.array([0]), 0, bias=bias)


def test_labels_that_do_not_fit_are_refused():
    with pytest.raises(InvalidSetting, match="expected 1 integers"):
        best_bias(np.zeros((1, 2)), np.array([0, 1]), 0)
