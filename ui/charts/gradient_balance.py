"""Gradient balance: how the gradients of the hard and of the soft loss compare while a network trains."""

from collections.abc import Iterator, Mapping

import pandas as pd
import streamlit as st

from ui import spreadsheet
from ui.charts import learning_curves
from ui.networks.style import Look
from ui.text import words

__all__ = ["sentences", "show"]

# Beyond these a part hardly counts beside the other.
STRONG = 10.0
SAME, AGAINST = 0.2, -0.2
RATIOS = [0.01, 100.0]
HELP = (
    "The ratio is the norm of the gradient of the soft loss (teacher) divided by that of the hard loss (labels), "
    "both with their weights, on all weights of the network, at one batch. The cosine says whether the two point the "
    "same way (1), across (0), or against each other (−1). See "
    f"{words.term('gradient-balance')}."
)


def show(frame: pd.DataFrame, looks: Mapping[str, Look], *, updates: int) -> None:
    """Ratio and cosine of the two gradients, what they say, and all numbers in a table; behind one click.

    ``frame`` is the long table of ``Reports.insights``.
    """
    box = st.expander("Gradient balance", on_change="rerun", key="pulls")
    if not box.open:
        return
    with box:
        both = frame[frame["kind"] == "ratio"]
        if both.empty:
            st.caption("Nothing yet: only a student with a hard and a soft loss has both gradients.")
        known = set(both["student"])
        here = {name: look for name, look in looks.items() if name in known}
        for sentence in sentences(frame):
            st.markdown(words.firm(sentence))
        left, right = st.columns(2)
        left.markdown("Gradient-norm ratio, soft / hard loss", help=HELP)
        beyond = int((~both["value"].between(*RATIOS)).sum())
        ratio = both[both["value"].between(*RATIOS)]
        left.vega_lite_chart(
            ratio,
            learning_curves.lines(here, updates, learning_curves.y_axis(RATIOS, "~g", None, "log")),
            key="pull_ratio",
            alt=_alt(here),
        )
        if beyond:
            left.caption(f"{words.plural(beyond, 'point')} beyond these limits: the table has them.")
        right.markdown("Gradient cosine, soft vs hard", help=HELP)
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
            alt="Every ratio and cosine as a number, a row an update",
        )


def sentences(frame: pd.DataFrame) -> Iterator[str]:
    """A sentence a student whose parts are both weighted, from the second half of its training."""
    for student, rows in frame.groupby("student", sort=False):
        late = rows[rows["update"] > rows["update"].max() / 2]
        found = late.groupby("kind")["value"].median()
        if {"ratio", "cosine"} <= set(found.index):
            yield f"**{words.plain(str(student))}**: {_strength(found['ratio'])}, {_direction(found['cosine'])}."


def _strength(ratio: float) -> str:
    if ratio > STRONG:
        return f"the soft loss has {ratio:,.0f} times the gradient of the hard loss, which hardly counts here"
    if ratio < 1 / STRONG:
        return f"the hard loss has {1 / ratio:,.0f} times the gradient of the soft loss, which hardly counts here"
    if ratio >= 1:
        return f"the soft loss has {ratio:.1f} times the gradient of the hard loss"
    return f"the hard loss has {1 / ratio:.1f} times the gradient of the soft loss"


def _direction(cosine: float) -> str:
    if cosine > SAME:
        return f"mostly in the same direction (cosine {cosine:.2f})"
    if cosine < AGAINST:
        return f"in opposite directions (cosine {cosine:.2f})"
    return f"about at right angles (cosine {cosine:.2f})"


def _alt(looks: Mapping[str, Look]) -> str:
    # No values in it: Streamlit builds the chart anew when its text changes.
    return f"Gradients of hard and soft loss for {words.join(list(looks))}; the table below has the numbers"
