"""The heat map is the runs of its grid and nothing more: noise gets no frame, and a slider moves data alone."""

import functools
import re
from types import SimpleNamespace
from typing import Any

import altair
import numpy as np
import pandas as pd
import pytest

from distill_core.events import RunFailed, RunStarted, ValidPoint
from distill_core.planning.resolve import resolve_experiment
from distill_core.reports.experiment_report import ExperimentReport
from distill_core.reports.grid_cells import METRICS
from distill_core.reports.results import RESULT_COLUMNS, numbers
from distill_core.reports.sweeps import Sweep
from distill_core.tasks import TASKS
from distill_core.templates.grid import GridSpec, grid_experiment, grid_of
from tests.ui.test_style import contrast
from ui.networks import style
from ui.screens.temperature import heat
from ui.screens.temperature.grid import METRIC_WORDS, View, view

# Every ninth of the 64 stops of Vega's own scheme, from its dark end to its bright one.
CIVIDIS = ["#002051", "#16396D", "#47536D", "#6E6D71", "#8C8877", "#AEA575", "#D8C462", "#FCE647"]

# Rising with T alone, so that lines of equal value stand upright: 60, 70 and 80 % at x 0, 1 and 2.
SLOPE = {(T, alpha): (v - 0.01, v, v + 0.01) for alpha in (0.5, 1.0) for T, v in ((1.0, 0.6), (2.0, 0.7), (4.0, 0.8))}
# Rising with alpha too, by 3 percentage points.
PLANE = {(T, alpha): tuple(v + (0.03 if alpha == 1 else 0) for v in runs) for (T, alpha), runs in SLOPE.items()}
# s is 1 point and q(0.95; 3, 4) from tables 5.040, so cells 2.91 percentage points behind the best are told from
# it, and no other.
NEAR = {(1.0, 0.5): (0.60, 0.69, 0.78), (2.0, 0.5): (0.58, 0.69, 0.80), (4.0, 0.5): (0.60, 0.70, 0.80)}
FAR = {(1.0, 0.5): (0.61, 0.70, 0.79), (2.0, 0.5): (0.54, 0.65, 0.76), (4.0, 0.5): (0.60, 0.70, 0.80)}

# As steep as the slope, but seeds pull two cells apart: s² is 4 noise² / 10, and the margin q(0.95; 6, 10) · s / √3 =
# 4.912 · 0.6325 · noise / 1.732 = 1.794 noise, which is 3.587 percentage points.
PULLS = {(1.0, 0.5): 0.02, (2.0, 0.5): -0.02}
MARGIN = 0.03587
UNEVEN = {
    place: tuple(middle + step * PULLS.get(place, 0.0) for step in (-1, 0, 1))
    for place, (_, middle, _) in SLOPE.items()
}

LAB: Any = SimpleNamespace(catalog=SimpleNamespace(tasks=lambda: tuple(TASKS)))


def study(values: dict[tuple[float, float], Any], seeds: int, state: str = "finished") -> Sweep:
    """The grid whose places are the keys, complete as the lab files it."""
    return _study(tuple(values), seeds, state)


@functools.cache
def _study(places: tuple[tuple[float, float], ...], seeds: int, state: str) -> Sweep:
    temperatures, alphas = ({place[part] for place in places} for part in (0, 1))
    shape = {"temperatures": tuple(temperatures), "alphas": tuple(alphas), "seeds": seeds, "task": "digits"}
    experiment = resolve_experiment(grid_experiment(GridSpec.of({**shape, "architecture": "plain_cnn", "labels": 100})))
    grid = grid_of(experiment)
    return Sweep(key="job:ab", title="a grid", experiment=experiment, grid=grid, curve=None, state=state)


def results(of: Sweep, values: dict[tuple[float, float], Any], control: Any, column: str) -> pd.DataFrame:
    """A row a run; None is a run that is not there, a text the reason why it failed."""
    rows = []
    for student in of.experiment.students:
        found = control if student.role == "control" else values[student.temperature, student.alpha]
        plain = {"job_id": "ab", "student": student.name, "role": student.role, "state": "finished"}
        plain |= {"temperature": student.temperature, "alpha": student.alpha}
        rows += [
            {**plain, "run_id": f"{student.name}/{seed}", "seed": seed}
            | ({"state": "failed", "message": value} if isinstance(value, str) else {column: value})
            for seed, value in enumerate(found)
            if value is not None
        ]
    return numbers(pd.DataFrame(rows, columns=RESULT_COLUMNS))


