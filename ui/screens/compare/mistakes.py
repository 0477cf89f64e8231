"""Tabs Confusion and Classes: what two networks mistake, and where a student gains."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from distill_core.reports.recall import recall_gains
from ui import charts
from ui.networks import marks, style
from ui.networks.style import Look
from ui.screens.compare import class_gains
from ui.screens.compare.cohort import Cohort
from ui.text import words
from ui.text.language import N_, _

__all__ = ["confusion", "gains"]

OF_EXAMPLES = N_(
    "Rows are true classes, numbers percent of a class; grey is right, colour is wrong, under 1 % stays empty. "
    "Seeds are added up."
)
OF_PIXELS = N_(
    "Rows are the true classes of all test pixels, numbers percent of a class's pixels, 100 % a row; grey is right, "
    "colour is wrong, under 1 % stays empty. Seeds are added up."
)


def confusion(lab: Lab, cohort: Cohort, rows: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    """Two networks side by side, in one colour scale, all seeds added."""
    pair = _pair(rows)
    counts = [sum(cohort.confusion(lab, run) for run in cohort.runs(name)) for name in pair]
    top, classes = charts.highest_mistake(*counts), lab.catalog.classes(cohort.task())
    for place, column in enumerate(st.columns(2, gap="medium")):
        with column:
            st.markdown(f"**{marks.named(pair[place], looks[pair[place]])}**")
            chart = charts.confusion(counts[place], classes, pair[place], dark=style.dark(), top=top)
            charts.show(chart, key=f"confusion_{place}")
            st.caption(f"{words.plain(chart.alt)}.")
    st.caption(_(OF_PIXELS if lab.tasks.get(cohort.task()).target.positions else OF_EXAMPLES))


def gains(lab: Lab, cohort: Cohort, rows: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    """Recall by class against the control, sorted."""
    of = class_gains.pair(cohort, rows)
    if of is None:
        return
    found = recall_gains(cohort.results, *of, lab.catalog.classes(cohort.task()))
    if not found:
        text = _("{student} and its control share no seed whose recall by class is known.", student=words.plain(of[0]))
        st.caption(text)
        return
    class_gains.draw(found, of, looks, key="gains")


def _pair(rows: pd.DataFrame) -> tuple[str, str]:
    """The two networks: by default the best student's control and the best student."""
    names, students = list(rows["student"]), rows[rows["role"] == "student"]
    best = students.sort_values("test_accuracy")["student"].iloc[-1] if len(students) else names[-1]
    own = rows.loc[rows["student"] == best, "control"].iloc[0]
    first = own if own in names else names[0]
    left, right = st.columns(2, gap="medium")
    with left:
        first_name = st.selectbox(_("One network"), names, names.index(first), key="one", bind="query-params")
    with right:
        other = st.selectbox(_("The other"), names, names.index(best), key="other", bind="query-params")
    return first_name, other
