"""What stands under the table: one tab a question; only the open one is computed."""

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from ui import charts
from ui.networks import style
from ui.networks.style import Look
from ui.screens.compare import downloads, images, iou, learning, masks, mistakes, speakers
from ui.screens.compare.cohort import Cohort
from ui.shell import tabs, trouble
from ui.text.language import N_, Texts, _

__all__ = ["show"]

PARTS = Texts(
    {
        "curves": N_("Curves"),
        "confusion": N_("Confusion"),
        "classes": N_("Classes"),
        "measures": N_("All measures"),
        "disagreements": N_("Disagreements"),
        "downloads": N_("Downloads"),
    }
)


def show(lab: Lab, cohort: Cohort, rows: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    """Draw the tabs for the networks in ``rows``, all of which have an accuracy."""
    of_pixels = bool(lab.tasks.get(cohort.task()).target.positions)
    parts: dict[str, Callable[[], None]] = {
        "curves": lambda: learning.show(lab, cohort, rows, looks),
        "confusion": lambda: mistakes.confusion(lab, cohort, rows, looks),
        "classes": lambda: _classes(lab, cohort, rows, looks, of_pixels=of_pixels),
        "measures": lambda: _measures(rows, looks),
        "disagreements": lambda: (masks if of_pixels else images).show(lab, cohort, cohort.of_lab(rows)),
        "downloads": lambda: downloads.show(lab, cohort, rows),
    }
    for tab, draw in zip(tabs.draw("details", PARTS), parts.values(), strict=True):
        if tab.open:
            with tab, trouble.guarded(refused=trouble.PART):
                draw()


def _classes(lab: Lab, cohort: Cohort, rows: pd.DataFrame, looks: Mapping[str, Look], *, of_pixels: bool) -> None:
    (iou.show if of_pixels else mistakes.gains)(lab, cohort, rows, looks)
    speakers.show(lab, cohort, rows)


def _measures(rows: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    charts.show(charts.parallel(rows, looks, dark=style.dark()), key="measures")
    st.caption(
        _(
            "Higher is better on every line: the best value stands above it, the worst below. Size, MACs and "
            "latency are logarithmic. ECE says how far confidence is from accuracy; agreement is with the "
            "teacher, which has none."
        )
    )
