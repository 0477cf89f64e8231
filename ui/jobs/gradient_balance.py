"""Gradient balance: how the gradients of the hard and of the soft loss compare while a network trains."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from ui import spreadsheet
from ui.charts import learning_curves
from ui.findings import balance
from ui.findings.sentences import say
from ui.networks.style import Look
from ui.text import words
from ui.text.language import N_, _

__all__ = ["sentences", "show"]

RATIOS = [0.01, 100.0]
HELP = N_(
    "The ratio is the norm of the gradient of the soft loss (teacher) divided by that of the hard loss "
    "(labels), both with their weights, on all weights of the network, at one batch. The cosine says "
    "whether the two point the same way (1), across (0), or against each other (−1). See [gradient "
    "balance](glossary#gradient-balance)."
)


def show(frame: pd.DataFrame, looks: Mapping[str, Look], *, updates: int) -> None:
    """Ratio and cosine of the two gradients, what they say, and all numbers in a table; behind one click.

    ``frame`` is the long table of ``Reports.insights``.
    """
    box = st.expander(_("Gradient balance"), on_change="rerun", key="pulls")
    if not box.open:
        return
    with box:
        both = frame[frame["kind"] == "ratio"]
        if both.empty:
            st.caption(_("Nothing yet: only a student with a hard and a soft loss has both gradients."))
        known = set(both["student"])
        here = {name: look for name, look in looks.items() if name in known}
        for sentence in sentences(frame):
            st.markdown(words.firm(sentence))
        left, right = st.columns(2)
        left.markdown(_("Gradient-norm ratio, soft / hard loss"), help=_(HELP))
        beyond = int((~both["value"].between(*RATIOS)).sum())
        ratio = both[both["value"].between(*RATIOS)]
        left.vega_lite_chart(
            ratio,
            learning_curves.lines(here, updates, learning_curves.y_axis(RATIOS, "~g", None, "log")),
            key="pull_ratio",
            alt=_alt(here),
        )
        if beyond:
            left.caption(say(balance.Beyond(points=beyond)))
        right.markdown(_("Gradient cosine, soft vs hard"), help=_(HELP))
        cosine = frame[frame["kind"] == "cosine"]
        right.vega_lite_chart(
            cosine,
            learning_curves.lines(here, updates, learning_curves.y_axis([-1, 1], ".1f", None)),
            key="pull_cosine",
            alt=_alt(here),
        )
        spreadsheet.table(
            frame.pivot_table(index=["student", "seed", "update"], columns="kind", values="value")
            .rename(columns=lambda kind: kind.replace("pull of", "gradient norm of"))
            .reset_index(),
            height=200,
            hide_index=True,
            alt=_("Every ratio and cosine as a number, a row an update"),
        )


def sentences(frame: pd.DataFrame) -> tuple[str, ...]:
    """What a student's gradients say, where both of its parts are weighted."""
    return tuple(say(fact) for fact in balance.found(frame))


def _alt(looks: Mapping[str, Look]) -> str:
    # No values in it: Streamlit builds the chart anew when its text changes.
    return say(balance.Shown(students=tuple(looks)))
