"""Axes that stay, ticks that can be read, and what stands beside a chart that moves."""

import pytest
from streamlit.testing.v1 import AppTest

from ui.charts import moving
from ui.text import small


@pytest.mark.parametrize(
    ("value", "end"), [(0.9, 1.0), (1.0, 1.0), (1.01, 1.5), (0.031, 0.05), (7.2, 10.0), (44, 50), (0, 1.0)]
)
def test_an_axis_ends_at_the_next_round_number(value, end):
    assert moving.round_up(value) == pytest.approx(end)


@pytest.mark.parametrize(
    ("values", "ends"),
    [([0.02, 5], (0.01, 10)), ([0.1, 1], (0.1, 1)), ([0.5], (0.1, 1)), ([10], (10, 100)), ([0, 0.3], (0.1, 1))],
)
def test_a_logarithmic_axis_ends_at_powers_of_ten_and_spans_one_at_least(values, ends):
    assert moving.decades(values) == pytest.approx(ends)


def test_nothing_above_zero_still_has_an_axis():
    assert moving.decades([0, 0]) == (0.1, 1.0)


def test_ticks_of_fifteen_decades_are_six_at_most():
    ticks = moving.powers(1e-15, 1)
    assert ticks["values"] == pytest.approx([1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 1])
    assert "'-15': '10⁻¹⁵'" in ticks["labelExpr"]
    assert len(moving.powers(1e-4, 1)["values"]) == 5


@pytest.mark.parametrize(("exponent", "text"), [(0, "1"), (1, "10"), (-3, "10⁻³"), (12, "10¹²")])
def test_a_power_of_ten_reads_as_one(exponent, text):
    assert small.power(exponent) == text


def test_ticks_of_ones_own_are_all_drawn():
    assert "tickCount" not in moving.temperatures()["axis"]
    assert moving.across("x", "x", (0, 1))["axis"]["tickCount"] == 5


def test_the_axis_of_temperatures_is_that_of_the_slider():
    assert moving.temperatures()["scale"]["domain"] == [0.5, 50]
    assert [moving.on_axis(temperature) for temperature in (0.4, 0.5, 50, 60)] == [False, True, True, False]


def test_a_part_draws_its_own_rows_only():
    assert moving.layer("now", {"type": "rule"})["transform"] == [{"filter": "datum.part === 'now'"}]


def test_colours_are_fixed_by_name():
    scale = moving.colour("kind", {"hard": "#D55E00", "soft": "#0072B2"})["scale"]
    assert scale == {"domain": ["hard", "soft"], "range": ["#D55E00", "#0072B2"]}


def draw() -> None:
    import pandas as pd

    from ui.charts import moving

    chart = moving.Moving(
        spec={"mark": "bar", "encoding": {"x": {"field": "x", "type": "quantitative"}}},
        data=pd.DataFrame({"x": [1]}),
        alt="One bar",
        table=pd.DataFrame({"Length (cm)": [1.5]}),
        legend=moving.legend(("bar", "#123456", "a length")),
    )
    moving.show(chart, key="one")
    moving.say(["At T = 4 it is 60.6 % sure.", "Two."])


def test_a_chart_brings_its_legend_and_its_table_and_says_its_sentences():
    page = AppTest.from_function(draw, default_timeout=30).run()
    assert not page.exception
    assert "a length" in page.markdown[0].value
    assert page.markdown[1].value == "At T\u00a0=\u00a04 it is 60.6\u00a0% sure.  \nTwo."
    assert page.expander[0].label == "Table of this chart"
    assert not page.dataframe, "the table is closed at first"
