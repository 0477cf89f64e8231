"""A pipeline: its stages, the chart, what each stage changed, and what the numbers say."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from distill_core.evaluation.statistics import Verdict
from distill_core.networks import Blueprint
from distill_core.spec import Budget, Experiment, Student, TrainedTeacher
from distill_core.templates.compression_chain import chain_experiment
from distill_core.templates.compression_chain import chain_stages as names_of
from ui import charts
from ui.findings.facts import Estimate, Fact
from ui.findings.pipeline import (
    Accuracy,
    Baseline,
    End,
    Named,
    Pair,
    Rounded,
    Sliced,
    SmallerNumbers,
    Sparse,
    Speed,
    TrainedSparse,
)
from ui.findings.sentences import say
from ui.findings.sentences.change import fractions
from ui.networks import style
from ui.screens.compress import calibration, eight_bits, findings, said, trade
from ui.screens.compress import pipeline_chart as hero
from ui.screens.compress.pipeline import Pipeline, Stage, build_pipeline, difference
from ui.screens.compress.presets import presets

# Name, where it starts, the step, accuracy of three seeds, bytes, MACs, p50 in ms.
CHAIN = (
    ("1. Slice", "teacher", "slice", (0.12, 0.12, 0.12), 500_000, 10e6, 0.4),
    ("2. KD", "1. Slice", None, (0.90, 0.91, 0.92), 500_000, 10e6, 0.4),
    ("3. Prune", "2. KD", "prune", (0.70, 0.72, 0.74), 250_000, 5e6, 0.2),
    ("4. KD", "3. Prune", None, (0.88, 0.90, 0.92), 250_000, 5e6, 0.2),
    ("5. int8", "4. KD", "int8", (0.87, 0.89, 0.91), 100_000, 5e6, 0.1),
)
BESIDE = (("random weights, labels", "3. Prune", "fresh", (0.80, 0.81, 0.82), 250_000, 5e6, 0.2),)


def judged(direction: str, seeds: int) -> Verdict:
    return Verdict(direction=direction, seeds=seeds, p_value=0.01)


def experiment() -> Experiment:
    students = []
    for name, source, step, *_ in (*CHAIN, *BESIDE):
        fresh = step == "fresh"
        start = {"source": source, "change": {"step": step} if step else None}
        students.append(
            {
                "name": name,
                "architecture": "plain_cnn",
                "start": start,
                "untrained": bool(step) and not fresh,
                "role": "control" if fresh else "student",
                "seeds": (0, 1, 2),
            }
        )
    teacher = TrainedTeacher(architecture="plain_cnn", budget=Budget(updates=1)).model_dump()
    return Experiment.of({"task": "digits", "teacher": teacher, "students": students})


TAKEN = {"disturbed": "", "round_id": "a" * 32}


def tables(done: int = 6, **changes: dict) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The lab's summary and results once so many networks are finished; ``changes`` are of rows, by their step."""
    rows = [("CNN", None, None, (0.93,), 1_000_000, 40e6, 0.8), *(*CHAIN, *BESIDE)[:done]]
    summary, results = [], []
    for name, _, step, seeds, size, macs, p50 in rows:
        role = "teacher" if name == "CNN" else "control" if step == "fresh" else "student"
        own = {"student": name, "role": role, **changes.get(step or "", {})}
        ids = [f"{name} {seed}" for seed in range(len(seeds))]
        half = 0.05 if len(seeds) == 3 else None
        numbers = {"onnx_bytes": size, "macs": macs, "p50_ms": p50, "zipped_bytes": 0.9 * size, "parameters": size / 4}
        numbers |= TAKEN
        file = "int8" if step == "int8" else "float32"
        reached = {"test_accuracy": sum(seeds) / len(seeds), "test_accuracy_half_width": half}
        summary.append({**numbers, "file": file, **reached, "run_ids": ids, **own})
        results += [
            {"run_id": ids[seed], "seed": seed, "state": "finished", "test_accuracy": one, "step_notes": {}, **own}
            for seed, one in enumerate(seeds)
        ]
    return pd.DataFrame(summary), pd.DataFrame(results)


