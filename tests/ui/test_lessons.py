"""Lessons and curves follow from their runs: validation chooses, the control stands beside, a loss is a loss."""

import json

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from distill_core.reports.summary import against
from distill_core.templates.presets import LESSONS, lesson_experiment
from ui.charts import label_budget
from ui.findings.facts import Estimate, Fact
from ui.findings.lessons import NoWidthGap, Teachers
from ui.findings.sentences import say
from ui.networks import style
from ui.screens.temperature import curves, lessons

# 97.5 % point of t on 2 degrees of freedom over √3: half a width of three values that are 1 apart.
HALF = 4.303 / 3**0.5


def scores(*, valid, before=0.0, after=0.8, precision=0.7, bias=2.0, accuracy=0.75) -> dict:
    """What a run of a student without a class is stored with."""
    return {
        "index": 8,
        "bias": bias,
        "valid_accuracy": valid,
        "before": {"accuracy": 0.6, "recall": before, "precision": 0.0},
        "after": {"accuracy": accuracy, "recall": after, "precision": precision},
    }


def run(student, role, seed, unseen) -> dict:
    return {"student": student, "role": role, "seed": seed, "unseen": unseen}


RUNS = [
    run("teacher", "teacher", 0, None),
    *(
        run("control", "control", seed, scores(valid=0.70, after=0.44 + 0.01 * seed, precision=0.5, before=0.0))
        for seed in range(3)
    ),
    # More on test, less on validation: it is not the one to report.
    *(run("T 1", "student", seed, scores(valid=0.75, after=0.95, accuracy=0.9)) for seed in range(3)),
    *(
        run(
            "T *4*",
            "student",
            seed,
            scores(valid=0.79, before=0.1, after=0.8 + 0.02 * seed, precision=0.6 + 0.01 * seed, bias=2.0 + 0.1 * seed),
        )
        for seed in range(3)
    ),
]
RESULTS = pd.DataFrame(RUNS)


def told(runs=RUNS, missing="Bag") -> tuple[Fact, ...]:
    return lessons.unseen_facts(lessons.unseen(pd.DataFrame(runs)), missing)


def rounded(found: Estimate, digits: int = 3) -> tuple[float, float | None]:
    return round(found.mean, digits), None if found.half_width is None else round(found.half_width, digits)


def test_a_row_a_student_with_intervals_over_its_seeds():
    table = lessons.unseen(RESULTS)
    assert list(zip(table["student"], table["role"], strict=True)) == [
        ("control", "control"),
        ("T 1", "student"),
        ("T *4*", "student"),
    ]
    best = table.iloc[2]
    assert (best[lessons.BEFORE].mean, best[lessons.AFTER].mean) == pytest.approx((0.1, 0.82))
    assert best[lessons.AFTER].half_width == pytest.approx(0.02 * HALF, rel=1e-3)
    assert (best[lessons.PRECISION].mean, best["bias"].mean, best["valid"].mean) == pytest.approx((0.61, 2.1, 0.79))
    # Over all classes, corrected: not what the run was stored with before.
    assert (best[lessons.ACCURACY].mean, table.iloc[1][lessons.ACCURACY].mean) == pytest.approx((0.75, 0.9))
    assert {found.count for found in table[lessons.AFTER]} == {3}
    assert set(lessons.SHOWN) <= set(table)


def never_called(*seeds: int) -> list[dict]:
    """T *4* called no image so with these seeds."""
    nothing = scores(valid=0.79, after=0.0, precision=0.0)
    return [{**one, "unseen": nothing} if one["student"] == "T *4*" and one["seed"] in seeds else one for one in RUNS]


@pytest.mark.parametrize("seeds", [(1,), (0, 1, 2)])
def test_a_class_that_was_never_called_has_no_precision(seeds):
    # 0 would say that all of its calls were wrong.
    table = lessons.unseen(pd.DataFrame(never_called(*seeds)))
    assert table[lessons.PRECISION].iloc[2] is None
    assert table[lessons.PRECISION].iloc[0].mean == pytest.approx(0.5)
    assert told(never_called(*seeds))[0].precision is None


def test_a_class_that_was_called_rightly_once_has_a_precision():
    one = scores(valid=0.7, after=0.01, precision=0.02)
    table = lessons.unseen(pd.DataFrame([run("T 1", "student", 0, one)]))
    assert table[lessons.PRECISION].iloc[0].mean == 0.02


def draw(results, experiment) -> None:
    import streamlit as st

    from distill_core.reports.sweeps import Sweep
    from distill_core.templates.presets import LESSONS
    from ui.screens.temperature import lessons

    study = Sweep(key="shipped:x", title="", experiment=experiment, grid=None, curve=None, state="finished")
    lessons._unseen(results, study, LESSONS[0])
    st.text("drawn")