def seen(values, *, control=(0.74, 0.75, 0.76), metric="accuracy", seeds=3, events=(), state="finished") -> View:
    """What the page knows of a grid with these values."""
    column = METRIC_WORDS[metric]
    of = study(values, seeds, state)
    nobody: Any = None
    sheet = ExperimentReport(
        key=of.key,
        title=of.title,
        experiment=of.experiment,
        results=results(of, values, control, column),
        curves=nobody,
        confusion=nobody,
        command=None,
        right=nobody,
    )
    return view(LAB, of, sheet, METRICS[column], events)


def drawn(values, *, chosen=(1.0, 0.5), colours=style.LIGHT, **more):
    return heat.chart(seen(values, **more), chosen, colours, selectable=True)


def rows(chart, part: str, **wanted) -> pd.DataFrame:
    found = chart.data[chart.data["part"] == part]
    for field, value in wanted.items():
        found = found[found[field] == value]
    return found


def texts(chart) -> list[str]:
    return rows(chart, "number")["text"].tolist()


def at(chart, x: float, y: float) -> str:
    """The number that stands in a cell."""
    (text,) = rows(chart, "number", x=x, y=y)["text"]
    return text


def shades(chart) -> list[float]:
    """Of the cells, alpha by alpha."""
    return rows(chart, "cell")["shade"].tolist()


def test_a_cell_is_the_mean_of_its_runs_in_its_place():
    assert {(cell.temperature, cell.alpha): cell.value for cell in seen(PLANE).cells} == pytest.approx(
        {place: sum(runs) / 3 for place, runs in PLANE.items()}
    )
    cells = rows(drawn(PLANE), "cell")
    found = {(row["temperature"], row["alpha"]): row for row in cells.to_dict("records")}
    # From 60 to 83 %: 70 % is 10 of 23 percentage points up.
    assert (found[1.0, 0.5]["shade"], found[2.0, 0.5]["shade"], found[4.0, 1.0]["shade"]) == pytest.approx(
        (0, 10 / 23, 1)
    )
    # T 4 is the third column, alpha 1 the second row.
    right = found[4.0, 1.0]
    assert ((right["x1"] + right["x2"]) / 2, (right["y1"] + right["y2"]) / 2) == pytest.approx((2, 1))
    assert (right["T"], right["a"]) == ("4", "1")
    assert (at(drawn(PLANE), 1, 0), at(drawn(PLANE), 1, 1)) == ("70.0", "73.0")


def test_the_best_has_a_frame_and_those_that_may_be_as_good_a_mark():
    chart = drawn(NEAR, chosen=(1.0, 0.5))
    assert rows(chart, "best")["x1"].tolist() == pytest.approx([2 - 0.48])
    assert texts(chart)[:3] == ["≈ 69.0", "≈ 69.0", "70.0"]
    assert chart.table["against the best"].tolist()[:3] == ["not significantly different"] * 2 + ["best"]
    assert "not significantly different from the best" in rows(chart, "cell", temperature=1.0)["said"].iloc[0]


def test_what_is_surely_behind_has_no_mark():
    chart = drawn(FAR)
    # Both ends have 70 %: the first is framed, the other carries the mark.
    assert sorted(texts(chart)[:3]) == ["65.0", "70.0", "≈ 70.0"]
    assert "significantly worse than the best" in rows(chart, "cell", temperature=2.0)["said"].iloc[0]
    assert sorted(chart.table["against the best"].iloc[:3]) == [
        "best",
        "not significantly different",
        "significantly worse",
    ]


def test_where_nobody_knows_how_much_is_chance_no_cell_is_behind():
    lone = {(1.0, 0.5): (0.05,), (2.0, 0.5): (0.1,), (4.0, 0.5): (0.4,)}
    chart = drawn(lone, control=(0.5,), metric="ECE", seeds=1)
    assert texts(chart)[:3] == ["5.0", "≈ 10.0", "≈ 40.0"]