def built(done: int = 6, **changes: dict) -> Pipeline:
    return build_pipeline(experiment(), *tables(done, **changes))


def stage(found: Pipeline, name: str) -> Stage:
    return next(one for one in found.all_stages() if one.name == name)


def test_the_stages_stand_in_their_order_below_the_teacher_and_the_others_beside_them():
    found = built()
    assert [one.name for one in found.stages] == ["CNN", *names_of(experiment())]
    assert [one.name for one in found.others] == ["random weights, labels"]
    assert [one.step for one in found.stages] == [None, "slice", None, "prune", None, "int8"]
    assert stage(found, "2. KD").by_seed == {0: 0.90, 1: 0.91, 2: 0.92}
    assert stage(found, "5. int8").file == "int8"


def test_a_stage_that_is_not_finished_has_its_place():
    found = built(done=2)
    assert len(found.stages) == 6
    assert [one.name for one in found.done] == ["CNN", "1. Slice", "2. KD"]
    assert not found.others[0].done
    chart = hero.chart(found, looks(found), dark=False)
    assert list(chart.figure.layout.xaxis.ticktext) == [
        *("CNN", "1. Slice", "2. KD", "3. Prune", "4. KD", "5. int8"),
        "labels",
    ]
    assert chart.alt.endswith("2. KD 91.0 % (500 kB, 0.40 ms); 3 steps to come")


def test_a_pipeline_without_any_result_can_be_drawn():
    found = build_pipeline(experiment(), *(table.iloc[:0] for table in tables()))
    chart = hero.chart(found, looks(found), dark=True)
    assert chart.alt == "Test accuracy and cost from step to step: nothing yet; 5 steps to come"


def looks(found: Pipeline) -> dict[str, style.Look]:
    return style.looks({one.name: one.role for one in found.all_stages()}, dark=False)


def test_the_chart_has_four_rows_on_one_level_axis_and_a_table():
    found = built()
    chart = hero.chart(found, looks(found), dark=False)
    layout = chart.figure.layout
    domains = [layout[f"yaxis{place}"].domain for place in ("", 2, 3, 4)]
    assert all(lower[1] < upper[0] for upper, lower in pairwise(domains))
    assert [layout[f"yaxis{place}"].type for place in (2, 3, 4)] == ["log"] * 3
    assert list(chart.table["Test accuracy (%)"]) == [93.0, 12.0, 91.0, 72.0, 90.0, 89.0, 81.0]
    assert list(chart.table["Size of the ONNX file (kB)"])[:2] == [1000.0, 500.0]
    (interval, alike, others) = chart.legend
    assert "95 % interval" in interval
    assert alike == "without a bar: the same for every seed"
    assert "trained from scratch" in others


def test_each_small_chart_writes_a_number_where_it_changed():
    found = built()
    chart = hero.chart(found, looks(found), dark=False)
    written = {
        axis: [one.text[0] for one in chart.figure.data if one.text and one.yaxis == axis] for axis in ("y2", "y3")
    }
    assert [text for text in written["y2"] if text] == ["1.0 MB", "500 kB", "250 kB", "100 kB"]
    assert [text for text in written["y3"] if text] == ["40.0 M", "10.0 M", "5.0 M"]


def test_what_a_stage_changed_is_beside_the_network_it_was_made_of():
    found = built()
    changes = [said.change(found, one) for one in found.stages]
    assert changes[0] is None
    assert [(one.macs, one.onnx_bytes, round(one.gap.points.mean, 6)) for one in changes[1:]] == [
        (0.25, 0.5, -81.0),
        (None, None, 79.0),
        (0.5, 0.5, -19.0),
        (None, None, 18.0),
        (None, 0.4, -1.0),
    ]
    assert {one.beside for one in changes[1:]} == {None}


