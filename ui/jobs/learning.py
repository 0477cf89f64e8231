"""The learning curves of one job: which part of the loss, on which axes, and all of them as a table."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from ui import spreadsheet
from ui.charts import learning_curves
from ui.charts.scaling import Scaling
from ui.findings.learning import AccuracyCurves, Longer, LossCurves
from ui.findings.sentences import say
from ui.forms.scaling import controls
from ui.kept import drawing
from ui.networks.style import Look
from ui.text import losses
from ui.text.language import _

__all__ = ["of_validation", "show"]


def show(
    frame: pd.DataFrame, looks: Mapping[str, Look], *, updates: int, live: bool = False, metric: str = "accuracy"
) -> None:
    """Validation accuracy beside the training loss or one of its parts; a table of both is one click away.

    ``frame`` is the long table of ``Reports.curves``, as it was kept for all visitors, of a task with this ``metric``;
    ``live``: of a job that trains.
    """
    scaling = controls("curve", updates)
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
    table = st.expander(_("Table of these curves"), on_change="rerun", key="curve_table")
    if table.open:
        spreadsheet.table(
            _table(frame), place=table, height=300, hide_index=True, alt=_("The curves as numbers, a row an update")
        )


def of_validation(lab: Lab, name: str) -> None:
    """Say where the validation part of a task is unlike its test."""
    told = lab.tasks.get(name).valid_note if name in lab.tasks else ""
    if told:
        st.caption(_(told))


def _draw_accuracy(frame: pd.DataFrame, looks: Mapping[str, Look], updates: int, title: str, scaling: Scaling) -> None:
    st.vega_lite_chart(
        learning_curves.points(frame, losses.ACCURACY, scaling),
        learning_curves.accuracy(looks, updates, scaling),
        key="curve_accuracy",
        # No values in it: Streamlit builds the chart anew when its text changes.
        alt=say(AccuracyCurves(title=title, networks=tuple(looks), updates=updates)),
    )


def _draw_loss(frame: pd.DataFrame, kind: str, looks: Mapping[str, Look], updates: int, scaling: Scaling) -> None:
    points, unit = learning_curves.points(frame, kind, scaling), losses.unit(frame, kind)
    st.vega_lite_chart(
        points,
        learning_curves.loss(points, looks, updates, unit, scaling),
        key="curve_loss",
        alt=say(LossCurves(part=_title(kind), unit=unit, networks=tuple(looks), updates=updates)),
    )


def _beyond(frame: pd.DataFrame, updates: int) -> None:
    longer = frame[frame["update"] > updates]["student"].unique()
    if len(longer):
        st.caption(say(Longer(networks=tuple(map(str, longer)), updates=updates)))


def _part(frame: pd.DataFrame) -> str:
    parts = losses.parts(frame)
    return st.segmented_control(
        _("Training loss"),
        [losses.TOTAL, *(parts or ["hard", "soft"])],
        default=losses.TOTAL,
        required=True,
        format_func=_title,
        key="curve_part",
        help=_(losses.PART_HELP),
    )


def _title(kind: str) -> str:
    return losses.PARTS.get(kind, kind)


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    table = frame.pivot_table(index=["student", "seed", "update"], columns="kind", values="value")
    units = {kind: losses.unit(frame, kind) for kind in table}
    return table.rename(columns={kind: f"{kind} ({unit})" for kind, unit in units.items() if unit}).reset_index()
