"""Tab Curves: how the networks learned, overlaid."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from ui import charts, style
from ui.style import Look

__all__ = ["show"]

LOSSES = ("loss", "hard", "soft")


def show(lab: Lab, rows: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    """Validation accuracy beside the training loss, or one of its parts.

    Without the teacher, which had a budget of its own.
    """
    cohort = rows[rows["role"] != "teacher"]
    runs = {run: name for name, ids in zip(cohort["student"], cohort["run_ids"], strict=True) for run in ids}
    points = lab.curves(runs)
    if points.empty:
        st.caption("No curve of these networks was kept.")
        return
    drawn = {name: look for name, look in looks.items() if name in set(points["student"])}
    kinds = [kind for kind in points["kind"].unique() if kind != "valid_accuracy"]
    part = _part(kinds)
    left, right = st.columns(2, gap="medium")
    with left:
        charts.show(charts.curves(points, "valid_accuracy", drawn, dark=style.dark()), key="curve_accuracy")
    with right:
        charts.show(charts.curves(points, part, drawn, dark=style.dark()), key="curve_loss")
    st.caption(
        "Thick lines are means over seeds, thin ones single seeds. The loss of a method with a teacher is another sum "
        "than the control's: compare shapes, or the hard part with the hard part."
    )


def _part(kinds: list[str]) -> str:
    offered = [kind for kind in LOSSES if kind in kinds] + sorted(set(kinds) - set(LOSSES))
    chosen = st.segmented_control(
        "Loss in the second chart",
        offered,
        default="loss",
        required=True,
        key="loss_part",
        bind="query-params",
        help="loss: the sum that is trained on; hard: its part from labels; soft: its part from the teacher.",
    )
    return chosen or "loss"
