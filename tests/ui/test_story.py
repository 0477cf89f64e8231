"""Sentences follow from the numbers, and from nothing else."""

import pandas as pd
import pytest

from ui import story

TEACHER = {"student": "ResNet-20", "role": "teacher", "seeds": 1, "test_accuracy": 0.935, "onnx_bytes": 1_100_000}
CONTROL = {"student": "control", "role": "control", "seeds": 3, "test_accuracy": 0.777, "labels": 500}
STUDENT = {
    "student": "KD, all images",
    "role": "student",
    "seeds": 3,
    "test_accuracy": 0.848,
    "test_accuracy_half_width": 0.015,
    "delta_points": 7.1,
    "delta_half_width_points": 2.0,
    "p_value": 0.004,
    "verdict": "better",
    "onnx_bytes": 306_000,
    "p50_ms": 0.31,
    "test_images": 2000,
}
COLUMNS = [*STUDENT, "labels"]


def summary(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def test_three_sentences_with_intervals_and_a_verdict():
    control, student, teacher = story.sentences(summary(TEACHER, CONTROL, STUDENT))
    assert control == "Trained on 500 labels alone, without a teacher, the student reaches **77.7 %** on test images."
    assert student == ("KD, all images reaches **84.8 % ± 1.5** (**+7.1 ± 2.0 points**: better than its control).")
    assert teacher == (
        "The teacher, which saw all labels, reaches **93.5 %**; KD, all images needs 306 kB instead of 1.1 MB."
    )


def test_one_seed_speaks_of_two_networks_only():
    alone = {**STUDENT, "seeds": 1, "test_accuracy_half_width": None, "delta_half_width_points": None}
    told = story.sentences(summary(CONTROL, alone))[1]
    assert told == (
        "KD, all images reaches **84.8 %** (**+7.1 points**). "
        "One seed speaks of these networks only (McNemar's test against the control: p = 0.004)."
    )


@pytest.mark.parametrize("verdict", ["worse", "no difference shown", "too few seeds"])
def test_a_student_that_is_no_better_is_not_called_better(verdict):
    told = story.sentences(summary(CONTROL, {**STUDENT, "delta_points": -0.4, "verdict": verdict}))[1]
    assert "−0.4 ± 2.0 points" in told
    assert "better" not in told


def test_what_is_not_there_is_not_told():
    assert story.sentences(summary()) == ()
    assert story.sentences(summary({**STUDENT, "test_accuracy": None})) == ()
    assert len(story.sentences(summary(TEACHER))) == 0


def test_an_equal_cost_is_no_saving():
    same = {**STUDENT, "onnx_bytes": TEACHER["onnx_bytes"]}
    assert story.sentences(summary(TEACHER, same))[-1].endswith("reaches **93.5 %**.")


def test_names_are_shown_letter_for_letter():
    told = story.sentences(summary({**STUDENT, "student": "*a* [b](http://c) :red[d]"}))[0]
    assert told.startswith(r"\*a\* \[b\](http\://c) \:red\[d\] reaches")


def test_the_small_print_tells_seeds_test_set_device_and_versions():
    results = pd.DataFrame({"environment": [{"cpu": "Some CPU", "threads": 2, "torch": "2.14.1"}]})
    line = story.fine_print(summary(TEACHER, CONTROL, STUDENT), results)
    assert line.startswith("3 seeds (95 % intervals over seeds, without the sampling of the test set)")
    assert "accuracy on 2,000 test images after the last update" in line
    assert line.endswith("Some CPU · 2 threads · torch 2.14.1")


def test_the_small_print_of_nothing():
    assert story.fine_print(summary(TEACHER), pd.DataFrame()).startswith("0 seeds (no interval)")