@pytest.mark.parametrize(("runs", "points"), [(RUNS, [3, 3, 3, 3]), (never_called(0), [3, 3, 2, 3])])
def test_four_series_are_drawn_and_a_dash_is_no_point(runs, points):
    experiment = lesson_experiment(LESSONS[0])
    page = AppTest.from_function(draw, args=(pd.DataFrame(runs), experiment), default_timeout=30).run()
    assert not page.exception
    (chart,) = page.get("plotly_chart")
    drawn = json.loads(chart.proto.spec)["data"]
    assert [one["name"] for one in drawn] == list(lessons.SHOWN)
    assert [len(one["x"]) for one in drawn] == points
    assert page.markdown[0].value == "**The class that was never seen: Bag**"


def test_validation_chooses_the_student_and_test_only_tells_of_it():
    chosen, control, correction = told()
    assert (chosen.student, chosen.missing) == ("T *4*", "Bag")
    assert (rounded(chosen.after), rounded(chosen.precision)) == ((0.82, 0.05), (0.61, 0.025))
    assert rounded(chosen.before) == (0.1, 0.0)
    assert (rounded(control.after), rounded(control.precision)) == ((0.45, 0.025), (0.5, 0.0))
    assert rounded(control.before) == (0.0, 0.0)
    assert rounded(correction.bias, 2) == (2.1, 0.25)


def test_a_control_is_never_the_one_to_report():
    better = [{**one, "unseen": scores(valid=0.99)} if one["role"] == "control" else one for one in RUNS]
    assert told(better)[0].student == "T *4*"


def test_one_seed_has_no_interval():
    alone = [one for one in RUNS if one["seed"] == 0]
    assert told(alone)[0].after == Estimate(mean=0.8)


def test_without_a_control_nothing_is_said_of_one():
    assert len(told([one for one in RUNS if one["role"] != "control"])) == 2


def test_runs_that_are_not_finished_count_for_nothing():
    half = [*RUNS, run("T *4*", "student", 3, None), run("T 8", "student", 0, None)]
    assert told(half) == told()


def test_the_class_is_shown_letter_for_letter():
    assert r"of the test images of \[Bag\](x)," in say(told(missing="[Bag](x)")[0])


def student(labels, transfer, accuracy, delta=None, verdict="better", half=1.0) -> dict:
    row = {"student": f"{transfer} {labels}", "role": "student", "labels": labels, "transfer": transfer}
    return {
        **row,
        "test_accuracy": accuracy,
        "test_accuracy_half_width": 0.01,
        "delta_points": delta,
        "delta_half_width_points": half,
        "direction": verdict,
        "verdict_seeds": 3,
    }


def control(labels, accuracy) -> dict:
    return {**student(labels, "labelled", accuracy), "role": "control", "direction": None, "verdict_seeds": None}


TEACHER = {
    **student(None, "labelled", 0.945),
    "role": "teacher",
    "test_accuracy_half_width": None,
    "direction": None,
    "verdict_seeds": None,
}
COUNTS = (50, 500, None)
LABELS = [
    TEACHER,
    control(50, 0.57),
    control(500, 0.78),
    control(None, 0.863),
    student(500, "labelled", 0.83, 5.0),
    student(50, "labelled", 0.60, 3.0, "no difference shown", 5.8),
    student(50, "all", 0.87, 30.0),
    student(500, "all", 0.875, 9.5),
    # With every label both kinds are one.
    student(None, "labelled", 0.879, 1.6, "no difference shown"),
]


