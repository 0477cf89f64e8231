"""Charts say the truth in figure, words and table, and a network looks the same in all of them."""

import math
import re

import numpy as np
import pandas as pd
import pytest

from tests.ui.test_style import contrast
from ui import charts
from ui.charts import axes, chart, labels
from ui.charts.parallel import MEASURES, _heights
from ui.networks import style

LOOKS = style.looks({"T": "teacher", "C": "control", "A": "student", "B": "student"}, dark=False)
ROWS = pd.DataFrame(
    {
        "student": ["T", "C", "A", "B"],
        "role": ["teacher", "control", "student", "student"],
        "test_accuracy": [0.93, 0.77, 0.85, 0.84],
        "test_accuracy_half_width": [None, 0.02, 0.01, 0.02],
        "onnx_bytes": [1_100_000, 325_000, 325_000, 400_000],
        "size_bytes": [550_000, 320_000, 320_000, 390_000],
        "macs": [40e6, 2.6e6, 2.6e6, 5e6],
        "p50_ms": [0.62, 0.11, 0.11, 0.2],
        "ece": [0.02, 0.1, 0.04, 0.05],
        "agreement": [None, 0.78, 0.86, 0.85],
        "on_front": [True, False, True, False],
        "near_front": [False, False, False, True],
    }
)


def pareto(rows=ROWS, **changes):
    return charts.pareto(rows, "onnx_bytes", LOOKS, **{"dark": False, **changes})


def trace(made, name):
    return next(one for one in made.figure.data if one.name == name)


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (80_000, 1_500_000, ["100 kB", "300 kB", "1 MB"]),
        (200_000, 900_000, ["200 kB", "500 kB", "1 MB"]),
        (9e3, 2e7, ["10 kB", "100 kB", "1 MB", "10 MB"]),
    ],
)
def test_a_logarithmic_axis_of_bytes_reads_in_bytes(low, high, texts):
    made = axes.scale([low, high], charts.COSTS["size_bytes"], log=True)
    assert list(made.texts) == texts


def test_an_axis_of_shares_has_ticks_to_read_from():
    made = axes.share_scale([0.732], [0.945])
    assert made.texts == ("75 %", "80 %", "85 %", "90 %", "95 %")
    assert axes.share_scale([0.99], [0.99]).high <= 1.01


def test_no_interval_of_accuracies_leaves_the_shares_that_there_are():
    bars = axes.share_bars([0.9997, 0.5, 0.001], [0.0005, 0.1, 0.2], colour="red")
    assert bars["array"] == pytest.approx([0.0003, 0.1, 0.2])
    assert bars["arrayminus"] == pytest.approx([0.0005, 0.1, 0.001])
    assert axes.share_bars([0.5], [0.0], colour="red") is None
    up = axes.share_scale([0.99], [1.02])
    assert (up.high, up.ticks[-1]) == (pytest.approx(1.005), 1.0)


def test_equal_costs_still_get_three_ticks():
    assert len(axes.scale([325_000, 325_000], charts.COSTS["onnx_bytes"], log=True).ticks) >= 3


def test_a_linear_axis_of_a_cost_starts_at_zero():
    made = axes.scale([10e6, 40e6], charts.COSTS["macs"], log=False)
    assert (made.low, made.texts[0], made.texts[-1]) == (0, "0", "40 M")


@pytest.mark.parametrize(("value", "text"), [(0.015, "0.015 ms"), (0.5, "0.5 ms"), (2.0, "2 ms")])
def test_ticks_of_latency_keep_what_tells_them_apart(value, text):
    assert axes.tick(charts.COSTS["p50_ms"], value) == text


@pytest.mark.parametrize("log", [True, False])
def test_a_scale_finds_its_way_back(log):
    made = axes.scale([1e5, 1e6], charts.COSTS["macs"], log=log)
    assert made.value(made.place(3e5)) == pytest.approx(3e5)


def test_points_of_equal_cost_stand_where_they_are_while_they_do_not_cover_each_other():
    assert labels.dodge([0.5, 0.5, 0.5], [(0, 10), (20, 30), (40, 50)]) == [0.5] * 3


def test_points_that_would_cover_each_other_stand_side_by_side_and_the_best_keeps_its_place():
    moved = labels.dodge([0.5, 0.5, 0.5, 0.9], [(0, 10), (5, 15), (8, 18), (0, 10)])
    assert (moved[0], moved[3]) == (0.5, 0.9)
    assert sorted(moved[:3])[0] < 0.5 < sorted(moved[:3])[2]


def test_at_the_left_end_points_move_to_the_right_alone():
    assert min(labels.dodge([0.0, 0.0, 0.0], [(0, 10)] * 3)) == 0.0