def test_the_control_has_a_row_of_its_own_below():
    chart = drawn(SLOPE)
    (control,) = rows(chart, "control").to_dict("records")
    assert control["y2"] < rows(chart, "cell")["y1"].min()
    # On the scale of the cells, from 60 to 80 %.
    assert control["shade"] == pytest.approx(0.75)
    # 4.303, the 97.5 % point of t on 2 degrees of freedom, times 1 point, over √3.
    assert texts(chart)[-1] == "control: 75.0 % ± 2.5"
    assert chart.table.iloc[-1].to_dict() == pytest.approx(
        {
            "T": float("nan"),
            "alpha": 0.0,
            "validation accuracy (%)": 75.0,
            "± (pp)": 2.5,
            "seeds": 3,
            "against the best": "the control",
        },
        nan_ok=True,
    )


def test_a_control_beyond_all_cells_stretches_the_scale():
    assert shades(drawn(SLOPE, control=(1.0,) * 3))[:3] == pytest.approx([0, 0.25, 0.5])


def test_without_a_control_its_row_stays_empty():
    chart = drawn(SLOPE, control=())
    assert rows(chart, "control")["shade"].isna().all()
    assert texts(chart)[-1] == "control: –"
    assert rows(chart, "as_control").empty
    assert not any("control" in entry for entry in chart.legend)


def test_cells_wait_train_and_finish():
    half = {**SLOPE, (1.0, 0.5): (None,) * 3, (2.0, 0.5): (None,) * 3}
    name = "T 2, alpha 0.5"
    events = [RunStarted(f"{name}/0", name, 0), ValidPoint(f"{name}/0", 4, 0.2), ValidPoint(f"{name}/0", 8, 0.5)]
    chart = drawn(half, events=events, state="running")
    assert texts(chart)[:3] == ["·", "50.0 …", "80.0"]
    cells = rows(chart, "cell")
    assert cells["said"].tolist()[:3] == ["waits to be trained", "50.0 %, in training", "80.0 % ± 2.5 (3 seeds)"]
    assert cells["solid"].tolist()[:3] == [1.0, heat.TRAINING_OPACITY, 1.0]
    assert np.isnan(cells["shade"].iloc[0])
    assert rows(chart, "best").empty
    assert rows(chart, "level").empty
    assert set(chart.table["against the best"].iloc[:-1]) == {"the grid is not whole"}
    assert not any("best" in entry and "frame" in entry for entry in chart.legend)
    assert {"… in training", "· waits"} <= set(chart.legend)


@pytest.mark.parametrize("state", ["finished", "failed", "stopped", "interrupted"])
def test_what_an_ended_job_left_out_does_not_wait(state):
    chart = drawn({**SLOPE, (1.0, 0.5): (None,) * 3}, state=state)
    assert at(chart, 0, 0) == "·"
    assert rows(chart, "cell", temperature=1.0, alpha=0.5)["said"].tolist() == ["was not trained"]
    assert "· was not trained" in chart.legend
    assert not {"… in training", "· waits"} & set(chart.legend)


@pytest.mark.parametrize("state", ["queued", "running", "paused"])
def test_an_open_job_may_still_train_what_is_missing(state):
    chart = drawn({**SLOPE, (1.0, 0.5): (None,) * 3}, state=state)
    assert rows(chart, "cell", temperature=1.0, alpha=0.5)["said"].tolist() == ["waits to be trained"]


@pytest.mark.parametrize("state", ["running", "finished"])
def test_a_cell_that_failed_says_so_and_why(state):
    chart = drawn({**SLOPE, (1.0, 0.5): ("the loss is not finite",) * 3}, state=state)
    (cell,) = rows(chart, "cell", temperature=1.0, alpha=0.5).to_dict("records")
    assert (at(chart, 0, 0), cell["said"], cell["solid"]) == ("failed", "the loss is not finite", 1.0)
    assert np.isnan(cell["shade"])
    assert {"level", "as_control", "best"}.isdisjoint(chart.data["part"])
    failed = chart.table[(chart.table["T"] == 1) & (chart.table["alpha"] == 0.5)]
    assert (failed["against the best"].item(), failed["seeds"].item()) == ("failed", 0)


def test_a_cell_of_which_one_seed_failed_keeps_the_mean_of_the_others():
    found = seen({**SLOPE, (1.0, 0.5): (0.59, "it diverged", 0.61)})
    assert (found.failed, found.finished, found.runs) == (1, 17, 18)
    chart = heat.chart(found, (1.0, 0.5), style.LIGHT, selectable=True)
    assert at(chart, 0, 0) == "60.0"
    assert rows(chart, "cell")["said"].iloc[0] == "60.0 % (2 seeds); another failed: it diverged"


