"""What a finished comparison shows follows from the numbers, and the grey line under it tells where they come from."""

import pandas as pd
import pytest

from distill_core.tasks.images import IMAGE
from ui.findings import comparison
from ui.findings.comparison import Cost, LabelsAlone, OneSeed, Pair, Student, Teacher
from ui.findings.facts import Estimate, Fact, Gap, WhyApart
from ui.findings.sentences import paragraphs, say
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


ONE_SEED = {**STUDENT, "seeds": 1, "verdict_seeds": 1, "test_accuracy_half_width": None}


def facts(*rows: dict, kind: type[Fact]) -> list[Fact]:
    """All facts of one kind."""
    told = comparison.found(summary(*rows), IMAGE)
    return [fact for paragraph in told for fact in paragraph if isinstance(fact, kind)]


def test_three_paragraphs_with_intervals_and_a_verdict():
    assert comparison.found(summary(TEACHER, CONTROL, STUDENT), IMAGE) == (
        (LabelsAlone(kind=IMAGE, labels=500, accuracy=Estimate(mean=0.777)),),
        (
            Student(
                name="KD, all images",
                accuracy=Estimate(mean=0.848, half_width=0.015),
                gap=Gap(points=Estimate(mean=7.1, half_width=2.0), verdict="better"),
            ),
        ),
        (
            Teacher(labels=None, accuracy=Estimate(mean=0.935)),
            Cost(kind=IMAGE, student="KD, all images", size_bytes=Pair(own=306_000, other=1_100_000)),
        ),
    )


def test_a_teacher_of_few_labels_is_not_said_to_have_seen_all():
    (teacher,) = facts({**TEACHER, "labels": 100}, CONTROL, STUDENT, kind=Teacher)
    assert teacher.labels == 100


def test_one_seed_speaks_of_two_networks_only():
    rows = (CONTROL, {**ONE_SEED, "delta_half_width_points": None})
    (student,), (one,) = facts(*rows, kind=Student), facts(*rows, kind=OneSeed)
    assert student.gap == Gap(points=Estimate(mean=7.1), verdict=None)
    assert one == OneSeed(p_values=(0.004,), compared=1)


@pytest.mark.parametrize("verdict", ["worse", "no difference shown", "too few seeds"])
def test_a_student_that_is_no_better_is_not_called_better(verdict):
    (student,) = facts(CONTROL, {**STUDENT, "delta_points": -0.4, "direction": verdict}, kind=Student)
    assert (student.gap.points.mean, student.gap.verdict) == (-0.4, verdict)


def test_what_is_not_there_is_not_told():
    assert comparison.found(summary(), IMAGE) == ()
    assert comparison.found(summary({**STUDENT, "test_accuracy": None}), IMAGE) == ()
    assert comparison.found(summary(TEACHER), IMAGE) == ()


@pytest.mark.parametrize(
    ("size_bytes", "p50_ms", "alike"),
    [
        (1_100_000, 0.31, (True, False)),
        (306_000, 0.46, (False, True)),
        (1_190_000, 0.43, (True, True)),
        (1_210_000, 0.52, (False, False)),
    ],
)
def test_what_differs_by_less_than_a_tenth_is_no_saving(size_bytes, p50_ms, alike):
    student = {**STUDENT, "onnx_bytes": size_bytes, "p50_ms": p50_ms}
    (cost,) = facts({**TEACHER, **TAKEN, "p50_ms": 0.47}, student, kind=Cost)
    assert (cost.size_bytes.alike, cost.p50_ms.alike) == alike


def test_costs_that_are_not_known_are_not_told():
    student = {**STUDENT, "onnx_bytes": None, "p50_ms": None}
    assert facts({**TEACHER, **TAKEN, "p50_ms": 0.47}, student, kind=Cost) == []


def test_of_several_comparisons_the_correction_is_named():
    two = {**ONE_SEED, "student": "KD, same images", "p_value": 0.02, "test_accuracy": 0.8}
    (one,) = facts(CONTROL, ONE_SEED, two, kind=OneSeed)
    assert one == OneSeed(p_values=(0.004, 0.02), compared=2)


def test_rows_that_a_filter_leaves_out_are_counted_in_the_correction():
    told = comparison.found(summary(CONTROL, ONE_SEED).assign(asked=4), IMAGE)
    assert told[1][-1] == OneSeed(p_values=(0.004,), compared=4)


def test_names_are_shown_letter_for_letter():
    told = paragraphs(comparison.found(summary({**STUDENT, "student": "*a* [b](http://c) :red[d]"}), IMAGE))[0]
    assert told.startswith(r"\*a\* \[b\](http\://c) \:red\[d\] ")


def test_the_small_print_tells_seeds_test_set_device_and_versions():
    results = pd.DataFrame({"environment": [{"cpu": "Some CPU", "threads": 2, "torch": "2.14.1"}]})
    line = story.fine_print(summary(TEACHER, CONTROL, STUDENT), results, IMAGE)
    assert line.startswith("3 seeds (95 % intervals over seeds, without the sampling of the test set)")
    assert "accuracy on 2,000 test images after the last update" in line
    assert line.endswith("Some CPU · 2 threads · torch 2.14.1")


def test_the_small_print_tells_of_a_latency_where_one_was_measured_here():
    timed = {**CONTROL, "p50_ms": 0.3}
    told = [story.fine_print(summary(row), pd.DataFrame(), IMAGE) for row in (timed, {**timed, "p50_ms": None})]
    assert ["latency at batch 1" in line for line in told] == [True, False]


def test_the_small_print_of_nothing():
    assert story.fine_print(summary(TEACHER), pd.DataFrame(), IMAGE).startswith("no student is finished")


def test_results_of_another_device_name_it_before_the_cpu():
    here = {"cpu": "EPYC", "threads": 2, "torch": "2.14"}
    rows = pd.DataFrame([{"environment": here}, {"environment": {**here, "device": "cuda (Card 1000)"}}])
    assert story.place(rows) == ["cuda (Card 1000)", "EPYC", "2 threads", "torch 2.14"]
    assert story.place(rows[:1]) == ["EPYC", "2 threads", "torch 2.14"]


def test_results_of_several_cpus_are_not_told_as_those_of_one():
    rows = pd.DataFrame([{"environment": {"cpu": cpu, "threads": 1}} for cpu in ("Xeon", "Xeon", "EPYC")])
    assert story.place(rows) == ["EPYC", "and 1 other CPU", "1 thread"]
    assert story.place(rows[:2]) == ["Xeon", "1 thread"]


def test_a_machine_that_a_stranger_tells_is_shown_letter_for_letter():
    told = story.machine({"cpu": "![](http://c) *a*", "threads": "many", "torch": ":red[d]"})
    assert told == [r"!\[\](http\://c) \*a\*", r"torch \:red\[d\]"]
    apart = say(WhyApart(disturbed=1, measurements=2, causes=("[a](http://c)",)))
    assert apart == r"One of them was disturbed (\[a\](http\://c))."