@pytest.mark.parametrize(("accuracies", "aside"), [((0.7, 0.9), False), ((0.8, 0.8001), True)])
def test_a_chart_says_where_points_do_not_stand_at_their_cost(accuracies, aside):
    rows = ROWS.iloc[:2].assign(test_accuracy=accuracies, onnx_bytes=[3e5, 3e5], test_accuracy_half_width=float("nan"))
    made = pareto(rows)
    assert any("side by side" in entry for entry in made.legend) == aside


def test_names_of_close_points_do_not_meet():
    spots = [labels.Spot(0.5, 100 + 4 * place, f"network {place}") for place in range(5)]
    placed = labels.place(spots)
    boxes = [labels._box(spot, label, 300) for spot, label in zip(spots, placed, strict=True)]
    assert not any(labels._meet(one, other) for n, one in enumerate(boxes) for other in boxes[:n])


def test_where_there_is_no_room_for_all_names_the_first_ones_stand_there():
    spots = [labels.Spot(0.5, 100 + place, "a network with a long name") for place in range(20)]
    placed = labels.place(spots)
    clear = labels.clear(spots, placed)
    boxes = [
        labels._box(*pair, 300) for pair, alone in zip(zip(spots, placed, strict=True), clear, strict=True) if alone
    ]
    assert clear[0]
    assert 1 < len(boxes) < 20
    assert not any(labels._meet(one, other) for n, one in enumerate(boxes) for other in boxes[:n])


def test_a_name_without_room_in_the_chart_stands_in_the_legend():
    crowd = pd.concat([ROWS.iloc[2:3].assign(student=f"a network with a long name, {n}") for n in range(8)])
    looks = style.looks(dict.fromkeys(crowd["student"], "student"), dark=False)
    made = charts.pareto(
        crowd.assign(test_accuracy=[0.85 + n / 1e4 for n in range(8)]), "onnx_bytes", looks, dark=False
    )
    named = [note.text for note in made.figure.layout.annotations if note.text.startswith("a network")]
    told = [entry for entry in made.legend if "a network with" in entry]
    assert named
    assert len(named) + len(told) == 8


def test_a_name_at_the_right_edge_stands_on_the_left():
    assert labels.place([labels.Spot(0.95, 50, "a long name here")]) == [labels.Label(right=False, shift_px=0)]


def test_no_name_stands_above_the_plot():
    crowd = [labels.Spot(0.5 + place / 50, 12, "2. Knowledge distillation") for place in range(4)]
    placed = labels.place(crowd)
    assert all(spot.down_px + label.shift_px >= 0 for spot, label in zip(crowd, placed, strict=True))


def test_a_name_leaves_the_line_of_the_front():
    [label] = labels.place([labels.Spot(0.3, 100, "on the front")], lines=[labels.Line(0.3, 1, 100, 100)])
    assert label.shift_px != 0 or not label.right


@pytest.mark.parametrize("dark", [False, True])
def test_the_teacher_is_a_star_in_the_text_colour_and_the_control_a_grey_cross(dark):
    colours = style.theme(dark)
    made = charts.pareto(
        ROWS, "onnx_bytes", style.looks(dict(zip(ROWS["student"], ROWS["role"], strict=True)), dark=dark), dark=dark
    )
    assert (trace(made, "T").marker.symbol, trace(made, "T").marker.color) == ("star", colours.text)
    assert (trace(made, "C").marker.symbol, trace(made, "C").marker.color) == ("cross", colours.control)
    assert made.figure.layout.paper_bgcolor == colours.background


def test_the_name_of_a_device_is_shown_letter_for_letter():
    made = charts.pareto(
        ROWS.assign(device_p50_ms=ROWS["onnx_bytes"] / 1e6), charts.on_device("<b>my</b> phone"), LOOKS, dark=False
    )
    assert made.figure.layout.xaxis.title.text == "Median latency (browser) on &lt;b&gt;my&lt;/b&gt; phone (log)"


def test_an_interval_is_drawn_where_there_is_one():
    assert trace(pareto(), "A").error_y.array == (0.01,)
    assert trace(pareto(), "T").error_y.array is None
    assert "interval" not in " ".join(pareto(ROWS.assign(test_accuracy_half_width=None, near_front=False)).legend)


def test_the_front_is_drawn_as_steps_to_the_edge():
    made = pareto()
    front = trace(made, "front")
    assert (front.line.shape, list(front.y)) == ("hv", [0.85, 0.93, 0.93])
    assert list(front.x[:2]) == [325_000, 1_100_000]
    assert math.log10(front.x[2]) == pytest.approx(made.figure.layout.xaxis.range[1])


