"""A finished chart: the figure, what it says in words, and its numbers as a table one click away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from distill_core import decimals
from ui.charts.footer import TABLE, below
from ui.kept import drawing

__all__ = ["Chart", "rounded", "show"]

# Only the picture can be taken from the toolbar: dragging would catch the finger that scrolls the page.
_CONFIG = {"displaylogo": False, "modeBarButtons": [["toImage"]], "scrollZoom": False}
_ZOOM = _CONFIG | {"modeBarButtons": [["zoom2d", "resetScale2d"], ["toImage"]]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """``alt`` states the takeaway in plain text; ``table`` holds the numbers, units in its headers.

    ``legend`` holds entries of ``ui.charts.legend`` in Markdown: none where the chart names everything itself.
    ``zoom``: its toolbar has a tool that draws closer what a box is drawn around. ``points`` are the names of
    those that can be clicked, by the number that they have as ``customdata``.
    """

    figure: go.Figure
    alt: str
    table: pd.DataFrame
    legend: tuple[str, ...] = ()
    zoom: bool = False
    points: tuple[str, ...] = ()


def show(
    chart: Chart,
    *,
    key: str,
    title: str = TABLE,
    kept: bool = False,
    picked: Callable[[Sequence[str]], None] | None = None,
) -> None:
    """Draw the chart, and its table in an expander under it. ``key`` is unique on the page; ``kept``: the chart is one
    that is kept for all visitors. ``picked``: called with the names of the points that a visitor clicks."""
    if picked:
        _pickable(chart, key, picked)
    elif kept:
        drawing(chart, key, lambda: _draw(chart, key))
    else:
        _draw(chart, key)
    below(chart.legend, chart.table, alt=chart.alt, key=key, title=title)


def _draw(chart: Chart, key: str) -> None:
    config = _ZOOM if chart.zoom else _CONFIG
    st.plotly_chart(chart.figure, theme=None, key=f"{key}_plotly", config=config, alt=chart.alt)


def _pickable(chart: Chart, key: str, picked: Callable[[Sequence[str]], None]) -> None:
    name = f"{key}_plotly"
    st.plotly_chart(
        chart.figure,
        theme=None,
        key=name,
        config=_CONFIG,
        alt=chart.alt,
        on_select=partial(_tell, name, chart.points, picked),
        selection_mode="points",
    )


def _tell(key: str, names: Sequence[str], picked: Callable[[Sequence[str]], None]) -> None:
    points = st.session_state[key]["selection"]["points"]
    found = [point.get("customdata") for point in points]
    # Plotly gives it alone or as a list of one.
    places = [one[0] if isinstance(one, list) else one for one in found if one is not None]
    picked([names[place] for place in places if isinstance(place, int) and 0 <= place < len(names)])


def rounded(values: pd.Series, digits: int) -> pd.Series:
    """For a table: rounded as sentences round, which NumPy and browsers do otherwise."""
    return pd.to_numeric(values).map(lambda value: decimals.rounded(float(value), digits), na_action="ignore")
