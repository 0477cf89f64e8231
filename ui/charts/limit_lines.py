"""Limits on cost and score, as lines of the chart of accuracy against cost."""

from collections.abc import Collection
from dataclasses import dataclass

import plotly.graph_objects as go

from ui.charts.axes import Scale
from ui.networks.style import Theme

__all__ = ["Limits", "draw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that a network may cost on this axis and the least score (0 to 1), drawn as lines; networks that are
    not ``within`` all limits are grey."""

    most: float | None
    least: float | None
    within: Collection[str]


def draw(figure: go.Figure, limits: Limits | None, across: Scale, up: Scale, colours: Theme) -> None:
    """A line where a limit lies within the plot: beyond it there is nothing to part."""
    line = {"color": colours.text, "width": 1.5, "dash": "dash"}
    plain = {"mode": "lines", "line": line, "hoverinfo": "skip", "name": "limit"}
    if limits and limits.most is not None and across.low <= limits.most <= across.high:
        figure.add_trace(go.Scatter(x=[limits.most] * 2, y=[up.low, up.high], **plain))
    if limits and limits.least is not None and up.low <= limits.least <= up.high:
        figure.add_trace(go.Scatter(x=[across.low, across.high], y=[limits.least] * 2, **plain))