def test_without_marks_of_the_lab_there_is_no_front():
    made = pareto(ROWS.drop(columns=["on_front", "near_front"]))
    assert "front" not in [one.name for one in made.figure.data]
    assert "On the Pareto front" not in made.table


def test_a_point_whose_interval_reaches_the_front_wears_a_ring():
    rings = [one for one in pareto().figure.data if one.marker.symbol == "circle-open"]
    assert [list(ring.y) for ring in rings] == [[0.84]]


def test_the_words_and_the_table_hold_the_numbers():
    made = pareto()
    assert made.alt == (
        "Size of the ONNX file and test accuracy: T 93.0 % at 1.1 MB, A 85.0 % at 325 kB, B 84.0 % at 400 kB, "
        "C 77.0 % at 325 kB"
    )
    assert list(made.table["On the Pareto front"]) == ["yes", "yes", "perhaps", "no"]
    assert list(made.table["Size of the ONNX file (kB)"]) == [1100, 325, 400, 325]


def test_who_has_no_accuracy_or_no_such_cost_is_left_out():
    rows = ROWS.assign(test_accuracy=[0.93, None, 0.85, 0.84], onnx_bytes=[1_100_000, 325_000, None, 400_000])
    assert list(pareto(rows).table["Network"]) == ["T", "B"]


def test_few_networks_are_named_in_the_chart_and_many_in_the_legend():
    assert {note.text for note in pareto().figure.layout.annotations} >= {"T", "C", "A", "B"}
    many = pd.concat([ROWS.assign(student=ROWS["student"] + str(n)) for n in range(3)], ignore_index=True)
    looks = style.looks(dict(zip(many["student"], many["role"], strict=True)), dark=False)
    made = charts.pareto(many, "onnx_bytes", looks, dark=False)
    named = {note.text for note in made.figure.layout.annotations}
    assert "T0" in named
    assert "B0" not in named
    assert any("B0" in entry for entry in made.legend)


def test_of_very_many_the_legend_names_the_front_and_the_marked_ones():
    many = pd.concat([ROWS.assign(student=ROWS["student"] + f"-{n}", on_front=False) for n in range(6)])
    many = many.assign(on_front=many["student"] == "A-3")
    looks = style.looks(dict(zip(many["student"], many["role"], strict=True)), dark=False)
    told = " ".join(charts.pareto(many, "onnx_bytes", looks, dark=False, marked=["B-5", "gone"]).legend)
    assert re.findall(r"[TCAB]-\d", told) == ["A-3", "B-5"]
    assert "22 more networks" in told


POINTS = pd.DataFrame(
    [
        ("r0", "A", 0, 10, "valid_accuracy", 0.5),
        ("r0", "A", 0, 20, "valid_accuracy", 0.7),
        ("r1", "A", 1, 10, "valid_accuracy", 0.6),
        ("r1", "A", 1, 20, "valid_accuracy", 0.8),
        ("r0", "A", 0, 10, "loss", 2.0),
    ],
    columns=["run_id", "student", "seed", "update", "kind", "value"],
).assign(unit="")


def test_a_curve_is_the_mean_over_seeds_with_each_seed_behind_it():
    made = charts.curves(POINTS, "valid_accuracy", LOOKS, dark=False)
    assert list(trace(made, "A").y) == pytest.approx([0.55, 0.75])
    assert [one.mode for one in made.figure.data if one.opacity is not None] == ["lines", "lines"]
    assert made.alt == "Validation accuracy at the end of training: A 75.0 %"
    assert list(made.table["A (%)"]) == [55.0, 75.0]


def test_a_loss_starts_at_zero_and_one_seed_has_no_shadow():
    made = charts.curves(POINTS, "loss", LOOKS, dark=False)
    assert (len(made.figure.data), made.figure.layout.yaxis.range[0]) == (1, 0)


@pytest.mark.parametrize(
    ("units", "title", "header"),
    [(("nats", "nats"), "soft (nats)", "A (nats)"), (("", ""), "soft", "A"), (("nats", ""), "soft", "A")],
    ids=["both are in nats", "mean squared errors", "one of each"],
)
def test_a_loss_is_in_nats_only_where_its_methods_say_so(units, title, header):
    rows = [(f"r{name}", name, 0, 10, "soft", 1.0, unit) for name, unit in zip("AB", units, strict=True)]
    made = charts.curves(pd.DataFrame(rows, columns=POINTS.columns), "soft", LOOKS, dark=False)
    assert made.figure.layout.annotations[0].text.endswith(title.removeprefix("soft"))
    assert ("nats" in made.figure.layout.annotations[0].text) == ("nats" in title)
    assert header in made.table


def test_a_curve_that_is_not_there_is_said():
    assert charts.curves(POINTS, "soft", LOOKS, dark=False).alt.endswith("no curve yet")


