"""A finished chart: the figure, what it says in words, and its numbers as a table one click away."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from distill_core import decimals
from ui.charts.footer import TABLE, below
from ui.kept import drawing

__all__ = ["Chart", "rounded", "show"]

# Only the picture can be taken from the toolbar: dragging would catch the finger that scrolls the page.
_CONFIG = {"displaylogo": False, "modeBarButtons": [["toImage"]], "scrollZoom": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """``alt`` states the takeaway in plain text; ``table`` holds the numbers, units in its headers.

    ``legend`` holds entries of ``ui.charts.legend`` in Markdown: none where the chart names everything itself.
    """

    figure: go.Figure
    alt: str
    table: pd.DataFrame
    legend: tuple[str, ...] = ()


def show(chart: Chart, *, key: str, title: str = TABLE, kept: bool = False) -> None:
    """Draw the chart, and its table in an expander under it. ``key`` is unique on the page; ``kept``: the chart is one
    that is kept for all visitors."""
    if kept:
        drawing(chart, key, lambda: _draw(chart, key))
    else:
        _draw(chart, key)
    below(chart.legend, chart.table, alt=chart.alt, key=key, title=title)


def _draw(chart: Chart, key: str) -> None:
    st.plotly_chart(chart.figure, theme=None, key=f"{key}_plotly", config=_CONFIG, alt=chart.alt)


def rounded(values: pd.Series, digits: int) -> pd.Series:
    """For a table: rounded as sentences round, which NumPy and browsers do otherwise."""
    return pd.to_numeric(values).map(lambda value: decimals.rounded(float(value), digits), na_action="ignore")
