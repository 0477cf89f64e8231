"""Learning curves of a cohort, overlaid.

Vega-Lite, since its charts keep their node while points come in; as plain specifications, since building the same
ones with Altair took 0.1 s at every tick.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from ui import spreadsheet
from ui.kept import drawing
from ui.networks.style import Look
from ui.text import losses, words

__all__ = ["lines", "show", "y_axis"]

HEIGHT_PX = 280
TITLES = {losses.TOTAL: "Total", "hard": "Hard", "soft": "Soft"}
STEPS = (0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64)
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
    left, right = st.columns(2, vertical_alignment="bottom")
    title = losses.title(losses.ACCURACY, metric)
    left.markdown(title)
    with right:
        kind = _part(frame)
    with left:
        drawing(
            frame, "accuracy", lambda: _draw_accuracy(frame, looks, updates, title), title, *looks, updates, live=live
        )
    with right:
        drawing(frame, "loss", lambda: _draw_loss(frame, kind, looks, updates), kind, *looks, updates, live=live)
    drawing(frame, "beyond", lambda: _beyond(frame, updates), updates, live=live)
    table = st.expander("Table of these curves", on_change="rerun", key="curve_table")
    if table.open:
        spreadsheet.table(
            _table(frame), place=table, height=300, hide_index=True, alt="The curves as numbers, a row an update"
        )


def _draw_accuracy(frame: pd.DataFrame, looks: Mapping[str, Look], updates: int, title: str) -> None:
    st.vega_lite_chart(
        frame[frame["kind"] == losses.ACCURACY],
        _accuracy(looks, updates),
        key="curve_accuracy",
        alt=_alt(title, looks, updates),
    )


def _draw_loss(frame: pd.DataFrame, kind: str, looks: Mapping[str, Look], updates: int) -> None:
    loss, unit = frame[frame["kind"] == kind], losses.unit(frame, kind)
    st.vega_lite_chart(
        loss,
        _loss(loss, looks, updates, unit),
        key="curve_loss",
        alt=_alt(f"Training loss ({_title(kind).lower()}{f', in {unit}' if unit else ''})", looks, updates),
    )


def _beyond(frame: pd.DataFrame, updates: int) -> None:
    longer = frame[frame["update"] > updates]["student"].unique()
    if len(longer):
        names = words.join([words.plain(str(name)) for name in longer])
        st.caption(f"{names} trained for longer than {updates} updates: the table has the rest.")


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


def _alt(what: str, looks: Mapping[str, Look], updates: int) -> str:
    # No values in it: Streamlit builds the chart anew when its text changes.
    return f"{what} of {words.join(list(looks))} over {updates} updates; the table below has the numbers"


def _accuracy(looks: Mapping[str, Look], updates: int) -> dict[str, Any]:
    points = {
        # Left out rather than clipped, which would halve those at the edges. Points beyond the plot, as of a teacher
        # that trains for longer, count as part of the picture, and Vega shrinks the plot until they fit in.
        "transform": [{"filter": f"datum.update <= {updates}"}],
        "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
        "encoding": {"shape": _by_student(looks, "shape")},
    }
    return lines(looks, updates, y_axis([0, 1], "%", None), points)


def _loss(frame: pd.DataFrame, looks: Mapping[str, Look], updates: int, unit: str | None) -> dict[str, Any]:
    highest = frame["value"].max() if len(frame) else 0.0
    top = next((step for step in STEPS if highest <= step), highest)
    return lines(looks, updates, y_axis([0, top], ".1f", unit))


def lines(looks: Mapping[str, Look], updates: int, y: dict[str, Any], *more: dict[str, Any]) -> dict[str, Any]:
    """A line a run over the updates, in the look of its student."""
    x = {
        "field": "update",
        "type": "quantitative",
        "title": "updates",
        "scale": {"domain": [0, updates], "nice": False},
    }
    drawn = {
        "mark": {"type": "line", "strokeWidth": 2, "clip": True},
        "encoding": {"strokeDash": _by_student(looks, "dash")},
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
        "layer": [drawn, *more],
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
    # The whole cohort is the domain from the start, so that nobody changes colour when the next one begins.
    scale = {"domain": list(looks), "range": [getattr(look, part) for look in looks.values()]}
    return {"field": "student", "type": "nominal", "legend": None, "scale": scale}


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    table = frame.pivot_table(index=["student", "seed", "update"], columns="kind", values="value")
    units = {kind: losses.unit(frame, kind) for kind in table}
    return table.rename(columns={kind: f"{kind} ({unit})" for kind, unit in units.items() if unit}).reset_index()
