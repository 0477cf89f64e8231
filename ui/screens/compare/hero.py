"""The chart that Compare is about, and beside it what it shows."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from distill_core.reports.summary import mark_front
from ui import charts
from ui.charts.limit_lines import Limits
from ui.findings.limits import Bounds, left
from ui.kept import derived, drawing, kept
from ui.networks import style
from ui.networks.style import Look
from ui.screens.compare import devices, findings, marked
from ui.screens.compare.cohort import Cohort
from ui.screens.compare.filters import Axis
from ui.text import words
from ui.text.language import _

__all__ = ["show"]


def show(
    cohort: Cohort, rows: pd.DataFrame, axis: Axis, bounds: Bounds, marks: Sequence[str], looks: Mapping[str, Look]
) -> None:
    """Accuracy against the chosen cost. ``rows`` have an accuracy; those without that cost are named below."""
    cost = axis.cost
    device = axis.device.name if axis.device else None

    def split() -> tuple[pd.DataFrame, list[str], str]:
        lacking = list(rows.loc[rows[cost.column].isna(), "student"])
        return _known(rows, cost.column), lacking, findings.fine_print(rows, cohort.results, cohort.kind, device)

    known, lacking, line = split() if device else derived(rows, "with this cost", split, cost.column, cohort.stamp)
    if known.empty:
        if axis.device:
            devices.nothing(cohort, axis.device)
        else:
            st.info(_("No network here has been measured for this axis: {cost}.", cost=words.plain(cost.title)))
            if cost.taken:  # as after an import, which brings the latencies of another machine
                devices.measure(cohort, _(devices.ON_SERVER))
        return
    drawn = (cohort.stamp, *known["student"], cost.column, axis.device)
    lines = _limits(rows, bounds, cost.column)
    wide, right = st.columns([2, 1], gap="medium")
    with wide:
        chart = kept(
            ("pareto", *drawn, axis.log, lines, *marks, style.dark()),
            lambda: charts.pareto(known, cost, looks, dark=style.dark(), log=axis.log, limits=lines, marked=marks),
        )
        charts.show(chart, key="pareto", picked=marked.toggle)
    with right:
        st.subheader(_("What this shows"))
        lines = kept(("findings", *drawn), lambda: findings.sentences(known, cost, cohort.kind))
        drawing(lines, "findings", lambda: _say(lines))
    if lacking:
        st.caption(
            _(
                "Not in the chart, for they have no such measurement: {names}.",
                names=", ".join(map(words.plain, lacking)),
            )
        )
    st.caption(line)


def _say(lines: Sequence[str]) -> None:
    for line in lines:
        st.markdown(words.firm(line))


def _limits(rows: pd.DataFrame, bounds: Bounds, column: str) -> Limits | None:
    if not bounds:
        return None
    within = frozenset(left(rows, bounds)["student"])
    return Limits(most=bounds.most(column), least=bounds.least, within=within)


def _known(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    known = rows[rows[column].notna()]
    return mark_front(known, column) if len(known) else known