COUNTS = np.array([[90, 10, 0], [30, 70, 0], [0, 0, 50]])


def test_confusion_is_percent_of_a_class_and_names_the_worst_mistake():
    made = charts.confusion(COUNTS, ("cat", "dog", "eel"), "A", dark=False, top=30)
    mistakes, right, numbers = made.figure.data
    assert dict(zip(zip(numbers.y, numbers.x, strict=True), numbers.text, strict=True)) == {
        ("cat", "dog"): "10",
        ("dog", "cat"): "30",
    }
    assert mistakes.z[1][0] == 30
    assert np.isnan(mistakes.z[0][2])
    assert right.text[0][0] == "90"
    assert made.alt == "Confusion of A: the most frequent mistake is 30 % of dog taken for cat"
    assert list(made.table["Answer: cat"]) == [90, 30, 0]


def test_two_matrices_share_the_colour_of_their_worst_mistake():
    assert charts.highest_mistake(COUNTS, np.diag([5, 5, 5])) == 30


@pytest.mark.parametrize("dark", [False, True])
def test_every_number_of_a_confusion_can_be_read_on_its_cell(dark):
    percents = np.diag(np.full(10, 100.0))
    percents[0, 1:] = range(2, 20, 2)
    made = charts.confusion(percents, tuple("abcdefghij"), "A", dark=dark, top=20)
    cells, numbers = made.figure.data[0], made.figure.data[-1]
    stops, hexes = zip(*cells.colorscale, strict=True)
    assert len(numbers.text) == 9
    for colour, text in zip(numbers.textfont.color, numbers.text, strict=True):
        parts = [np.interp(float(text) / 20, stops, [int(one[i : i + 2], 16) for one in hexes]) for i in (1, 3, 5)]
        assert contrast(colour, "#" + "".join(f"{round(part):02X}" for part in parts)) >= 4.5


def test_a_class_without_images_divides_nothing():
    assert charts.highest_mistake(np.zeros((3, 3), dtype=int)) == 0


def test_gains_are_sorted_and_a_loss_is_grey():
    made = charts.class_gains(
        {"cat": [2.0, 4.0], "dog": [-1.0, 0.0], "eel": [5.0, 7.0]}, "A", "C", LOOKS["A"], dark=False
    )
    bars = made.figure.data[0]
    assert list(bars.x) == [-0.5, 3.0, 6.0]
    assert list(bars.marker.color) == [style.LIGHT.control, LOOKS["A"].colour, LOOKS["A"].colour]
    assert list(made.table["Class"]) == ["eel", "cat", "dog"]
    assert made.alt == "Recall of A against C by class, in percentage points: from dog −0.5 to eel +6.0"


def test_the_number_of_a_class_stands_at_its_bar_also_where_classes_are_numbers():
    made = charts.class_gains({"0": [2.0], "1": [-3.0], "2": [1.0]}, "A", "C", LOOKS["A"], dark=False)
    assert list(made.figure.data[0].y) == ["1", "2", "0"]
    assert [(one.y, one.text) for one in made.figure.layout.annotations] == [(0, "−3.0"), (1, "+1.0"), (2, "+2.0")]


def test_a_long_name_beside_a_bar_takes_a_second_line():
    made = charts.class_gains({"mental or behavioral": [2.0], "cat": [1.0]}, "A", "C", LOOKS["A"], dark=False)
    assert list(made.figure.data[0].y) == ["cat", "mental or<br>behavioral"]
    assert labels.broken("taught by the teacher, norms anew", 18) == ["taught by the", "teacher, norms an…"]
    assert [labels.broken(name, 18) for name in ("", "KD")] == [[""], ["KD"]]


def test_gains_of_one_seed_have_no_strokes():
    made = charts.class_gains({"cat": [2.0], "dog": [1.0]}, "A", "C", LOOKS["A"], dark=False)
    assert (len(made.figure.data), list(made.table)) == (1, ["Class", "Gain in recall (pp)"])


def test_all_measures_are_higher_where_they_are_better():
    made = charts.parallel(ROWS, LOOKS, dark=False)
    heights = dict(zip([m.column for m in MEASURES], trace(made, "T").y, strict=True))
    assert heights == {
        "test_accuracy": 1.0,
        "size_bytes": 0.0,
        "macs": 0.0,
        "p50_ms": 0.0,
        "ece": 1.0,
        "agreement": None,
    }
    assert "Test accuracy: T (93.0 %)" in made.alt


def test_equal_values_stand_in_the_middle():
    assert _heights([2.0, 2.0, math.nan], MEASURES[1]) == [0.5, 0.5, None]


def test_a_table_rounds_as_a_sentence_does():
    assert chart.rounded(pd.Series([93.45, None]), 1)[0] == 93.5