@pytest.mark.parametrize(
    ("share", "texts"),
    [
        (0.49, ["half the bytes"]),
        (0.26, ["26 % of the bytes"]),
        (0.25, ["a quarter of the bytes"]),
        (0.05, ["20 times fewer bytes"]),
        (1.5, ["1.5 times the bytes"]),
    ],
)
def test_a_share_reads_as_a_fraction(share, texts):
    assert fractions({"onnx_bytes": share}) == texts


@pytest.mark.parametrize(
    ("macs", "size", "texts"),
    [
        (0.5, 0.22, ["50 % of the MACs", "22 % of the bytes"]),
        (0.5, 0.25, ["half the MACs", "a quarter of the bytes"]),
        (0.05, 0.3, ["5.0 % of the MACs", "30 % of the bytes"]),
        (0.05, 0.075, ["20 times fewer MACs", "13 times fewer bytes"]),
        (0.5, 1.2, ["50 % of the MACs", "120 % of the bytes"]),
    ],
)
def test_shares_in_one_list_have_one_form(macs, size, texts):
    assert fractions({"macs": macs, "onnx_bytes": size}) == texts


def facts(found: Pipeline, verdicts: dict[str, Verdict] | None = None, **more: object) -> tuple[Fact, ...]:
    return findings.found(found, classes=10, verdicts=verdicts or {}, **more)


def test_the_end_is_told_beside_the_teacher_and_beside_random_weights():
    end, baseline, sliced, int8 = facts(built(), {"random weights, labels": judged("better", 3)})
    assert (end.network, end.teacher, end.on_file) == (Named(name="5. int8"), 0.93, True)
    assert (end.size_bytes, end.p50_ms) == (Pair(own=100_000, other=1_000_000), Pair(own=0.1, other=0.8))
    assert (round(end.gap.points.mean, 6), round(end.gap.points.half_width, 1)) == (-4.0, 5.0)
    assert (baseline.name, baseline.network, baseline.verdict) == (
        "random weights, labels",
        Named(name="4. KD"),
        "better",
    )
    assert round(baseline.gap.points.mean, 6) == 9.0
    assert (sliced.network.name, sliced.guess, sliced.accuracy.alike) == ("1. Slice", True, True)
    assert (int8.bytes_share, int8.speed.direction, round(int8.gap.points.mean, 6)) == (0.4, "faster", -1.0)


def other(step: str, accuracy: float, notes: dict, **numbers: float) -> tuple[Pipeline, Stage]:
    """A pipeline of the teacher and one step that was done to it."""
    teacher = Stage(
        name="CNN",
        role="teacher",
        accuracy=0.9,
        by_seed={0: 0.9},
        numbers={"onnx_bytes": 1e6, "p50_ms": 0.5, "zipped_bytes": 9e5},
        taken=TAKEN,
        notes={},
    )
    made = Stage(
        name="made",
        role="student",
        step=step,
        source="teacher",
        accuracy=accuracy,
        by_seed={0: accuracy},
        numbers={"onnx_bytes": 1e6, "p50_ms": 0.49, **numbers},
        taken=TAKEN,
        notes=notes,
    )
    return Pipeline(stages=(teacher, made), others=()), made


