"""The parts of the Robustness page in literal numbers: means over seeds, what they show, and the charts."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from distill_core.tasks import TASKS
from ui import charts
from ui.charts import Bar, Dot, Point, Series
from ui.findings.facts import Estimate, Fact, Gap
from ui.findings.robustness import (
    ControlRunMissing,
    NoDifference,
    OnCorrupted,
    Overtaken,
    SoFar,
    TeacherHas,
    TooFewSeeds,
)
from ui.networks import style
from ui.screens.robustness import adapted, findings, gallery, looks, testing, told
from ui.screens.robustness.trials import Trials, along_severity, by_seed, of_corruptions, of_strengths

ROLES = {"Big": "teacher", "control": "control", "KD": "student"}
FASHION = TASKS.get("fashion_mnist_small")
LOOKS = style.looks(ROLES, dark=False)
FOG, SNOW = {"fog": "Fog"}, {"fog": "Fog", "snow": "Snow"}


def cell(who: str, seed: int, disturbance: str, strength: float, accuracy: float, images: int = 500) -> dict:
    return {
        "run_id": f"{who}{seed}",
        "student": who,
        "seed": seed,
        "disturbance": disturbance,
        "strength": strength,
        "images": images,
        "accuracy": accuracy,
        "ece": (1 - accuracy) / 2,
        "unmoved": 0,
    }


def fogged(gain: float = 0.1, corruptions: tuple[str, ...] = ("fog",)) -> list[dict]:
    """The teacher has 0.9, the control 0.6, KD a gain over it; each severity costs 0.05, and seeds differ by 0.01."""
    rows = []
    for name in ("clean", *corruptions):
        for severity in (0,) if name == "clean" else range(1, 6):
            rows.append(cell("Big", 0, name, severity, 0.9 - 0.05 * severity))
            for seed in range(3):
                rows.append(cell("control", seed, name, severity, 0.6 + 0.01 * seed - 0.05 * severity))
                rows.append(cell("KD", seed, name, severity, 0.6 + gain + 0.011 * seed - 0.05 * severity))
    return rows


def trials(*rows: dict) -> Trials:
    summary = pd.DataFrame(
        [
            {"student": "Big", "role": "teacher", "control": None, "run_ids": ["Big0"]},
            {"student": "control", "role": "control", "control": None, "run_ids": ["control0", "control1", "control2"]},
            {"student": "KD", "role": "student", "control": "control", "run_ids": ["KD0", "KD1", "KD2"]},
        ]
    ).assign(seeds=[1, 3, 3], test_images=2000)
    return Trials(
        job=None,
        task=FASHION,
        summary=summary,
        results=pd.DataFrame(),
        rows=pd.DataFrame(list(rows)),
        looks=LOOKS,
        stamp=("x",),
    )


def test_clean_images_come_first_then_each_severity_with_its_interval():
    big, control, _ = along_severity(trials(*fogged()), ["fog"])
    assert [round(point.mean, 3) for point in big.points] == [0.9, 0.85, 0.8, 0.75, 0.7, 0.65]
    assert {point.half_width for point in big.points} == {None}
    assert control.points[5].mean == pytest.approx(0.36)
    # t(0.975, 2) is 4.303; three seeds 0.01 apart have a deviation of 0.01.
    assert control.points[5].half_width == pytest.approx(4.303 * 0.01 / 3**0.5, abs=1e-5)


def test_a_network_that_each_seed_repeats_has_no_interval():
    rows = [cell("control", seed, "fog", severity, 0.4) for seed in range(3) for severity in range(1, 6)]
    rows += [cell("control", seed, "clean", 0, 0.5) for seed in range(3)]
    repeated = replace(trials(*rows), repeated=frozenset({"control"}))
    halves = [
        {point.half_width for point in along_severity(found, ["fog"])[0].points} for found in (trials(*rows), repeated)
    ]
    assert halves == [{0.0}, {None}]


def test_a_corruption_counts_that_somebody_has_at_all_severities():
    rows = [*fogged(), cell("Big", 0, "snow", 1, 0.1)]
    big = along_severity(trials(*rows), ["fog", "snow"])[0]
    assert big.points[1].mean == pytest.approx(0.85)
    assert [dot.row for dot in of_corruptions(trials(*rows), SNOW)] == ["Fog"] * 3


def test_a_corruption_without_all_its_severities_is_no_mean_yet():
    rows = [row for row in fogged() if row["strength"] < 5]
    assert of_corruptions(trials(*rows), FOG) == []
    assert [dot.network for dot in of_corruptions(trials(*rows), FOG, (4,))] == ["Big", "control", "KD"]


def test_attacks_begin_at_clean_images():
    rows = [*fogged(), *(cell("Big", 0, "pgd", eps, 0.9 - 0.1 * eps) for eps in (1, 2))]
    big = of_strengths(trials(*rows), "pgd", (1, 2))[0]
    assert [(point.place, round(point.mean, 2)) for point in big.points] == [(0, 0.9), (1, 0.8), (2, 0.7)]


def test_what_most_trials_took_is_the_first_number_of_images():
    rows = [*fogged(), cell("Big", 0, "fog", 1, 0.5, images=1000)]
    found = trials(*rows)
    cells = [("clean", 0), ("fog", 1), ("fog", 2)]
    assert found.counts((500, 1000, 2000), cells, 2000) == ([500, 1000, 2000], 500)
    assert found.counts((500, 1000, 5000), [("pgd", 1)], 1000) == ([500, 1000, 2000], 1000)
    assert len(found.on(1000).rows) == 1
    assert found.on(500).lacking([("clean", 0), ("fog", 5)]) == []
    assert found.on(1000).lacking([("fog", 1)], ["Big0", "KD0"]) == ["KD0"]


def errors(points: float = 10.1, verdict: str = "better") -> pd.DataFrame:
    """What the lab says of the errors under corruption."""
    row = {"student": "KD", "seeds": 3, "delta_points": points, "delta_half_width_points": 0.2, "verdict": verdict}
    return pd.DataFrame([{**row, "student": "control", "verdict": ""}, row])


def of(facts: tuple[Fact, ...], kind: type[Fact]) -> list[Fact]:
    return [fact for fact in facts if isinstance(fact, kind)]


def test_the_facts_tell_the_fall_and_what_distilling_changed():
    fall, changed = findings.of_corruptions(trials(*fogged(corruptions=("fog", "snow"))), SNOW, errors(8.1))
    assert (fall.measure, fall.severity, [move.name for move in fall.moves]) == (
        "score",
        5,
        ["Big", "control", "KD"],
    )
    assert (round(fall.moves[0].before.mean, 6), fall.moves[0].before.half_width) == (0.9, None)
    assert (round(fall.moves[1].after.mean, 6), round(fall.moves[1].after.half_width, 3)) == (0.36, 0.025)
    assert changed.gap == Gap(points=Estimate(mean=8.1, half_width=0.2), verdict="better")
    assert (round(changed.clean.points.mean, 6), changed.clean.verdict) == (10.1, "better")
    assert round(changed.left) == 80


def test_who_is_behind_the_teacher_on_clean_images_and_ahead_at_the_end_is_told():
    rows = [row | ({"accuracy": 0.2} if (row["student"], row["strength"]) == ("Big", 5) else {}) for row in fogged()]
    (told,) = of(findings.of_corruptions(trials(*rows), FOG, errors()), Overtaken)
    assert told == Overtaken(names=("control", "KD"), severity=5)
    assert of(findings.of_corruptions(trials(*fogged()), FOG, errors()), Overtaken) == []
    # Within the interval of three seeds, 2.5 percentage points, nobody is ahead.
    rows = [row | ({"accuracy": 0.35} if (row["student"], row["strength"]) == ("Big", 5) else {}) for row in fogged()]
    (told,) = of(findings.of_corruptions(trials(*rows), FOG, errors()), Overtaken)
    assert told.names == ("KD",)


def test_a_share_of_a_gain_needs_both_differences():
    rows = [row | ({"accuracy": 0.6} if row["disturbance"] == "clean" else {}) for row in fogged()]
    (changed,) = of(findings.of_corruptions(trials(*rows), FOG, errors()), OnCorrupted)
    assert (changed.gap.points.mean, changed.clean, changed.left) == (10.1, None, None)
    (lost,) = of(findings.of_corruptions(trials(*fogged()), FOG, errors(-3.0, "worse")), OnCorrupted)
    assert (lost.gap.verdict, lost.clean.verdict, lost.left) == ("worse", "better", None)


def test_what_is_not_shown_is_no_sentence():
    told = findings.of_corruptions(trials(*fogged()), FOG, errors(verdict="no difference shown"))
    assert told[1:] == (NoDifference(),)
    # Of a student without a control, or one that nobody tested, there is nothing to say.
    assert findings.of_corruptions(trials(*fogged()), FOG, errors(verdict=""))[1:] == ()


@pytest.mark.parametrize("seeds", [1, 2])
def test_few_seeds_are_not_called_no_difference(seeds):
    told = findings.of_corruptions(trials(*fogged()), FOG, errors(verdict="too few seeds").assign(seeds=seeds))
    assert told[1:] == (TooFewSeeds(seeds=seeds),)


def test_differences_that_are_not_shown_are_not_told_of_attacks_and_confidence():
    def noisy(row: dict) -> dict:
        wrong = {0: 0.3, 1: 0.0, 2: -0.3}[row["seed"]] if row["student"] == "KD" else 0.0
        return row | {"accuracy": row["accuracy"] + wrong, "ece": row["ece"] + wrong}

    rows = [noisy(row) for row in fogged()]
    assert len(findings.of_calibration(trials(*rows), ["fog"])) == 1
    rows += [row | {"disturbance": "pgd"} for row in rows if row["strength"] == 2]
    (told,) = findings.of_attacks(trials(*rows), {"pgd": "PGD"}, (2,))
    assert {left.gap for left in told.left} == {None}


def test_an_incomplete_run_is_left_out_by_name_and_the_others_are_shown():
    rows = [row for row in fogged() if (row["run_id"], row["strength"]) != ("KD2", 5)]
    found = replace(trials(*rows), results=trials(*rows).rows[["run_id", "student", "seed"]])
    cells = [("clean", 0), *(("fog", severity) for severity in range(1, 6))]
    assert set(by_seed(found, cells)["KD"]) == {0, 1}
    whole, out = found.whole(cells)
    assert out == ["KD with seed 2"]
    assert set(whole.rows["run_id"]) == set(found.rows["run_id"]) - {"KD2"}
    assert whole.stamp != found.stamp
    assert len(findings.corruptions(whole, FOG, errors())) == 2
    assert [len(one.points) for one in along_severity(whole, ["fog"])] == [6, 6, 6]


def test_before_a_test_nobody_is_left_out_and_while_it_runs_only_who_is_behind():
    found = replace(trials(*fogged()), results=trials(*fogged()).rows[["run_id", "student", "seed"]])
    cells = [("clean", 0), *((name, severity) for name in ("fog", "snow") for severity in range(1, 6))]
    assert found.whole(cells)[1] == []
    assert found.whole([("pgd", 2)])[1] == []


def test_a_part_of_the_cells_allows_no_sentence():
    rows = [row for row in fogged() if row["strength"] < 4]
    assert findings.of_corruptions(trials(*rows), FOG, errors()) == (SoFar(tested=3, conditions=5),)


def test_an_attack_is_told_at_the_largest_eps_that_everybody_has():
    rows = [*fogged(), *(row | {"disturbance": "pgd"} for row in fogged() if row["strength"] in (1, 2))]
    rows.append(cell("Big", 0, "pgd", 8, 0.0))
    (told,) = findings.of_attacks(trials(*rows), {"pgd": "PGD", "fgsm": "FGSM"}, (1, 2))
    assert (told.attack, told.eps) == ("PGD", 2)
    left = [(one.name, one.is_teacher, round(one.accuracy.mean, 3)) for one in told.left]
    assert left == [("Big", True, 0.8), ("control", False, 0.51), ("KD", False, 0.611)]
    assert (round(told.left[2].gap.points.mean, 6), told.left[2].gap.verdict) == (10.1, "better")


def test_images_that_an_attack_could_not_move_are_told_with_their_network():
    rows = [cell("KD", seed, "fgsm", eps, 0.9) | {"unmoved": 3 * eps + seed} for seed in (0, 1) for eps in (2, 4)]
    rows += [cell("Big", 0, "fgsm", 4, 0.5), *fogged()]
    (told,) = findings.unmoved(trials(*rows), {"fgsm": "FGSM", "pgd": "PGD"})
    assert told.startswith("**FGSM** found no direction for 13 images of 500 of **KD**: the gradient is exactly zero")


def test_it_is_said_on_how_many_images():
    found = trials(*fogged())
    assert found.on(500).counted == "the first 500 of the 2,000 test images"
    assert found.on(2000).counted == "all 2,000 test images"


def test_less_calibration_error_is_more_honest():
    moved, honest = findings.of_calibration(trials(*fogged()), ["fog"])
    assert (moved.measure, moved.moves[0].name, round(moved.moves[0].before.mean, 6)) == ("ece", "Big", 0.05)
    assert (honest.student, round(honest.gap.points.mean, 2)) == ("KD", -5.05)


def test_the_adapted_one_is_judged_beside_what_it_was_and_beside_its_control_run():
    def where(controls: tuple[float, ...], afters: tuple[float, ...]) -> dict:
        return {
            "KD": {0: 0.5, 1: 0.52, 2: 0.48},
            "KD, trained on": dict(enumerate(controls)),
            "KD, adapted": dict(enumerate(afters)),
            "Big": {0: 0.9},
        }

    found = {
        "clean images": where((0.5, 0.5, 0.5), (0.49, 0.53, 0.48)),
        "Fog, severity 4": where((0.6, 0.63, 0.6), (0.601, 0.627, 0.605)),
    }
    clean, _, fog, control, teacher = adapted.facts(found, "KD", "KD, trained on", "KD, adapted", "Big")
    assert (clean.place, clean.gap.verdict, round(clean.gap.points.mean, 6)) == (None, "no difference shown", 0.0)
    assert (fog.place, fog.student, fog.gap.verdict) == ("Fog, severity 4", "KD", "better")
    assert (round(fog.before.mean, 6), round(fog.after.mean, 6), round(fog.gap.points.mean, 6)) == (0.5, 0.611, 11.1)
    # All of that gain came from more training, and the page says so.
    assert (round(control.accuracy.mean, 6), round(control.gap.points.mean, 6)) == (0.61, 0.1)
    assert control.gap.verdict == "no difference shown"
    assert teacher == TeacherHas(places=((None, Estimate(mean=0.9)), ("Fog, severity 4", Estimate(mean=0.9))))
    alone = {place: {who: of for who, of in them.items() if who != "KD, trained on"} for place, them in found.items()}
    for control_run in ("", "KD, trained on"):
        told = adapted.facts(alone, "KD", control_run, "KD, adapted", "Big")
        assert told[2] == ControlRunMissing(asked=bool(control_run))


def test_too_few_seeds_are_told_once_below_the_numbers():
    means = {"KD": {0: 0.5}, "KD, trained on": {0: 0.52}, "KD, adapted": {0: 0.6}, "Big": {0: 0.9}}
    told = adapted.facts({"clean images": means, "fog": means}, "KD", "KD, trained on", "KD, adapted", "Big")
    assert (round(told[0].gap.points.mean, 6), told[0].gap.verdict) == (10.0, None)
    assert (round(told[1].gap.points.mean, 6), told[1].gap.verdict) == (8.0, None)
    assert of(told, TooFewSeeds) == [TooFewSeeds(seeds=1)] == [told[-1]]


def test_an_answer_tells_right_or_wrong_and_how_sure():
    sure_C = np.array([0.1, 0.9])
    assert gallery.line("*", sure_C, 1, ("Coat", "Bag")) == ":small[* ✓ Bag 90\u00a0%]"
    assert "✗ Bag" in gallery.line("*", sure_C, 0, ("Coat", "Bag"))


def test_what_is_not_as_it_was_is_coloured_in_a_text():
    assert looks.marked("Guten Tag", "Gutem Tag!") == "Gute:red[m] Tag:red[!]"
    assert looks.marked("ab", "a b") == "a b"
    assert looks.marked("ab", "") == ""
    assert looks.read(np.array([72, 106, 0, 0])) == "Gi"


def test_bands_stand_behind_lines_without_whiskers():
    points = tuple(Point(place=place, mean=0.5, half_width=0.1) for place in range(2))
    series = [Series(name="KD", look=LOOKS["KD"], points=points)]
    chart = charts.along(series, ["0", "1"], title="", measure="Accuracy", dark=False, bands=True)
    band, line = chart.figure.data
    assert list(band.y) == pytest.approx([0.6, 0.6, 0.4, 0.4])
    assert (band.fill, line.error_y.array) == ("toself", None)
    assert "95 % interval" in chart.legend[-1]


def test_a_chart_of_dots_has_a_heading_a_group():
    found = [Dot(row=row, network=who, mean=0.5, half_width=0.1) for row in ("Fog", "Snow") for who in ("Big", "KD")]
    looks = {who: LOOKS[who] for who in ("Big", "KD")}
    chart = charts.dots(found, {"Weather": ["Fog", "Snow"]}, looks, measure="test accuracy", dark=False)
    assert list(chart.figure.layout.yaxis.ticktext) == ["<b>Weather</b>", "Fog", "Snow"]
    assert [list(trace.y) for trace in chart.figure.data] == [[0.9, 1.9], [1.1, 2.1]]
    assert list(chart.table.columns) == ["", "Big (%)", "Big ± (pp)", "KD (%)", "KD ± (pp)"]
    assert "KD from Fog 50.0 % to Snow 50.0 %" in chart.alt


def test_bars_are_measured_by_a_line():
    found = [Bar(network="KD", mean=0.8, half_width=0.05), Bar(network="Big", mean=0.5, half_width=None)]
    chart = charts.bars(found, LOOKS, measure="mCE", reference="control", dark=False)
    assert chart.figure.layout.shapes[0].x0 == 1
    # The toolbar takes the upper 30 px, the name of the line the 20 above the bars.
    assert chart.figure.layout.margin.t >= 30 + 20
    assert chart.alt == "mCE: KD 80.0 % ± 5.0, Big 50.0 %"
    assert list(chart.table["mCE (%)"]) == [80.0, 50.0]


def test_the_steps_were_set_on_the_images_of_fashion_mnist_alone():
    own = "The steps were set so that the shipped ResNet-20 loses accuracy at each, on these test images; "
    assert [told.steps(TASKS.get(task)).startswith(own) for task in ("fashion_mnist_small", "fashion_mnist")] == [
        True
    ] * 2
    assert (
        told.steps(TASKS.get("digits")) == "The steps were set on Fashion-MNIST; networks are compared at equal steps."
    )


def test_by_seed_pairs_the_same_cells():
    found = by_seed(trials(*fogged()), [("fog", 1), ("fog", 3)])
    assert found["control"] == pytest.approx({0: 0.5, 1: 0.51, 2: 0.52})


def test_a_file_without_gradients_is_not_attacked():
    files = pd.DataFrame({"run_id": ["Big0", "control0", "KD0"], "file": ["float32", "int8", "float16"]})
    found = testing.attackable(replace(trials(*fogged()), results=files))
    assert found == ["Big0", "control1", "control2", "KD1", "KD2"]


def test_the_time_of_a_test_is_that_of_the_answers_on_all_cores(monkeypatch):
    found = trials(*fogged())
    found = replace(found, summary=found.summary.assign(p50_ms=[0.57, 0.05, 0.05]), images=2000)
    monkeypatch.setattr(testing, "available_threads", lambda: 2)
    # 76 cells of 2,000 images: 0.018 ms to corrupt one, 0.95 of each latency to answer it, two answers at once.
    own = testing.seconds(found, ["Big0", "KD0", "KD1", "KD2"], 76)
    assert own == pytest.approx(1 + 152 * (0.018 + 0.95 * (0.57 + 3 * 0.05) / 2))
    assert 50 < own < 60
    # Clean once, FGSM four and PGD 31 answers' time, with torch.
    cells = [("clean", 0), ("fgsm", 4), ("pgd", 4)]
    assert testing.attack_seconds(found, ["Big0"], cells) == pytest.approx(1 + (1 + 1.5 * 35) * 2 * 0.95 * 0.57 / 2)
