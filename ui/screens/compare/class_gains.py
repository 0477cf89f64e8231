"""Where a student gains on its control, class by class: which of them is looked at, and the chart of both."""

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from ui import charts
from ui.networks import style
from ui.networks.style import Look
from ui.screens.compare.cohort import Cohort
from ui.text import words
from ui.text.language import _, ngettext

__all__ = ["draw", "pair"]


def pair(cohort: Cohort, rows: pd.DataFrame) -> tuple[str, str] | None:
    """The chosen student and its control; None where no student has one, which is said."""
    students = rows[(rows["role"] == "student") & rows["control"].isin(cohort.done["student"])]
    if students.empty:
        st.caption(_("No finished student has a finished control here, so there is nothing to gain against."))
        return None
    names = list(students.sort_values("test_accuracy", ascending=False)["student"])
    name = st.selectbox(_("Student"), names, key="gains_of", bind="query-params")
    return name, str(students.loc[students["student"] == name, "control"].iloc[0])


def draw(
    found: Mapping[str, Sequence[float]],
    of: tuple[str, str],
    looks: Mapping[str, Look],
    *,
    key: str,
    score: Literal["recall", "iou"] = "recall",
) -> None:
    """``found``: gains in percentage points, by class a value for each seed; ``of``: student and control."""
    name, control = of
    charts.show(charts.class_gains(found, name, control, looks[name], dark=style.dark(), of=score), key=key)
    seeds = len(next(iter(found.values())))
    bars = ngettext("Bars: mean over {count} seed.", "Bars: mean over {count} seeds, strokes: each seed.", seeds)
    hint = _("No interval: a hint, not a verdict.")
    grey = _("Grey bars: here **{control}** does better.", control=words.plain(control))
    behind = any(sum(values) < 0 for values in found.values())
    st.caption(" ".join([bars, grey, hint] if behind else [bars, hint]))