def looks(seed: int, *accuracies: float) -> list[Any]:
    """What a run of T 1 with alpha 0.5 tells while it trains."""
    run = f"T 1, alpha 0.5/{seed}"
    return [
        RunStarted(run, "T 1, alpha 0.5", seed),
        *(ValidPoint(run, 4 * (place + 1), value) for place, value in enumerate(accuracies)),
    ]


def test_the_last_look_of_a_run_that_failed_is_no_part_of_its_cell():
    events = [*looks(0, 0.1), *looks(1, 0.5), *looks(2, 0.7), RunFailed("T 1, alpha 0.5/0", "it diverged")]
    (told, *_) = seen({**SLOPE, (1.0, 0.5): (None,) * 3}, events=events, state="running").cells
    assert (told.value, told.training, told.message) == (pytest.approx(0.6), True, None)
    # Once it is stored its reason is known; the others are still in training.
    stored = {**SLOPE, (1.0, 0.5): ("it diverged", None, None)}
    chart = drawn(stored, events=events, state="running")
    assert at(chart, 0, 0) == "60.0 …"
    assert rows(chart, "cell")["said"].iloc[0] == "60.0 %, in training; another failed: it diverged"
    whole = drawn({**SLOPE, (1.0, 0.5): ("it diverged", 0.5, 0.7)}, events=events, state="running")
    assert at(whole, 0, 0) == "60.0"


def test_a_cell_whose_only_look_was_of_a_run_that_failed_has_no_value():
    events = [*looks(0, 0.1), RunFailed("T 1, alpha 0.5/0", "it diverged")]
    chart = drawn({**SLOPE, (1.0, 0.5): ("it diverged", None, None)}, events=events, state="running")
    assert at(chart, 0, 0) == "failed"


def test_a_control_that_failed_is_not_in_training_for_ever():
    name = next(one.name for one in study(SLOPE, 3).experiment.students if one.role == "control")
    events = [ValidPoint(f"{name}/2", 4, 0.1), RunFailed(f"{name}/2", "it diverged")]
    found = seen(SLOPE, control=(0.74, 0.76, "it diverged"), events=events, state="running")
    assert found.control is not None
    assert (found.control.mean, found.control_training) == (pytest.approx(0.75), False)


def test_a_control_in_training_does_not_look_finished():
    name = next(one.name for one in study(SLOPE, 3).experiment.students if one.role == "control")
    chart = drawn(SLOPE, control=(0.75,), events=[ValidPoint(f"{name}/1", 4, 0.25)])
    assert texts(chart)[-1].endswith("50.0 % …")
    assert rows(chart, "control")["solid"].tolist() == [heat.TRAINING_OPACITY]


def test_a_seed_that_is_finished_is_not_replaced_by_its_last_look():
    events = [ValidPoint("T 1, alpha 0.5/0", 4, 0.1)]
    assert drawn(SLOPE, events=events).data.equals(drawn(SLOPE).data)


def test_looks_are_at_accuracy_and_say_nothing_of_other_measures():
    nothing = dict.fromkeys(SLOPE, (None,) * 3)
    chart = drawn(nothing, control=(), metric="ECE", events=[ValidPoint("T 1, alpha 0.5/0", 4, 0.1)])
    assert set(texts(chart)[:-1]) == {"·"}


@pytest.mark.parametrize(
    ("metric", "order", "best", "number"),
    [
        ("accuracy", [0, 0.5, 1], 2, "≈ 80.0"),
        ("agreement", [0, 0.5, 1], 2, "≈ 80.0"),
        ("ECE", [1, 0.5, 0], 0, "80.0"),
        ("NLL", [1, 0.5, 0], 0, "0.80"),
    ],
)
def test_brighter_is_better_where_lower_is_better_too(metric, order, best, number):
    chart = drawn(SLOPE, metric=metric)
    colour = chart.spec["layer"][0]["encoding"]["color"]["condition"]
    assert (colour["field"], colour["scale"]) == ("shade", {"scheme": "cividis", "domain": [0, 1]})
    assert shades(chart) == pytest.approx(order * 2)
    assert rows(chart, "best")["x1"].tolist() == pytest.approx([best - 0.48])
    assert at(chart, 2, 1) == number
    # The brightest cell is the best one, and its number is black.
    assert rows(chart, "number", x=float(best), y=0.0)["dark"].tolist() == ["black"]
    assert rows(chart, "number", x=2.0 - best, y=0.0)["dark"].tolist() == ["white"]
    assert "brighter is better" in chart.legend