@pytest.mark.parametrize(
    ("p50_ms", "direction"),
    [(0.5, "no faster"), (0.49, "no faster"), (0.52, "no faster"), (0.4, "faster"), (0.6, "slower")],
)
def test_zeros_zip_well_and_of_two_measured_times_is_said_what_they_show(p50_ms, direction):
    found, _ = other("sparsify", 0.85, {"zeros": 0.8}, zipped_bytes=3e5, p50_ms=p50_ms)
    assert facts(found)[1] == Sparse(
        network=Named(name="made"),
        zeros=0.8,
        zipped=Pair(own=3e5, other=9e5),
        speed=Speed(now_ms=p50_ms, then_ms=0.5, direction=direction),
    )


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (judged("worse", 3), ("worse", False)),
        (judged("better", 1), ("better", True)),
        (judged("no difference shown", 1), ("no difference shown", True)),
        (judged("too few seeds", 2), (None, False)),
    ],
)
def test_of_one_seed_is_said_that_it_speaks_of_two_networks(verdict, told):
    baseline = facts(built(), {"random weights, labels": verdict})[1]
    assert (baseline.verdict, baseline.one_seed) == told


def test_what_was_never_trained_is_one_network_whatever_the_seed():
    found = built()
    assert [stage.name for stage in found.stages if stage.seedless] == ["CNN", "1. Slice"]
    assert (stage(found, "1. Slice").half_width, stage(found, "3. Prune").half_width) == (None, 0.05)
    assert findings.accuracy(stage(found, "1. Slice")) == Accuracy(value=Estimate(mean=0.12), alike=True)
    assert not findings.accuracy(stage(found, "3. Prune")).alike
    gap = difference(stage(found, "1. Slice"), stage(found, "CNN"))
    assert (gap.mean, gap.half_width) == (pytest.approx(-0.81), None)
    chart = hero.chart(found, looks(found), dark=False)
    assert list(chart.table["Seeds"]) == [1, 1, 3, 3, 3, 3, 3]
    (point,) = [one for one in chart.figure.data if one.name == "1. Slice" and one.yaxis == "y"]
    assert point.error_y.array is None


def test_what_was_never_trained_has_no_interval_beside_its_cost():
    shown = trade.measured(tables()[0], built(), "onnx_bytes").set_index("student")["test_accuracy_half_width"]
    assert [name for name, half in shown.items() if np.isnan(half)] == ["CNN", "1. Slice"]


def test_an_untrained_network_that_differs_with_the_seed_keeps_its_interval():
    summary, results = tables()
    results.loc[results["run_id"] == "1. Slice 2", "test_accuracy"] = 0.15
    sliced = stage(build_pipeline(experiment(), summary, results), "1. Slice")
    assert (sliced.seedless, sliced.half_width) == (False, 0.05)


def test_beside_the_pipeline_stands_who_began_with_random_weights_and_no_other_control():
    start = Student(name="start's control", architecture="plain_cnn", method="labels", role="control", labels=100)
    asked = experiment()
    asked = asked.model_copy(update={"students": (*asked.students, start)})
    assert [one.name for one in build_pipeline(asked, *tables()).others] == ["random weights, labels"]


def test_all_differences_of_a_pipeline_have_as_many_digits():
    """84.4 and 73.9 % would be 10.5 points apart, and are 10.56: so it is told with two digits, and so are the rest."""
    found, made = other("round", 0.8444, {})
    assert findings.delta_digits(found) == 1
    again = replace(made, name="again", source="made", accuracy=0.7388, by_seed={0: 0.7388})
    found = replace(found, stages=(*found.stages, again))
    gaps = [one.gap for one in (*facts(found), *(said.change(found, each) for each in found.stages[1:]))]
    assert [gap.digits for gap in gaps] == [2] * len(gaps) == [2] * 5
    assert "-10.56" in say(said.change(found, again)).replace("\u2212", "-")


def test_rounding_tells_its_error():
    found, _ = other("round", 0.89, {"largest_error": 0.005}, zipped_bytes=1e5)
    (rounded,) = facts(found)
    assert (rounded.largest_error, rounded.zipped) == (0.005, Pair(own=1e5, other=9e5))
    assert round(rounded.gap.points.mean, 6) == -1.0


def test_accuracy_that_stayed_is_not_said_to_move_by_nothing():
    found, made = other("round", 0.9, {}, zipped_bytes=1e5)
    assert said.change(found, made).still
    assert facts(found) == (
        Rounded(network=Named(name="made"), gap=None, metric="accuracy", zipped=Pair(own=1e5, other=9e5)),
    )


