"""Sentences follow from the numbers, and from nothing else."""

import pandas as pd
import pytest

from ui.text import story

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
    "direction": "better",
    "verdict": "better",
    "verdict_seeds": 3,
    "onnx_bytes": 306_000,
    "p50_ms": 0.31,
    "disturbed": "",
    "round_id": "a" * 32,
    "test_images": 2000,
}
COLUMNS = [*STUDENT, "labels"]
TAKEN = {"disturbed": "", "round_id": "a" * 32}


def summary(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def test_three_sentences_with_intervals_and_a_verdict():
    control, student, teacher = story.sentences(summary(TEACHER, CONTROL, STUDENT))
    assert control == "Trained on 500 labels alone, without a teacher, the student reaches **77.7 %** on test images."
    assert student == (
        "KD, all images reaches **84.8 % ± 1.5** (**+7.1 ± 2.0 percentage points**: better than its control)."
    )
    assert teacher == (
        "The teacher, which saw all labels, reaches **93.5 %**; KD, all images needs 306 kB instead of 1.1 MB."
    )


def test_a_teacher_of_few_labels_is_not_said_to_have_seen_all():
    told = story.sentences(summary({**TEACHER, "labels": 100}, CONTROL, STUDENT))[-1]
    assert told.startswith("The teacher, which saw 100 labels, reaches")


def test_one_seed_speaks_of_two_networks_only():
    alone = {
        **STUDENT,
        "seeds": 1,
        "verdict_seeds": 1,
        "test_accuracy_half_width": None,
        "delta_half_width_points": None,
    }
    told = story.sentences(summary(CONTROL, alone))[1]
    assert told == (
        "KD, all images reaches **84.8 %** (**+7.1 percentage points**). "
        "One seed speaks of these networks only (McNemar's test against the control: p = 0.004)."
    )


@pytest.mark.parametrize("verdict", ["worse", "no difference shown", "too few seeds"])
def test_a_student_that_is_no_better_is_not_called_better(verdict):
    told = story.sentences(summary(CONTROL, {**STUDENT, "delta_points": -0.4, "direction": verdict}))[1]
    assert "−0.4 ± 2.0 percentage points" in told
    assert "better" not in told


def test_what_is_not_there_is_not_told():
    assert story.sentences(summary()) == ()
    assert story.sentences(summary({**STUDENT, "test_accuracy": None})) == ()
    assert len(story.sentences(summary(TEACHER))) == 0


@pytest.mark.parametrize(
    ("size_bytes", "p50_ms", "told"),
    [
        (1_100_000, 0.31, "needs 0.31 ms instead of 0.47 ms an image and is as large (1.1 MB)"),
        (306_000, 0.46, "needs 306 kB instead of 1.1 MB and takes as long (0.46 ms an image)"),
        (1_190_000, 0.43, "is as large (1.2 MB) and takes as long (0.43 ms an image)"),
        (1_210_000, 0.52, "needs 1.2 MB instead of 1.1 MB and 0.52 ms instead of 0.47 ms an image"),
        (None, None, None),
    ],
)
def test_what_differs_by_less_than_a_tenth_is_no_saving(size_bytes, p50_ms, told):
    student = {**STUDENT, "onnx_bytes": size_bytes, "p50_ms": p50_ms}
    last = story.sentences(summary({**TEACHER, **TAKEN, "p50_ms": 0.47}, student))[-1]
    assert last.endswith(f"**93.5 %**; KD, all images {told}." if told else "reaches **93.5 %**.")


def test_of_several_comparisons_the_correction_is_named():
    one = {**STUDENT, "seeds": 1, "verdict_seeds": 1}
    two = {**one, "student": "KD, same images", "p_value": 0.02, "test_accuracy": 0.8}
    told = story.sentences(summary(CONTROL, one, two))[1]
    assert told.endswith(
        "(McNemar's test against the control, Holm's correction for 2 comparisons: p = 0.004 and p = 0.020)."
    )


def test_rows_that_a_filter_leaves_out_are_counted_in_the_correction():
    told = story.sentences(summary(CONTROL, {**STUDENT, "seeds": 1, "verdict_seeds": 1}).assign(asked=4))[1]
    assert "Holm's correction for 4 comparisons: p = 0.004" in told


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
    assert story.fine_print(summary(TEACHER), pd.DataFrame()).startswith("no student is finished")


def test_a_student_whose_control_has_one_seed_is_not_judged_like_one_with_three():
    told = story.sentences(summary(CONTROL, {**STUDENT, "verdict_seeds": 1}))[1]
    assert "better" not in told
    assert "One seed speaks of these networks only" in told


def test_results_of_another_device_name_it_before_the_cpu():
    here = {"cpu": "EPYC", "threads": 2, "torch": "2.14"}
    rows = pd.DataFrame([{"environment": here}, {"environment": {**here, "device": "cuda (Card 1000)"}}])
    assert story.place(rows) == ["cuda (Card 1000)", "EPYC", "2 threads", "torch 2.14"]
    assert story.place(rows[:1]) == ["EPYC", "2 threads", "torch 2.14"]


def test_results_of_several_cpus_are_not_told_as_those_of_one():
    rows = pd.DataFrame([{"environment": {"cpu": cpu, "threads": 1}} for cpu in ("Xeon", "Xeon", "EPYC")])
    assert story.place(rows) == ["EPYC", "and 1 other CPU", "1 thread"]
    assert story.place(rows[:2]) == ["Xeon", "1 thread"]