def test_nats_are_no_percent():
    chart = drawn(SLOPE, metric="NLL")
    assert texts(chart)[-1].endswith("0.750 ± 0.025 nats")
    assert list(chart.table)[2:4] == ["negative log-likelihood (nats)", "± (nats)"]
    assert (chart.table.iloc[-1, 2], chart.table.iloc[-1, 3]) == (0.75, 0.025)


@pytest.mark.parametrize("metric", ["accuracy", "ECE"])
def test_every_number_can_be_read_on_its_colour(metric):
    found = seen(SLOPE, metric=metric)
    inks = {"black": "#000000", "white": "#FFFFFF"}
    for share in np.linspace(0, 1, 101):
        ink = inks[heat._ink(found, share, 0.0, 1.0)]
        assert contrast(ink, mixed(cividis(share if metric == "accuracy" else 1 - share))) >= 4.5, share


@pytest.mark.parametrize("colours", [style.LIGHT, style.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("value", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_a_number_in_training_can_be_read_on_its_pale_colour(colours, value):
    pale = heat.TRAINING_OPACITY * cividis(value) + (1 - heat.TRAINING_OPACITY) * parts(colours.background)
    assert contrast(tone_in_training(colours), mixed(pale)) >= 4.5


def tone_in_training(colours) -> str:
    chart = drawn(dict.fromkeys(SLOPE, (None,) * 3), events=[ValidPoint("T 1, alpha 0.5/0", 4, 0.5)], colours=colours)
    return tone(chart)


def tone(chart) -> str:
    """The colour of the first number."""
    scale = chart.spec["layer"][-2]["encoding"]["color"]["scale"]
    return dict(zip(scale["domain"], scale["range"], strict=True))[rows(chart, "number")["dark"].iloc[0]]


@pytest.mark.parametrize("colours", [style.LIGHT, style.DARK], ids=["light", "dark"])
def test_that_a_cell_failed_can_be_read_too(colours):
    chart = drawn({**SLOPE, (1.0, 0.5): ("it diverged",) * 3}, colours=colours)
    assert chart.spec["layer"][0]["encoding"]["color"]["value"] == colours.panel
    assert contrast(tone(chart), colours.panel) >= 4.5


def cividis(value: float) -> np.ndarray:
    stops = np.array([parts(one) for one in CIVIDIS])
    return np.array([np.interp(value, np.linspace(0, 1, len(stops)), stops[:, part]) for part in range(3)])


def parts(colour: str) -> np.ndarray:
    return np.array([int(part, 16) for part in re.findall("..", colour.removeprefix("#"))])


def mixed(colour: np.ndarray) -> str:
    return "#" + "".join(f"{round(part):02X}" for part in colour)


@pytest.mark.parametrize(
    ("metric", "first", "step"), [("accuracy", 0.8 - MARGIN, -MARGIN), ("ECE", 0.6 + MARGIN, MARGIN)]
)
def test_lines_of_equal_value_are_a_margin_apart_from_the_best_down(metric, first, step):
    found = seen(UNEVEN, metric=metric)
    assert found.judgement is not None
    assert found.judgement.standing.margin == pytest.approx(MARGIN, abs=1e-4)
    lines = rows(heat.chart(found, (1.0, 0.5), style.LIGHT, selectable=True), "level")
    # Five margins go into 20 percentage points.
    levels = [first + number * step for number in range(5)]
    assert sorted(set(lines["said"])) == sorted(f"{100 * level:.1f} %" for level in levels)
    for level in levels:
        one = lines[lines["said"] == f"{100 * level:.1f} %"]
        assert one["x"].tolist() == pytest.approx([(level - 0.6) * 10] * len(one), abs=5e-3)
        assert (one["y"].min(), one["y"].max()) == (0, 1)


def test_lines_follow_both_axes():
    lines = rows(
        drawn({place: tuple(v + 0.03 * (place[1] == 1) for v in runs) for place, runs in UNEVEN.items()}), "level"
    )
    levels = [float(said.removesuffix(" %")) for said in lines["said"]]
    assert (60 + 10 * lines["x"] + 3 * lines["y"]).tolist() == pytest.approx(levels, abs=0.06)
    assert len(set(levels)) == 6


def test_a_small_margin_does_not_fill_the_map_with_lines():
    fine = {
        place: tuple(middle + (v - middle) / 10 for v in runs) for place, runs in UNEVEN.items() for middle in runs[1:2]
    }
    assert rows(drawn(fine), "level")["said"].nunique() == heat.MOST_LEVELS == 6


@pytest.mark.parametrize(
    ("values", "more"),
    [
        # Seeds do the same to all cells: nothing is left to chance, and a margin of 0 makes no lines.
        (SLOPE, {}),
        # One seed of a measure that no number of images tells of.
        ({place: runs[:1] for place, runs in SLOPE.items()}, {"metric": "ECE", "seeds": 1, "control": (0.7,)}),
        # All cells within one margin of each other.
        ({place: tuple(0.7 + (v - m) for v in runs) for place, runs in UNEVEN.items() for m in runs[1:2]}, {}),
    ],
    ids=["no chance", "nobody knows", "all alike"],
)
def test_without_a_margin_to_step_by_there_are_no_lines(values, more):
    chart = drawn(values, **more)
    assert rows(chart, "level").empty
    assert not any("lines of equal value" in entry for entry in chart.legend)
    assert any("frame: the best" in entry for entry in chart.legend)


def test_the_control_s_own_line_passes_where_students_are_as_good_as_it():
    line = rows(drawn(SLOPE), "as_control")
    assert line["x"].tolist() == pytest.approx([1.5] * len(line))
    assert line["said"].unique().tolist() == ["75.0 %"]


def test_each_line_is_drawn_through_its_own_points_in_order():
    # A hill in the middle: every line is closed around it.
    places = [(T, alpha) for alpha in (0.3, 0.6, 0.9) for T in (1.0, 2.0, 4.0)]
    hill = {place: (0.8 if place == (2.0, 0.6) else 0.6,) * 3 for place in places}
    hill |= {(1.0, 0.3): (0.58, 0.6, 0.62), (4.0, 0.9): (0.62, 0.6, 0.58)}
    lines = rows(drawn(hill, control=()), "level")
    assert lines["line"].nunique() == 6
    for _, line in lines.groupby("line"):
        assert line["order"].tolist() == list(range(len(line)))
        ends = line.iloc[[0, -1]][["x", "y"]].to_numpy()
        assert ends[0] == pytest.approx(ends[1])
        assert len(line) == 5


def test_a_legend_names_no_line_that_is_not_there():
    below = drawn(UNEVEN, control=(0.1, 0.2, 0.3))
    assert rows(below, "as_control").empty
    assert not any("as good as the control" in entry for entry in below.legend)
    assert any("lines of equal value, a margin apart" in entry for entry in below.legend)
    assert not any("lines of equal value" in entry for entry in drawn(NEAR).legend)
    assert any("as good as the control" in entry for entry in drawn(SLOPE).legend)


@pytest.mark.parametrize("missing", [(1.0, 0.5), (4.0, 1.0)])
def test_a_part_of_a_grid_has_no_lines_and_no_best(missing):
    chart = drawn({**SLOPE, missing: (0.7, 0.7, None)})
    assert {"level", "as_control", "best"}.isdisjoint(chart.data["part"])
    assert not any(text.startswith("≈") for text in texts(chart))


def test_equal_cells_stand_in_the_middle_of_the_scale():
    chart = drawn(dict.fromkeys(SLOPE, (0.7,) * 3), control=(0.7,) * 3)
    assert shades(chart) == pytest.approx([0.5] * 6)
    assert texts(chart)[:6] == ["70.0"] + ["≈ 70.0"] * 5


@pytest.mark.parametrize("control", [(), (0.7,) * 3])
def test_an_empty_grid_waits(control):
    chart = drawn(dict.fromkeys(SLOPE, (None,) * 3), control=control, state="queued")
    assert set(texts(chart)[:-1]) == {"·"}
    assert rows(chart, "cell")["shade"].isna().all()
    assert rows(chart, "number")["dark"].iloc[0] == "none"


@pytest.mark.parametrize("axis", [0, 1])
def test_one_temperature_or_one_alpha_makes_a_grid_without_lines(axis):
    places = [(T, 0.5) for T in (1.0, 2.0, 4.0)] if axis else [(4.0, alpha) for alpha in (0.3, 0.6, 0.9)]
    chart = drawn({place: (0.6 + 0.1 * n,) * 3 for n, place in enumerate(places)}, chosen=places[0])
    assert {"level", "as_control"}.isdisjoint(chart.data["part"])
    assert shades(chart) == pytest.approx([0, 0.5, 1])
    assert len(rows(chart, "best")) == 1


def test_a_slider_moves_data_alone():
    # Streamlit builds a chart anew where its specification or its alternative text differs.
    one, other = drawn(UNEVEN, chosen=(1.0, 0.5)), drawn(UNEVEN, chosen=(4.0, 1.0))
    assert (one.spec, one.alt, one.legend) == (other.spec, other.alt, other.legend)
    assert one.table.equals(other.table)
    assert (
        one.data[one.data["part"] != "chosen"]
        .reset_index(drop=True)
        .equals(other.data[other.data["part"] != "chosen"].reset_index(drop=True))
    )
    assert rows(one, "chosen")[["x1", "y1"]].to_numpy().tolist() == [pytest.approx([-0.48, -0.47])]
    assert rows(other, "chosen")[["x1", "y1"]].to_numpy().tolist() == [pytest.approx([1.52, 0.53])]


@pytest.mark.parametrize("metric", ["accuracy", "ECE", "NLL"])
def test_a_map_that_fills_moves_data_alone(metric):
    # Else a tooltip or a click would be lost at every tick of a grid that trains.
    nothing = dict.fromkeys(UNEVEN, (None,) * 3)
    more = {"metric": metric, "control": ()}
    stages = [
        drawn(nothing, state="queued", **more),
        drawn(nothing, state="running", events=looks(0, 0.3), **more),
        drawn({**nothing, (4.0, 1.0): (0.1, 0.2, None)}, state="running", events=looks(0, 0.9), **more),
        drawn({**UNEVEN, (4.0, 1.0): ("it diverged",) * 3}, state="running", metric=metric),
        drawn(UNEVEN, chosen=(4.0, 1.0), metric=metric),
    ]
    for one in stages[1:]:
        assert (one.spec, one.alt) == (stages[0].spec, stages[0].alt)
    assert not any(one.data.equals(stages[0].data) for one in stages[2:])


def test_the_words_of_the_chart_name_the_measure_and_the_shape():
    assert drawn(SLOPE, metric="ECE").alt.startswith(
        "Heat map of calibration error over 3 temperatures and 2 alphas, with the control below"
    )


def test_the_axes_write_the_trained_values_and_the_control_s_zero():
    x, y = (drawn(SLOPE).spec["layer"][0]["encoding"][axis]["axis"] for axis in ("x", "y"))
    assert "{'0': '1', '4': '2', '8': '4'}" in x["labelExpr"]
    assert "{'-5': '0', '0': '0.5', '4': '1'}" in y["labelExpr"]
    assert (x["values"], y["values"]) == ([0, 1, 2], [heat.CONTROL_Y, 0, 1])


@pytest.mark.parametrize("metric", ["accuracy", "NLL"])
def test_the_specification_is_vega_lite(metric):
    spec = {"data": {"values": []}, **drawn(SLOPE, metric=metric).spec}
    altair.LayerChart.from_dict(spec)


def test_only_a_map_that_can_be_clicked_listens():
    found = seen(SLOPE)
    spec = heat.chart(found, (1.0, 0.5), style.LIGHT, selectable=False).spec
    assert not any("params" in one for one in spec["layer"])
    # The one that listens lies above the numbers and lines, and holds cells alone: the control is no cell.
    listening = heat.chart(found, (1.0, 0.5), style.LIGHT, selectable=True).spec["layer"][-1]
    assert listening["params"][0]["name"] == heat.SELECTION
    assert listening["transform"] == [{"filter": "datum.part === 'cell'"}]


@pytest.mark.parametrize(
    ("selection", "place"),
    [
        ({"cell": [{"temperature": 4, "alpha": 0.5}]}, (4.0, 0.5)),
        ({"cell": []}, None),
        ({"cell": [{}]}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_click_is_a_cell_or_nothing(selection, place):
    assert heat.clicked(selection) == place
