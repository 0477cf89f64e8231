import numpy as np
import pytest

from distill_core.errors import InvalidSetting
from distill_core.evaluation.calibration import (
    Bin,
    expected_calibration_error,
    log_odds_N,
    log_softmax_NC,
    reliability,
    softmax_NC,
)


def test_softmax_of_log_three_to_zero_is_three_quarters():
    assert softmax_NC(np.array([[np.log(3), 0.0]])) == pytest.approx(np.array([[0.75, 0.25]]))


def test_softmax_is_float64_whatever_comes():
    assert softmax_NC(np.array([[1, 2]], dtype=np.float16)).dtype == np.float64


def test_log_odds_tell_certain_answers_apart():
    assert log_odds_N(np.log([[0.8, 0.2, 1e-300], [0.3, 0.3, 0.4]])).tolist() == pytest.approx(np.log([4, 2 / 3]))
    sure = np.array([[100, 0], [0, 2000], [1e30, 0]], dtype=np.float32)
    assert softmax_NC(sure).max(1).tolist() == [1, 1, 1]
    assert log_odds_N(sure).tolist() == pytest.approx([100, 2000, 1e30])


def test_log_softmax_of_far_logits_is_their_distance():
    # the smaller probability underflows to 0 in any type; its logarithm is still -1e38
    assert log_softmax_NC(np.array([[1e38, 0.0]], dtype=np.float32))[0].tolist() == pytest.approx([0.0, -1e38])


def test_ece_weighs_the_gap_of_each_bin_by_its_images():
    # bin of 0.9: two images, one right: gap 0.4; bin of 0.62: one image, right: gap 0.38; (2 * 0.4 + 0.38) / 3
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.38, 0.62]])
    assert expected_calibration_error(probabilities, np.array([0, 1, 1])) == pytest.approx(1.18 / 3)


def test_over_and_under_confidence_in_one_bin_cancel():
    # 0.75 and 0.85 share the upper half; one of two right: accuracy 0.5, confidence 0.8
    probabilities = np.array([[0.75, 0.25], [0.85, 0.15]])
    assert expected_calibration_error(probabilities, np.array([0, 1]), bins=2) == pytest.approx(0.3)


def test_a_sure_and_right_network_has_no_error():
    assert expected_calibration_error(np.eye(3), np.array([0, 1, 2])) == 0


def test_reliability_closes_bins_above_and_leaves_empty_ones_empty():
    # 0.6 is the upper edge of the third of five bins
    table = reliability(np.array([[0.6, 0.4], [0.6, 0.4]]), np.array([0, 1]), bins=5)
    assert [row.count for row in table] == [0, 0, 2, 0, 0]
    assert table[2] == Bin(low=0.4, high=0.6, count=2, confidence=0.6, accuracy=0.5)
    assert table[4] == Bin(low=0.8, high=1.0, count=0, confidence=None, accuracy=None)


def test_a_sum_just_above_one_loses_no_image():
    table = reliability(np.array([[1.0000002, 0.0]]), np.array([0]))
    assert table[-1].count == 1


@pytest.mark.parametrize(
    ("probabilities", "labels", "bins", "said"),
    [
        (np.zeros((0, 2)), np.zeros(0, dtype=int), 15, "shape (0, 2)"),
        (np.array([[0.5, 0.6]]), np.array([0]), 15, "sum to 1"),
        (np.array([[1.5, -0.5]]), np.array([0]), 15, "sum to 1"),
        (np.array([[0.5, 0.5]]), np.array([2]), 15, "got 2 to 2"),
        (np.array([[0.5, 0.5]]), np.array([0]), 0, "got 0"),
    ],
)
def test_what_is_no_table_of_probabilities_is_refused(probabilities, labels, bins, said):
    with pytest.raises(InvalidSetting) as refused:
        expected_calibration_error(probabilities, labels, bins)
    assert said in str(refused.value)