def test_an_end_that_reaches_what_the_teacher_reaches_gains_nothing():
    found, _ = other("prune", 0.9, {}, p50_ms=0.25)
    assert facts(found) == (End(network=Named(name="made"), gap=None, teacher=0.9, p50_ms=Pair(own=0.25, other=0.5)),)


@pytest.mark.parametrize("verdict", [None, judged("no difference shown", 1)])
def test_two_networks_of_one_accuracy_have_no_difference(verdict):
    found, _ = other("prune", 0.9, {})
    fresh = replace(found.teacher, name="fresh", role="control")
    learnt = replace(found.teacher, name="learnt", role="student", source="made")
    found = Pipeline(stages=(*found.stages, learnt), others=(fresh,))
    (baseline,) = [fact for fact in facts(found, {"fresh": verdict} if verdict else {}) if isinstance(fact, Baseline)]
    assert (baseline.name, baseline.network.name, baseline.gap) == ("fresh", "learnt", None)
    assert baseline.verdict == (verdict.direction if verdict else None)


def test_a_slice_that_cuts_nothing_is_said_to_be_the_whole_network():
    found, made = other("slice", 0.9, {}, parameters=1000.0)
    teacher = replace(found.teacher, numbers={**found.teacher.numbers, "parameters": 1000.0})
    found = Pipeline(stages=(teacher, made), others=())
    assert facts(found)[-1] == Sliced(network=Named(name="made"))


@pytest.mark.parametrize(
    ("now_ms", "then_ms", "direction"),
    [
        (0.034, 0.030, "slower"),
        (4.0, 3.0, "slower"),
        (0.031, 0.030, "no faster"),
        (0.020, 0.030, "faster"),
    ],
)
def test_a_file_of_smaller_numbers_is_timed_beside_its_own_float_file(now_ms, then_ms, direction):
    found, _ = other("prune", 0.9, {}, p50_ms=then_ms)
    rounded = replace(stage(found, "made"), name="small", step="int8", file="int8", source="made")
    rounded = replace(rounded, numbers={"onnx_bytes": 3e5, "p50_ms": now_ms})
    assert facts(Pipeline(stages=(*found.stages, rounded), others=()))[-1] == SmallerNumbers(
        network=Named(name="small"),
        of_teacher=False,
        gap=None,
        metric="accuracy",
        bytes_share=0.3,
        speed=Speed(now_ms=now_ms, then_ms=then_ms, direction=direction),
    )


def test_a_slower_file_of_the_teacher_is_told_too():
    found, made = other("int8", 0.9, {}, p50_ms=0.6)
    told = facts(Pipeline(stages=(found.stages[0], replace(made, file="int8")), others=()))[-1]
    assert (told.of_teacher, told.speed.direction) == (True, "slower")


def test_a_network_that_trained_on_with_its_zeros_is_told_of_its_zip():
    found, made = other("sparsify", 0.85, {"zeros": 0.8}, zipped_bytes=3e5)
    learnt = replace(made, name="learnt", step=None, source="made", accuracy=0.9, by_seed={0: 0.9})
    told = facts(Pipeline(stages=(*found.stages, learnt), others=()))[-1]
    assert told == TrainedSparse(
        network=Named(name="learnt"),
        accuracy=Accuracy(value=Estimate(mean=0.9)),
        zipped=Pair(own=3e5, other=1e6),
        speed=Speed(now_ms=0.49, then_ms=0.49, direction="no faster"),
    )


def ticks(preset: str) -> list[str]:
    chain = next(one.chain for one in presets() if one.name == preset)
    asked = chain_experiment(chain, Blueprint.for_images(architecture="resnet20", channels=1, classes=10))
    found = build_pipeline(asked, *(table.iloc[:0] for table in tables()))
    return list(hero.chart(found, looks(found), dark=False).figure.layout.xaxis.ticktext)


