"""What one rung changed, in plain words: sizes as fractions that one can see before one's eyes, accuracy in points."""

from collections.abc import Mapping

import streamlit as st

from ui import marks, words
from ui.alike import alike
from ui.compress.rungs import Ladder, Rung, difference
from ui.style import Look

__all__ = ["SAME", "change", "fraction", "ratio", "reached", "show", "times"]

# What one step changes by less is called the same: files of one size differ by a few bytes.
SAME = 1.03
_FRACTIONS = ((1 / 2, "half"), (1 / 3, "a third of"), (1 / 4, "a quarter of"), (1 / 5, "a fifth of"))
_NEAR = 0.035
_WHAT = (("macs", "the MACs"), ("onnx_bytes", "the bytes"))


def show(ladder: Ladder, looks: Mapping[str, Look]) -> None:
    """Each finished rung with what it reaches and what it changed."""
    st.markdown("**Rung by rung**")
    for rung in ladder.done:
        changed = _beside(ladder, rung, change(ladder, rung))
        told = f"{marks.named(rung.title, looks[rung.name])}: {reached(rung, strong=True)}"
        st.markdown(words.firm(f"{told} · {changed}" if changed else told))


def reached(rung: Rung, *, strong: bool = False) -> str:
    """Its accuracy: with the interval over seeds, or that there is nothing to vary."""
    bold = "**" if strong else ""
    alike = " (the same for every seed)" if rung.alike else ""
    return f"{bold}{words.percent(rung.accuracy, rung.half_width)}{bold}{alike}"


def _beside(ladder: Ladder, rung: Rung, changed: str) -> str:
    """Beside whom, where that is not the rung above."""
    before, place = ladder.before(rung), ladder.rungs.index(rung)
    return f"{changed} beside {words.plain(before.name)}" if before and ladder.rungs[place - 1] != before else changed


def change(ladder: Ladder, rung: Rung) -> str:
    """``half the MACs, −3.1 ± 0.4 points``: a rung beside the network that it was made from; empty for the teacher and
    where it is not finished."""
    before = ladder.before(rung)
    if not rung.done or before is None:
        return ""
    parts = [text for column, what in _WHAT if (text := _size(rung, before, column, what))]
    found = difference(rung, before)
    parts += [words.share_points(found.mean, found.half_width)] if found else []
    return ", ".join(parts)


def fraction(share: float, what: str) -> str:
    """``half the MACs``, ``71 % of the bytes``, ``1.4 times the bytes``; empty where it is the same."""
    if alike(share, 1.0, within=SAME):
        return ""
    if share >= SAME:
        return f"{times(share)} times {what}"
    near = next((name for round_share, name in _FRACTIONS if abs(share - round_share) < _NEAR * round_share), None)
    if near:
        return f"{near} {what}"
    return (
        f"{words.percent(share, digits=0)} of {what}" if share >= 0.1 else f"{times(1 / share)} times fewer {what[4:]}"
    )


def ratio(one: float | None, other: float | None) -> float | None:
    """One divided by the other; None where one of them is not known."""
    return one / other if one and other else None


def times(number: float) -> str:
    """``1.9`` or ``13``."""
    return f"{number:.1f}" if number < 9.95 else f"{number:,.0f}"


def _size(rung: Rung, before: Rung, column: str, what: str) -> str:
    share = ratio(rung.cost(column), before.cost(column))
    return fraction(share, what) if share else ""
