"""Shares along something that was changed: each point at its place, and an interval only where there is one."""

import pytest

from ui import charts
from ui.charts import Point, Series
from ui.networks import style

LOOKS = style.looks(
    {"control": "control", "KD": "student", "other": "student", "teacher": "teacher", "large teacher": "teacher"},
    dark=False,
)
PLACES = ("50", "500", "all")


def line(name, *points, level=False) -> Series:
    """Points as place, mean and half width."""
    made = tuple(Point(place=place, mean=mean, half_width=half) for place, mean, half in points)
    return Series(name=name, look=LOOKS[name], points=made, level=level)


CONTROL = line("control", (0, 0.571, 0.021), (1, 0.786, 0.01), (2, 0.863, None))
KD = line("KD", (0, 0.6649, 0.03), (2, 0.879, 0.012))
TEACHER = line("teacher", (0, 0.945, None), level=True)


def drawn(*series, places=PLACES, **changes):
    return charts.along(
        series or (CONTROL, KD, TEACHER), places, **{"title": "Labels", "measure": "Accuracy", "dark": False, **changes}
    )


def trace(made, name):
    return next(one for one in made.figure.data if one.name == name)


def test_points_stand_at_their_places_with_the_look_of_their_network():
    made = drawn()
    control, kd = trace(made, "control"), trace(made, "KD")
    assert (list(control.y), list(kd.y)) == ([0.571, 0.786, 0.863], [0.6649, 0.879])
    assert ([round(x) for x in control.x], [round(x) for x in kd.x]) == ([0, 1, 2], [0, 2])
    assert (control.line.color, control.marker.symbol) == (LOOKS["control"].colour, "cross")
    assert list(made.figure.layout.xaxis.ticktext) == ["50", "500", "all"]
    assert (made.figure.layout.xaxis.title.text, made.figure.layout.annotations[-1].text) == ("Labels", "Accuracy")


def test_intervals_at_one_place_do_not_cover_each_other():
    made = drawn()
    assert trace(made, "control").x[0] < 0 < trace(made, "KD").x[0]
    assert trace(made, "KD").x[0] - trace(made, "control").x[0] == pytest.approx(0.07)


def test_points_that_are_alone_at_their_place_stand_in_its_middle():
    made = drawn(line("control", (0, 0.7, None)), line("KD", (1, 0.8, None)), line("other", (2, 0.9, None)))
    assert [list(one.x) for one in made.figure.data] == [[0], [1], [2]]


def test_a_marker_at_nothing_is_whole():
    made = drawn(line("KD", (0, 0.0, None)))
    assert (made.figure.layout.yaxis.range[0], trace(made, "KD").cliponaxis) == (0.0, False)


@pytest.mark.parametrize(("joined", "mode"), [(True, "lines+markers"), (False, "markers")])
def test_only_what_follows_on_each_other_is_joined(joined, mode):
    assert {one.mode for one in drawn(joined=joined).figure.data} == {mode}


def test_an_interval_is_drawn_where_there_is_one():
    alone = line("KD", (0, 0.7, None), (1, 0.8, None))
    made = drawn(CONTROL, alone)
    assert list(trace(made, "control").error_y.array) == [0.021, 0.01, 0.0]
    assert trace(made, "KD").error_y.array is None
    assert "95 % interval over seeds" in made.legend[-1]
    assert not any("interval" in entry for entry in drawn(alone).legend)


def test_the_pointer_reads_place_share_and_interval():
    assert list(trace(drawn(), "control").customdata) == ["50: 57.1 % ± 2.1", "500: 78.6 % ± 1.0", "all: 86.3 %"]


def test_a_teacher_is_a_line_at_its_accuracy_and_bears_its_name():
    made = drawn(CONTROL, TEACHER, line("large teacher", (0, 0.9, None), level=True))
    assert [one.name for one in made.figure.data] == ["control"]
    assert [(shape.y0, shape.y1, shape.line.dash) for shape in made.figure.layout.shapes] == [
        (0.945, 0.945, "dot"),
        (0.9, 0.9, "dot"),
    ]
    named = {note.text: note.y for note in made.figure.layout.annotations}
    assert (named["teacher"], named["large teacher"]) == (0.945, 0.9)


def test_the_axis_reaches_around_every_interval_and_the_teacher():
    low, high = drawn().figure.layout.yaxis.range
    assert low < 0.571 - 0.021
    assert 0.945 < high <= 1.005


def test_the_words_tell_first_and_last_of_what_moves_and_one_number_of_what_does_not():
    assert drawn().alt == (
        "Accuracy from 50 to all: control from 57.1 % to 86.3 %, KD from 66.5 % to 87.9 %, teacher 94.5 %"
    )


def test_the_table_has_a_row_a_place_and_units_in_its_headers():
    table = drawn().table
    assert list(table) == ["", "control (%)", "control ± (pp)", "KD (%)", "KD ± (pp)", "teacher (%)"]
    assert table[""].tolist() == ["50", "500", "all"]
    assert table["control (%)"].tolist() == [57.1, 78.6, 86.3]
    assert table["control ± (pp)"].tolist() == pytest.approx([2.1, 1.0, float("nan")], nan_ok=True)
    assert table["KD (%)"].tolist() == pytest.approx([66.5, float("nan"), 87.9], nan_ok=True)
    assert table["teacher (%)"].tolist() == [94.5] * 3


def test_an_interval_of_nothing_is_still_an_interval():
    table = drawn(line("KD", (0, 0.0, 0.0), (1, 0.1, None))).table
    assert table["KD ± (pp)"].tolist() == pytest.approx([0.0, float("nan"), float("nan")], nan_ok=True)


def test_names_are_shown_letter_for_letter_in_the_legend():
    strange = Series(name="*a* [b](c)", look=LOOKS["KD"], points=KD.points)
    made = drawn(strange, CONTROL)
    assert made.legend[0].endswith(r" \*a\* \[b\](c)")
    assert made.legend[1].endswith(" control")


def test_a_network_without_a_point_yet_is_named_and_no_more():
    made = drawn(CONTROL, line("KD"))
    assert made.alt == "Accuracy from 50 to all: control from 57.1 % to 86.3 %"
    assert "KD (%)" not in made.table
    assert made.legend[1].endswith(" KD")


def test_nothing_yet_is_said_and_fails_nothing():
    made = drawn(line("control"), line("KD"))
    assert made.alt == "Accuracy from 50 to all: nothing yet"
    assert list(made.table) == [""]
    assert made.figure.layout.yaxis.range[0] < made.figure.layout.yaxis.range[1]


@pytest.mark.parametrize("dark", [False, True])
def test_the_chart_stands_on_the_ground_of_its_page(dark):
    assert drawn(dark=dark).figure.layout.paper_bgcolor == style.theme(dark).background