def summary(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(rows).astype({"labels": float, "delta_points": float, "test_accuracy": float})


def points(series) -> dict[str, list[tuple[int, float]]]:
    return {one.name: [(point.place, point.mean) for point in one.points] for one in series}


def test_the_student_of_all_labels_ends_both_lines():
    series = label_budget.label_series(summary(*LABELS), COUNTS, dark=False)
    assert points(series) == {
        "control": [(0, 0.57), (1, 0.78), (2, 0.863)],
        "KD, same images": [(0, 0.60), (1, 0.83), (2, 0.879)],
        "KD, all images": [(0, 0.87), (1, 0.875), (2, 0.879)],
        "teacher": [(0, 0.945)],
    }
    assert {point.half_width for one in series[:3] for point in one.points} == {0.01}


def test_the_teacher_is_level_and_has_no_interval():
    *moved, teacher = label_budget.label_series(summary(*LABELS), COUNTS, dark=False)
    assert teacher.level
    assert not any(one.level for one in moved)
    assert teacher.points[0].half_width is None
    assert teacher.look == style.looks({"teacher": "teacher"}, dark=False)["teacher"]


def test_what_is_not_trained_yet_leaves_its_place_empty():
    # A repetition that has 500 labels but not 50 yet: its points must not slide to the left.
    half = [row for row in LABELS if row["labels"] == 500] + [student(50, "all", None)]
    found = points(label_budget.label_series(summary(*half), COUNTS, dark=False))
    assert found == {"control": [(1, 0.78)], "KD, same images": [(1, 0.83)], "KD, all images": [(1, 0.875)]}


def test_a_teacher_without_an_accuracy_is_no_line():
    failed = {**TEACHER, "test_accuracy": None}
    assert "teacher" not in points(label_budget.label_series(summary(failed, *LABELS[1:]), COUNTS, dark=False))


NO = "no difference shown"


def gains(*rows: dict) -> list[list[tuple]]:
    """Of each kind its labels, points, verdict, and whether that is its largest gain."""
    return [
        [(one.labels, one.gap.points.mean, one.gap.verdict, one.largest) for one in paragraph]
        for paragraph in label_budget.found(summary(*rows))
    ]


def test_a_gain_is_told_with_its_interval_and_its_verdict():
    assert gains(*LABELS) == [
        [(50, 3.0, NO, False), (500, 5.0, "better", True), (None, 1.6, NO, False)],
        [(50, 30.0, "better", True), (None, 1.6, NO, False)],
    ]
    same, every = label_budget.found(summary(*LABELS))
    assert (same[0].kind, every[0].kind) == ("KD, same images", "KD, all images")
    assert same[0].gap.points.half_width == 5.8


def test_a_gain_that_is_a_loss_is_told_as_a_loss():
    losses = [
        student(50, "labelled", 0.5, -2.0, "worse"),
        student(500, "labelled", 0.6, -0.5, NO),
        student(None, "labelled", 0.7, -1.0, "worse"),
    ]
    assert gains(*losses)[0] == [(50, -2.0, "worse", False), (500, -0.5, NO, True), (None, -1.0, "worse", False)]


def test_too_few_seeds_allow_no_verdict_and_a_student_without_a_control_no_gain():
    few = [
        student(50, "all", 0.6, 3.0, "too few seeds", None),
        student(500, "all", 0.7, 2.0, "too few seeds", None),
        student(1000, "all", 0.9),
    ]
    assert gains(*few) == [[(50, 3.0, "too few seeds", True), (500, 2.0, "too few seeds", False)]]


def test_one_count_of_labels_is_no_curve():
    assert gains(student(50, "labelled", 0.6, 3.0), student(50, "all", 0.7, 9.0)) == []


def widths(*accuracies: float, teacher: float) -> pd.DataFrame:
    """From the widest to the narrowest, as no table promises an order."""
    rows = [{**TEACHER, "width": 1.0, "test_accuracy": teacher}]
    for width, accuracy in zip((4.0, 1.0, 0.5), accuracies, strict=True):
        rows += [{**control(500, accuracy - 0.1), "width": width}, {**student(500, "all", accuracy), "width": width}]
    return summary(*rows)


def test_students_of_both_teachers_stand_beside_one_control():
    small, large = widths(0.87, 0.85, 0.81, teacher=0.889), widths(0.88, 0.84, 0.82, teacher=0.945)
    series = curves.width_series(small, large, dark=False)
    assert points(series) == {
        "control": [(0, pytest.approx(0.72)), (1, pytest.approx(0.74)), (2, pytest.approx(0.78))],
        "KD, weak small teacher": [(0, 0.81), (1, 0.85), (2, 0.87)],
        "KD, strong large teacher": [(0, 0.82), (1, 0.84), (2, 0.88)],
        "weak small teacher": [(0, 0.889)],
        "strong large teacher": [(0, 0.945)],
    }
    assert [one.name for one in series if one.level] == ["weak small teacher", "strong large teacher"]


def test_a_width_that_failed_leaves_its_place_empty():
    failed = widths(0.87, float("nan"), 0.81, teacher=0.889)
    series = curves.width_series(failed, failed, dark=False)
    assert points(series)["KD, weak small teacher"] == [(0, 0.81), (2, 0.87)]


def test_a_control_that_cannot_be_read_leaves_its_width_to_the_students():
    large = widths(0.88, 0.84, 0.82, teacher=0.945)
    series = curves.width_series(large, large[large["role"] != "control"], dark=False)
    assert points(series)["KD, strong large teacher"] == [(0, 0.82), (1, 0.84), (2, 0.88)]


def test_a_lesson_without_a_finished_student_says_nothing_of_a_class_that_was_never_seen():
    table = lessons.unseen(pd.DataFrame({"role": ["teacher"], "student": ["teacher"], "unseen": [None]}))
    assert table.empty
    assert lessons.unseen_sentences(pd.DataFrame({"role": ["control"], "student": ["control"]}), "Bag") == ()


WHO = Teachers(weak=0.889, strong=0.945)
SHARED = {"state": "finished", "role": "student"}


def runs_of(teacher: float, by_width: dict[float, tuple[float | None, ...]]) -> pd.DataFrame:
    """The results of an experiment, a row a run; None is a run that failed. Students stand in no order."""
    rows = [{"role": "teacher", "state": "finished", "width": 1.0, "seed": 0, "test_accuracy": teacher}]
    for width, accuracies in by_width.items():
        for seed, accuracy in enumerate(accuracies):
            taught = {**SHARED, "width": width, "seed": seed, "test_accuracy": accuracy}
            failed = {"state": "failed"} if accuracy is None else {}
            rows += [{**taught, **failed}, {**taught, "role": "control", "test_accuracy": 0.1}]
    return pd.DataFrame(rows[:1] + rows[:0:-1])


WEAK = runs_of(0.889, {4.0: (0.80, 0.84, 0.88), 1.0: (0.80, 0.84, 0.88), 0.5: (0.70, 0.72, 0.74)})


def test_a_gap_between_teachers_is_told_paired_by_seed():
    # +2, +3 and +4 percentage points: mean 3 and 4.303 · 1 / √3 on each side, and a p of 0.035; unpaired it would
    # be ± 9. Where all differences are equal p is 0, so this one is asked last and stands as it is.
    strong = runs_of(0.945, {4.0: (0.82, 0.87, 0.92), 1.0: (0.85, 0.89, 0.93), 0.5: (0.69, 0.71, 0.73)})
    teachers, told = curves.found(WEAK, strong)
    assert teachers == WHO
    assert [(width, *rounded(gap.points)) for width, gap in told.gaps] == [
        (0.5, -1.0, 0.0),
        (1.0, 5.0, 0.0),
        (4.0, 3.0, 2.484),
    ]


def largest(strong: pd.DataFrame) -> tuple[float, float | None]:
    teachers, told = curves.found(WEAK, strong)
    assert (teachers, type(told)) == (WHO, NoWidthGap)
    return rounded(told.largest.points, 1)


def test_widths_are_corrected_for_being_several():
    # The p of the widest is 0.035; beside one question more, which finds nothing, it is 0.070.
    assert largest(runs_of(0.945, {4.0: (0.82, 0.87, 0.92), 1.0: (0.80, 0.84, 0.88)})) == (3.0, 2.5)
    (_, told) = curves.found(WEAK, runs_of(0.945, {4.0: (0.82, 0.87, 0.92)}))
    assert [width for width, _ in told.gaps] == [4.0]


def test_the_largest_difference_may_be_a_loss():
    # −10, 0 and 0 percentage points: their deviation is 5.774, times 4.303 over √3.
    assert largest(runs_of(0.945, {4.0: (0.81, 0.84, 0.88), 0.5: (0.60, 0.72, 0.74)})) == (-3.3, 14.3)


def test_only_seeds_that_are_finished_with_both_teachers_are_compared():
    # Two seeds have no interval and no verdict.
    assert largest(runs_of(0.945, {4.0: (None, 0.86, 0.90), 1.0: (None, None, None)})) == (2.0, None)


def test_where_no_seed_is_shared_only_the_teachers_are_told():
    assert curves.found(WEAK, runs_of(0.945, {4.0: (None,) * 3, 8.0: (0.9, 0.9, 0.9)})) == (WHO,)


def test_a_lesson_is_judged_against_the_one_that_its_question_is_about():
    accuracies = {"T 4": (0.80, 0.82, 0.84), "T 50": (0.79, 0.81, 0.83), "T 1": (0.70, 0.85, 0.84)}
    same = {"role": "student", "state": "finished", "run_id": "", "trainings": 1}
    rows = [
        {**same, "student": name, "seed": seed, "test_accuracy": accuracy}
        for name, values in accuracies.items()
        for seed, accuracy in enumerate(values)
    ]
    (told,) = beside(rows, "T 4")
    assert told.startswith("Against T 4: T 50 −1.0 ± 0.0 percentage points (worse) and T 1 −2.3 ± ")
    assert told.endswith("points (no difference shown).")
    assert beside(rows, "nobody") == ()


def beside(rows: list[dict], reference: str) -> tuple[str, ...]:
    return lessons.against(against(pd.DataFrame(rows), reference, pytest.fail), reference)
