"""The chart that Compare is about, and beside it what it shows."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from ui import charts, style, words
from ui.compare import findings
from ui.compare.cohort import Cohort
from ui.compare.filters import Axis
from ui.kept import kept
from ui.style import Look

__all__ = ["show"]


def show(lab: Lab, cohort: Cohort, rows: pd.DataFrame, axis: Axis, looks: Mapping[str, Look]) -> None:
    """Accuracy against the chosen cost. ``rows`` have an accuracy; those without that cost are named below."""
    known = rows[rows[axis.column].notna()]
    if known.empty:
        st.info(f"No network here has been measured for this axis ({charts.COSTS[axis.column].said}).")
        return
    known = lab.front(known, axis.column)
    drawn = (cohort.stamp, *known["student"], axis.column)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        chart = kept(
            ("pareto", *drawn, axis.log, style.dark()),
            lambda: charts.pareto(known, axis.column, looks, dark=style.dark(), log=axis.log),
        )
        charts.show(chart, key="pareto")
    with right:
        st.subheader("What this shows")
        for sentence in kept(("findings", *drawn), lambda: findings.sentences(known, axis.column)):
            st.markdown(words.firm(sentence))
    missing = rows[rows[axis.column].isna()]
    if len(missing):
        st.caption(f"Not in the chart, for they have no such measurement: {', '.join(missing['student'])}.")
    st.caption(findings.fine_print(rows, cohort.results))
