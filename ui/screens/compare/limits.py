"""What a device allows: at most so many bytes, at most so many milliseconds, at least such a score."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.charts import COSTS, Cost
from ui.findings.limits import Bounds, Limit, found, left
from ui.findings.sentences import paragraphs
from ui.screens.compare import devices
from ui.screens.compare.cohort import Cohort
from ui.text import words
from ui.text.language import _

__all__ = ["KEYS", "ask", "reset", "show", "within"]

KEYS = ("most_kb", "most_ms", "least_score")
SIZES = ("onnx_bytes", "size_bytes")


def ask(places: Sequence[DeltaGenerator], cost: Cost, metric: str) -> Bounds:
    """Draw the three fields in these places. ``cost`` is that of the chart: its file or its latency is what is limited,
    else the ONNX file and the server's median."""
    size = cost if cost.column in SIZES else COSTS["onnx_bytes"]
    latency = cost if cost.unit == "ms" else COSTS["p50_ms"]
    kilobytes = _field(places[0], _("File, at most (kB)"), KEYS[0], 10.0, None, size.title)
    milliseconds = _field(places[1], _("Latency, at most (ms)"), KEYS[1], 0.1, None, words.plain(latency.title))
    score = words.scored("Test {metric}", metric)
    percent = _field(places[2], words.scored("{Metric}, at least (%)", metric), KEYS[2], 1.0, 100.0, score)
    asked = ((size, kilobytes), (latency, milliseconds))
    return Bounds(
        limits=tuple(
            Limit(column=of.column, most=round(value / of.factor, 6), taken=of.taken)
            for of, value in asked
            if value is not None
        ),
        least=None if percent is None else percent / 100,
        metric=metric,
    )


def show(cohort: Cohort, rows: pd.DataFrame, bounds: Bounds) -> None:
    """Say which network is the best one that is left, and what is left out; nothing where there are no limits.
    ``rows`` have a score, and the columns of the limits. Where a latency was not measured, show where it can be."""
    if not bounds:
        return
    with st.container(border=True, gap="xsmall"):
        for text in paragraphs([found(rows, bounds)]):
            st.markdown(words.firm(text))
        if any(limit.of_latency and rows[limit.column].isna().any() for limit in bounds.limits):
            devices.measure(cohort, _(devices.ON_SERVER))
        st.button(
            _("Take the limits away"),
            icon=":material/filter_alt_off:",
            key="no_limits",
            type="tertiary",
            on_click=reset,
        )


def within(rows: pd.DataFrame, costed: pd.DataFrame, bounds: Bounds) -> pd.DataFrame:
    """The rows of the networks that are left; all of them where none is. ``costed`` has the columns of the limits."""
    if not bounds:
        return rows
    names = left(costed, bounds)["student"]
    return rows[rows["student"].isin(names)] if len(names) else rows


def reset() -> None:
    """Take all limits away; for a button's callback."""
    for key in KEYS:
        st.session_state[key] = None


def _field(place: DeltaGenerator, label: str, key: str, step: float, high: float | None, of: str) -> float | None:
    return place.number_input(
        label,
        0.0,
        high,
        None,
        step,
        format="%g",
        key=key,
        bind="query-params",
        placeholder=_("any"),
        help=_("Networks beyond this limit are grey in the chart and left out of the table: {of}.", of=of),
    )
