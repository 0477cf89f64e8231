"""Learning curves of a cohort, overlaid.

Vega-Lite, since its charts keep their node while points come in; as plain specifications, since building the same
ones with Altair took 0.1 s at every tick.
"""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from ui import spreadsheet
from ui.charts.scaling import PLAIN, Scaling, controls, smoothed
from ui.findings.learning import AccuracyCurves, Longer, LossCurves
from ui.findings.sentences import say
from ui.kept import drawing
from ui.networks.style import Look
from ui.text import losses
from ui.text.language import N_, Texts

__all__ = ["lines", "show", "y_axis"]

HEIGHT_PX = 280
TITLES = Texts({losses.TOTAL: N_("Total"), "hard": N_("Hard"), "soft": N_("Soft")})
STEPS = (0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64)
FROM_ONE = ({"filter": "datum.update >= 1"},)  # 0 has no place on a logarithmic axis
TOOLTIP = [
    {"field": "student", "type": "nominal"},
    {"field": "seed", "type": "nominal"},
    {"field": "update", "type": "quantitative"},
    {"field": "value", "type": "quantitative", "format": ".3f"},
]


def show(
    frame: pd.DataFrame, looks: Mapping[str, Look], *, updates: int, live: bool = False, metric: str = "accuracy"
) -> None:
    """Validation accuracy beside the training loss or one of its parts; a table of both is one click away.

    ``frame`` is the long table of ``Reports.curves``, as it was kept for all visitors, of a task with this ``metric``;
    ``live``: of a job that trains.
    """
    scaling = controls("curve")
    left, right = st.columns(2, vertical_alignment="bottom")
    title = losses.title(losses.ACCURACY, metric)
    left.markdown(title)
    with right:
        kind = _part(frame)
    told = (*looks, updates, scaling)

    def accuracy() -> None:
        _draw_accuracy(frame, looks, updates, title, scaling)

    with left:
        drawing(frame, "accuracy", accuracy, title, *told, live=live)
    with right:
        drawing(frame, "loss", lambda: _draw_loss(frame, kind, looks, updates, scaling), kind, *told, live=live)
    drawing(frame, "beyond", lambda: _beyond(frame, updates), updates, live=live)
    table = st.expander("Table of these curves", on_change="rerun", key="curve_table")
    if table.open:
        spreadsheet.table(
            _table(frame), place=table, height=300, hide_index=True, alt="The curves as numbers, a row an update"
        )


def _draw_accuracy(frame: pd.DataFrame, looks: Mapping[str, Look], updates: int, title: str, scaling: Scaling) -> None:
    st.vega_lite_chart(
        _smooth(frame[frame["kind"] == losses.ACCURACY], scaling),
        _accuracy(looks, updates, scaling),
        key="curve_accuracy",
        # No values in it: Streamlit builds the chart anew when its text changes.
        alt=say(AccuracyCurves(title=title, networks=tuple(looks), updates=updates)),
    )


def _draw_loss(frame: pd.DataFrame, kind: str, looks: Mapping[str, Look], updates: int, scaling: Scaling) -> None:
    loss, unit = frame[frame["kind"] == kind], losses.unit(frame, kind)
    st.vega_lite_chart(
        _smooth(loss, scaling),
        _loss(loss, looks, updates, unit, scaling),
        key="curve_loss",
        alt=say(LossCurves(part=_title(kind), unit=unit, networks=tuple(looks), updates=updates)),
    )


def _smooth(points: pd.DataFrame, scaling: Scaling) -> pd.DataFrame:
    """The points with each run's ``value`` smoothed, and what was measured as ``raw``."""
    if not scaling.smoothing or points.empty:
        return points
    each = points.groupby("run_id", sort=False)["value"]
    return points.assign(raw=points["value"], value=each.transform(smoothed, weight=scaling.smoothing))


def _beyond(frame: pd.DataFrame, updates: int) -> None:
    longer = frame[frame["update"] > updates]["student"].unique()
    if len(longer):
        st.caption(say(Longer(networks=tuple(map(str, longer)), updates=updates)))


def _part(frame: pd.DataFrame) -> str:
    parts = losses.parts(frame)
    return st.segmented_control(
        "Training loss",
        [losses.TOTAL, *(parts or ["hard", "soft"])],
        default=losses.TOTAL,
        required=True,
        format_func=_title,
        key="curve_part",
        help="The loss that training lowers, or one of its parts before it is weighted: the label loss (cross-entropy) "
        "and the distillation loss (KL for plain KD); another part is a method's own. Its unit stands beside the "
        "chart, where it has one.",
    )


def _title(kind: str) -> str:
    return TITLES.get(kind, kind)


def _accuracy(looks: Mapping[str, Look], updates: int, scaling: Scaling) -> dict[str, Any]:
    points = {
        # Left out rather than clipped, which would halve those at the edges. Points beyond the plot, as of a teacher
        # that trains for longer, count as part of the picture, and Vega shrinks the plot until they fit in.
        "transform": [{"filter": f"datum.update <= {updates}"}, *(FROM_ONE if scaling.log_updates else ())],
        "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
        "encoding": {"shape": _by_student(looks, "shape")},
    }
    return lines(looks, updates, y_axis([0, 1], "%", None), points, scaling=scaling)


def _loss(
    frame: pd.DataFrame, looks: Mapping[str, Look], updates: int, unit: str | None, scaling: Scaling
) -> dict[str, Any]:
    highest = frame["value"].max() if len(frame) else 0.0
    top = next((step for step in STEPS if highest <= step), highest)
    above = frame.loc[frame["value"] > 0, "value"]
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
    across = {"type": "log", "domain": [1, max(updates, 2)]} if scaling.log_updates else {"domain": [0, updates]}
    x = {"field": "update", "type": "quantitative", "title": "updates", "scale": {**across, "nice": False}}
    drawn: dict[str, Any] = {
        "mark": {"type": "line", "strokeWidth": 2, "clip": True},
        "encoding": {"strokeDash": _by_student(looks, "dash")},
    }
    behind: dict[str, Any] = {
        "mark": {"type": "line", "strokeWidth": 1, "opacity": 0.35, "clip": True},
        "encoding": {"y": {**y, "field": "raw"}},
    }
    if scaling.log_updates:
        drawn["transform"] = behind["transform"] = list(FROM_ONE)
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


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    table = frame.pivot_table(index=["student", "seed", "update"], columns="kind", values="value")
    units = {kind: losses.unit(frame, kind) for kind in table}
    return table.rename(columns={kind: f"{kind} ({unit})" for kind, unit in units.items() if unit}).reset_index()