@pytest.mark.parametrize(
    ("preset", "shown"),
    [
        ("sparse", ["1. zeros 0.5", "2. zeros 0.8", "3. zeros 0.9", "4. KD"]),
        ("default", ["1. Slice", "2. KD", "3. Prune", "4. KD", "5. int8"]),
        ("int8", ["1. int8", "2. per tensor", "3. dynamic", "4. float16"]),
        ("rounded", ["1. decimals 3", "2. decimals 2", "3. decimals 1"]),
    ],
)
def test_ticks_are_short_and_say_in_what_stages_differ(preset, shown):
    assert ticks(preset)[: len(shown)] == shown


def test_a_tick_holds_as_many_settings_as_there_is_room_for():
    _, made = other("int8", 0.9, {})
    ways = ("static, per channel, images 256", "static, per tensor, images 256", "dynamic, per channel")
    stages = [
        replace(made, name=f"{place}. 8-bit integers", short="int8", parts=tuple(way.split(", ")))
        for place, way in enumerate(ways, start=1)
    ]
    found = Pipeline(stages=tuple(stages), others=())
    chart = hero.chart(found, looks(found), dark=False)
    assert list(chart.figure.layout.xaxis.ticktext) == [
        "1. static, per channel",
        "2. static, per tensor",
        "3. dynamic, per channel",
    ]


def test_a_teacher_is_one_network_beside_every_seed():
    found = built()
    gap = difference(stage(found, "4. KD"), stage(found, "CNN"))
    assert (round(gap.mean, 4), gap.seeds) == (-0.03, 3)


def test_calibration_images_stand_in_rows():
    images_NHWC = np.arange(3 * 2 * 2, dtype=np.uint8).reshape(3, 2, 2, 1)
    assert calibration.sheet(images_NHWC, across=2).tolist() == [
        [0, 1, 4, 5],
        [2, 3, 6, 7],
        [8, 9, 0, 0],
        [10, 11, 0, 0],
    ]
    assert calibration.sheet(np.zeros((5, 4, 4, 3), dtype=np.uint8), across=5).shape == (4, 20, 3)


def test_the_trade_joins_each_stage_to_what_it_was_made_of():
    found, (summary, _) = built(), tables()
    chart = charts.pareto(
        summary,
        "onnx_bytes",
        looks(found),
        dark=False,
        path=[("CNN", "1. Slice"), ("1. Slice", "2. KD"), ("2. KD", "gone")],
    )
    (path,) = [one for one in chart.figure.data if one.name == "path"]
    assert [y and round(y, 2) for y in path.y] == [0.93, 0.12, None, 0.12, 0.91, None]


@pytest.mark.parametrize(("p50_ms", "times"), [(0.1, "0.50 times"), (0.4, "2.00 times")])
def test_the_int8_file_is_told_beside_its_float_file_on_this_cpu(p50_ms: float, times: str) -> None:
    found = build_pipeline(experiment(), *tables(int8={"p50_ms": p50_ms}))
    (told,) = eight_bits.measured(found)
    assert times in told
    assert "0.20 ms as float32" in told


def test_an_int8_file_that_was_not_timed_is_not_spoken_of() -> None:
    assert eight_bits.measured(build_pipeline(experiment(), *tables(int8={"p50_ms": float("nan")}))) == ()
    assert eight_bits.measured(build_pipeline(experiment(), *tables(done=3))) == ()


def test_what_is_known_of_a_cpu_is_told_apart() -> None:
    told = {eight_bits.known(instruction) for instruction in ("AVX-VNNI", "", None)}
    assert len(told) == 3
    assert all("slower" in text for text in told)
    assert "(AVX-VNNI)" in eight_bits.known("AVX-VNNI")
    assert eight_bits.asks_for_int8(experiment())
