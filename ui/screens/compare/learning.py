"""Tab Curves: how the networks learned, overlaid."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from distill_core.reports.results import metric_of
from ui import charts
from ui.forms import fields
from ui.forms import scaling as scaling_of
from ui.jobs import gradient_balance
from ui.jobs.learning import of_validation
from ui.kept import derived, kept
from ui.networks import style
from ui.networks.style import Look
from ui.screens.compare.cohort import Cohort
from ui.text import losses
from ui.text.language import N_, _

__all__ = ["show"]

SEEDS = N_(
    "Thick lines are means over seeds, thin ones single seeds. The loss of a method with a teacher is another sum than "
    "the control's: compare shapes, or the hard part with the hard part."
)
SMOOTHED = N_(
    "Thick lines are smoothed means over seeds, faint ones the means as they were measured. The loss of a method with "
    "a teacher is another sum than the control's: compare shapes, or the hard part with the hard part."
)
LOSSES = (losses.TOTAL, "hard", "soft")


def show(lab: Lab, cohort: Cohort, rows: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    """Validation accuracy beside the training loss, or one of its parts.

    Without the teacher, which had a budget of its own.
    """
    runs = derived(rows, "runs that were taught", lambda: _taught(rows))
    drawn = (cohort.stamp, *dict.fromkeys(runs.values()))
    points = kept(("points", *drawn), lambda: cohort.curves(lab, runs))
    if points.empty:
        st.caption(_("No curve of these networks was kept."))
        return
    named, kinds, last = derived(points, "what is drawn", lambda: _drawn(points))
    here = {name: look for name, look in looks.items() if name in named}
    part, scaling = _part(kinds), scaling_of.controls("curves", last, bind="query-params")
    left, right = st.columns(2, gap="medium")
    for column, kind, key in ((left, losses.ACCURACY, "curve_accuracy"), (right, part, "curve_loss")):
        with column:
            chart = kept(
                ("curves", *drawn, kind, scaling, style.dark()),
                lambda kind=kind: charts.curves(
                    points, kind, here, dark=style.dark(), metric=metric_of(rows), scaling=scaling
                ),
            )
            charts.show(chart, key=key, kept=True)
    insights = kept(("insights", *drawn), lambda: cohort.insights(lab, runs))
    gradient_balance.show(insights, here, updates=last)
    of_validation(lab, cohort.task())
    st.caption(_(SMOOTHED) if scaling.smoothing else _(SEEDS))


def _taught(rows: pd.DataFrame) -> dict[str, str]:
    """The names of the networks by the ids of their runs."""
    taught = rows[rows["role"] != "teacher"]
    return {run: name for name, ids in zip(taught["student"], taught["run_ids"], strict=True) for run in ids}


def _drawn(points: pd.DataFrame) -> tuple[frozenset[str], list[str], int]:
    """Whose curves there are, which kinds besides accuracy, and the last update."""
    kinds = [kind for kind in points["kind"].unique() if kind != losses.ACCURACY]
    return frozenset(points["student"]), kinds, int(points["update"].max())


def _part(kinds: list[str]) -> str:
    offered = [kind for kind in LOSSES if kind in kinds] + sorted(set(kinds) - set(LOSSES))
    chosen = st.segmented_control(
        _("Loss in the second chart"),
        offered,
        default=losses.TOTAL,
        required=True,
        key="loss_part",
        bind="query-params",
        **fields.titled("loss_part", {kind: losses.PARTS.get(kind, kind) for kind in offered}),
        help=_(losses.PART_HELP),
    )
    return chosen or losses.TOTAL
