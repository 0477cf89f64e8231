"""Accuracy against what each stage costs, the stages joined in their order, beside the networks of equal size."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from distill_core.reports.results import metric_of
from distill_core.reports.summary import mark_front
from ui import charts
from ui.forms import fields
from ui.kept import derived
from ui.networks import style
from ui.networks.style import Look
from ui.screens.compress.pipeline import SHOWN_COSTS, Pipeline
from ui.text import words
from ui.text.language import _

__all__ = ["KEY", "measured", "show"]

KEY = "pipeline_cost"


def show(pipeline: Pipeline, summary: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    """One cost at a time, chosen above the chart."""
    names = {cost.name: cost for cost in SHOWN_COSTS}
    chosen = st.segmented_control(
        words.scored("{Metric} against", metric_of(summary)),
        list(names),
        default=next(iter(names)),
        required=True,
        key=KEY,
        bind="query-params",
        help="  \n".join(f"{cost.label}: {cost.help}" for cost in names.values()),
        **fields.titled(KEY, {name: cost.label for name, cost in names.items()}),
    )
    cost = names.get(chosen or "", SHOWN_COSTS[0])
    dark = style.dark()
    chart = derived(pipeline, "trade chart", lambda: _chart(pipeline, summary, looks, cost, dark=dark), cost.name, dark)
    if chart is None:
        st.info(_("No network has been measured for this axis yet: {cost}.", cost=words.plain(cost.title)))
    else:
        charts.show(chart, key="trade", kept=True)


def _chart(
    pipeline: Pipeline, summary: pd.DataFrame, looks: Mapping[str, Look], cost: charts.Cost, *, dark: bool
) -> charts.Chart | None:
    known = measured(summary, pipeline, cost.column)
    if known.empty:
        return None
    path = [(before.name, stage.name) for stage in pipeline.done if (before := pipeline.before(stage))]
    return charts.pareto(mark_front(known, cost.column), cost, looks, dark=dark, path=path)


def measured(summary: pd.DataFrame, pipeline: Pipeline, column: str) -> pd.DataFrame:
    """The rows of a pipeline's networks that have an accuracy and this cost; one network has no interval over seeds."""
    seedless = {stage.name: stage.seedless for stage in pipeline.all_stages()}
    known = summary[summary["student"].isin(seedless) & summary["test_accuracy"].notna() & summary[column].notna()]
    half = known["test_accuracy_half_width"]
    return known.assign(test_accuracy_half_width=half.mask(known["student"].map(seedless).astype(bool)))
