"""Learning curves of a cohort, overlaid, as Vega-Lite without data.

Vega-Lite, since its charts keep their node while points come in; as plain specifications, since building the same
ones with Altair took 0.1 s at every tick.
"""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ui.charts.scaling import PLAIN, Scaling, smoothed
from ui.networks.style import Look

__all__ = ["accuracy", "lines", "loss", "points", "y_axis"]

HEIGHT_PX = 280
STEPS = (0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64)
TOOLTIP = [
    {"field": "student", "type": "nominal"},
    {"field": "seed", "type": "nominal"},
    {"field": "update", "type": "quantitative"},
    {"field": "value", "type": "quantitative", "format": ".3f"},
]


def points(frame: pd.DataFrame, kind: str, scaling: Scaling) -> pd.DataFrame:
    """The points of one kind that the axes have room for; where they are smoothed, what was measured as ``raw``."""
    rows = frame[frame["kind"] == kind]
    if scaling.smoothing and not rows.empty:
        each = rows.groupby("run_id", sort=False)["value"]
        rows = rows.assign(raw=rows["value"], value=each.transform(smoothed, weight=scaling.smoothing))
    return scaling.shown(rows)


def accuracy(looks: Mapping[str, Look], updates: int, scaling: Scaling) -> dict[str, Any]:
    """The specification for the points of a share, from 0 to 1."""
    dots = {
        # Left out rather than clipped, which would halve those at the edges. Points beyond the plot, as of a teacher
        # that trains for longer, count as part of the picture, and Vega shrinks the plot until they fit in.
        "transform": [{"filter": f"datum.update <= {updates}"}],
        "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
        "encoding": {"shape": _by_student(looks, "shape")},
    }
    return lines(looks, updates, y_axis([0, 1], "%", None), dots, scaling=scaling)


def loss(
    rows: pd.DataFrame, looks: Mapping[str, Look], updates: int, unit: str | None, scaling: Scaling
) -> dict[str, Any]:
    """The specification for these ``points`` of a loss."""
    highest = rows["value"].max() if len(rows) else 0.0
    top = next((step for step in STEPS if highest <= step), highest)
    above = rows.loc[rows["value"] > 0, "value"]
    if scaling.log_loss and len(above):
        # Whole powers of ten, so that the axis rests while points come in.
        y = y_axis([10.0 ** math.floor(math.log10(above.min())), top], "~g", unit, "log")
    else:
        y = y_axis([0, top], ".1f", unit)
    return lines(looks, updates, y, scaling=scaling)


def lines(
    looks: Mapping[str, Look], updates: int, y: dict[str, Any], *more: dict[str, Any], scaling: Scaling = PLAIN
) -> dict[str, Any]:
    """A line a run over the updates, in the look of its student; where it is smoothed, what was measured faint
    behind it."""
    first, last = scaling.first or 0, updates if scaling.last is None else scaling.last
    across = (
        {"type": "log", "domain": [max(first, 1), max(last, 2)]} if scaling.log_updates else {"domain": [first, last]}
    )
    x = {"field": "update", "type": "quantitative", "title": "updates", "scale": {**across, "nice": False}}
    drawn: dict[str, Any] = {
        "mark": {"type": "line", "strokeWidth": 2, "clip": True},
        "encoding": {"strokeDash": _by_student(looks, "dash")},
    }
    behind: dict[str, Any] = {
        "mark": {"type": "line", "strokeWidth": 1, "opacity": 0.35, "clip": True},
        "encoding": {"y": {**y, "field": "raw"}},
    }
    return {
        "height": HEIGHT_PX,
        "encoding": {
            "x": x,
            "y": y,
            "color": _by_student(looks, "colour"),
            "detail": {"field": "run_id", "type": "nominal"},
            "tooltip": TOOLTIP,
        },
        "layer": [*([behind] if scaling.smoothing else []), drawn, *more],
    }


def y_axis(domain: list[float], form: str, title: str | None, scale: str = "linear") -> dict[str, Any]:
    # The room for the numbers is fixed, so that the plot does not move when they get longer.
    shown = {"labelExpr": "round(100 * datum.value) + ' %'"} if form == "%" else {"format": form}
    axis = {**shown, "minExtent": 40, "maxExtent": 40, "tickCount": 5}
    return {
        "field": "value",
        "type": "quantitative",
        "title": title,
        "scale": {"type": scale, "domain": domain},
        "axis": axis,
    }


def _by_student(looks: Mapping[str, Look], part: str) -> dict[str, Any]:
    # The whole cohort is the domain from the start, so that no network changes its colour when the next one begins.
    scale = {"domain": list(looks), "range": [getattr(look, part) for look in looks.values()]}
    return {"field": "student", "type": "nominal", "legend": None, "scale": scale}
