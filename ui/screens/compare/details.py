"""What stands under the table: one tab a question; only the open one is computed."""

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from ui import charts
from ui.networks import style
from ui.networks.style import Look
from ui.screens.compare import downloads, images, learning, mistakes
from ui.screens.compare.cohort import Cohort
from ui.shell import trouble

__all__ = ["show"]


def show(lab: Lab, cohort: Cohort, rows: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    """Draw the tabs for the networks in ``rows``, all of which have an accuracy."""
    parts: dict[str, Callable[[], None]] = {
        "Curves": lambda: learning.show(lab, cohort, rows, looks),
        "Confusion": lambda: mistakes.confusion(lab, cohort, rows, looks),
        "Classes": lambda: mistakes.gains(lab, cohort, rows, looks),
        "All measures": lambda: _measures(rows, looks),
        "Disagreements": lambda: images.show(lab, cohort, cohort.of_lab(rows)),
        "Downloads": lambda: downloads.show(lab, cohort, rows),
    }
    for tab, draw in zip(st.tabs(list(parts), key="details", bind="query-params"), parts.values(), strict=True):
        if tab.open:
            with tab, trouble.guarded(refused=trouble.PART):
                draw()


def _measures(rows: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    charts.show(charts.parallel(rows, looks, dark=style.dark()), key="measures")
    st.caption(
        "Higher is better on every line: the best value stands above it, the worst below. Size, MACs and latency are "
        "logarithmic. ECE says how far confidence is from accuracy; agreement is with the teacher, which has none."
    )
