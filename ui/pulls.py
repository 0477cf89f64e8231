"""What pulls at a network while it trains: its labels or its teacher, how hard, and whether the same way."""

from collections.abc import Iterator, Mapping

import pandas as pd
import streamlit as st

from ui import curves, spreadsheet, words
from ui.style import Look

__all__ = ["sentences", "show"]

# Beyond these a part hardly counts beside the other.
STRONG = 10.0
SAME, AGAINST = 0.2, -0.2
RATIOS = [0.01, 100.0]
HELP = (
    "The ratio is the length of the gradient of the teacher's part of the loss, divided by that of the labels' part, "
    "both with their weights, on all weights of the network, at one batch. The cosine says whether the two point the "
    "same way (1), across (0), or against each other (−1)."
)


def show(frame: pd.DataFrame, looks: Mapping[str, Look], *, updates: int) -> None:
    """Ratio and cosine of the two pulls, what they say, and all numbers in a table; behind one click.

    ``frame`` is the long table of ``Reports.insights``.
    """
    box = st.expander("What pulls: the labels or the teacher?", on_change="rerun", key="pulls")
    if not box.open:
        return
    with box:
        both = frame[frame["kind"] == "ratio"]
        if both.empty:
            st.caption("Nothing yet: only a student that hears labels and a teacher is pulled by both.")
        known = set(both["student"])
        here = {name: look for name, look in looks.items() if name in known}
        for sentence in sentences(frame):
            st.markdown(words.firm(sentence))
        left, right = st.columns(2)
        left.markdown("Teacher's pull, times the labels'", help=HELP)
        beyond = int((~both["value"].between(*RATIOS)).sum())
        ratio = both[both["value"].between(*RATIOS)]
        left.vega_lite_chart(
            ratio,
            curves.lines(here, updates, curves.y_axis(RATIOS, "~g", None, "log")),
            key="pull_ratio",
            alt=_alt(here),
        )
        if beyond:
            left.caption(f"{words.plural(beyond, 'point')} beyond these limits: the table has them.")
        right.markdown("Do they pull the same way? (cosine)", help=HELP)
        cosine = frame[frame["kind"] == "cosine"]
        right.vega_lite_chart(
            cosine, curves.lines(here, updates, curves.y_axis([-1, 1], ".1f", None)), key="pull_cosine", alt=_alt(here)
        )
        spreadsheet.table(
            frame.pivot_table(index=["student", "seed", "update"], columns="kind", values="value").reset_index(),
            height=200,
            hide_index=True,
            alt="Every pull as a number, a row an update that was looked at",
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
        return f"the teacher pulls {ratio:,.0f} times as hard as the labels, which hardly count at this weight"
    if ratio < 1 / STRONG:
        return f"the labels pull {1 / ratio:,.0f} times as hard as the teacher, who hardly counts at this weight"
    if ratio >= 1:
        return f"the teacher pulls {ratio:.1f} times as hard as the labels"
    return f"the labels pull {1 / ratio:.1f} times as hard as the teacher"


def _direction(cosine: float) -> str:
    if cosine > SAME:
        return f"mostly the same way (cosine {cosine:.2f})"
    if cosine < AGAINST:
        return f"against them (cosine {cosine:.2f})"
    return f"across them (cosine {cosine:.2f})"


def _alt(looks: Mapping[str, Look]) -> str:
    # No values in it: Streamlit builds the chart anew when its text changes.
    return f"How labels and teacher pull at {words.join(list(looks))}; the table below has the numbers"
