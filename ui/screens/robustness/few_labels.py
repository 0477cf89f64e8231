"""Accuracy against the number of labels: the shipped curve of control and students beside their teacher."""

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from distill_core.reports.sweeps import Sweep
from ui import charts
from ui.charts import label_budget
from ui.jobs import sheets
from ui.networks import style
from ui.text import origin, words
from ui.text.language import _

__all__ = ["show"]

KEY = "shipped:label_curve"


def show(lab: Lab) -> None:
    """The curve with what it shows, and the page that trains it again."""
    study = next((sweep for sweep in lab.reports.sweeps() if sweep.key == KEY), None)
    if study is None or study.curve is None:
        st.info(_("No curve over the number of labels ships with this lab."))
        return
    st.markdown(_("This curve ships with the lab and is Fashion-MNIST's: it does not follow the experiment above."))
    left, right = st.columns([3, 2], gap="medium")
    summary = sheets.summary(lab, study)
    with left:
        _chart(summary, study)
    with right:
        st.subheader(_("What this shows"))
        for sentence in label_budget.gains(summary):
            st.markdown(words.firm(sentence))
        st.caption(
            _(
                "Few labels are a test of robustness too: what the teacher says about an image is a label without "
                "the work of writing it."
            )
        )
        st.page_link(
            "../pages/temperature.py",
            label=_("Train this curve here"),
            icon=":material/replay:",
            query_params={"view": "budgets"},
        )
    told = _("as many updates whatever the number of labels"), _("test images")
    st.caption(origin.line(sheets.sheet(lab, study), *told))


def _chart(summary: pd.DataFrame, study: Sweep) -> None:
    counts = study.curve.places  # type: ignore[union-attr]
    places = [label_budget.count(labels) for labels in counts]
    series = label_budget.label_series(summary, counts, dark=style.dark())
    chart = charts.along(
        series,
        places,
        title=_("Training images with a label"),
        measure=_("Test accuracy"),
        dark=style.dark(),
        bands=True,
    )
    charts.show(chart, key="few_labels")
