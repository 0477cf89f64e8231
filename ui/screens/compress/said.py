"""What one stage changed, in plain words: sizes as fractions that one can see before one's eyes, accuracy in points."""

from collections.abc import Callable, Mapping

import streamlit as st

from distill_core.decimals import fixed
from distill_core.evaluation.statistics import Difference
from ui.networks import marks
from ui.networks.style import Look
from ui.screens.compress.pipeline import Pipeline, Stage, difference
from ui.text import words

__all__ = ["SAME", "change", "fractions", "is_nothing", "ratio", "reached", "show", "times"]

# What one step changes by less is called the same: files of one size differ by a few bytes.
SAME = 1.03
_FRACTIONS = ((1 / 2, "half"), (1 / 3, "a third of"), (1 / 4, "a quarter of"), (1 / 5, "a fifth of"))
_NEAR = 0.035
_WHAT = (("macs", "the MACs"), ("onnx_bytes", "the bytes"))


def show(pipeline: Pipeline, looks: Mapping[str, Look]) -> None:
    """Each finished stage with what it reaches and what it changed."""
    st.markdown("**Step by step**")
    for stage in pipeline.done:
        changed = _beside(pipeline, stage, change(pipeline, stage))
        text = f"{marks.named(stage.title, looks[stage.name])}: {reached(stage, strong=True)}"
        st.markdown(words.firm(f"{text} · {changed}" if changed else text))


def reached(stage: Stage, *, strong: bool = False) -> str:
    """Its accuracy: with the interval over seeds, or that there is nothing to vary."""
    bold = "**" if strong else ""
    alike = " (the same for every seed)" if stage.alike else ""
    return f"{bold}{words.percent(stage.accuracy, stage.half_width)}{bold}{alike}"


def _beside(pipeline: Pipeline, stage: Stage, changed: str) -> str:
    """Beside whom, where that is not the stage above."""
    before, place = pipeline.before(stage), pipeline.stages.index(stage)
    return (
        f"{changed} beside {words.plain(before.name)}" if before and pipeline.stages[place - 1] != before else changed
    )


def change(pipeline: Pipeline, stage: Stage) -> str:
    """``half the MACs, −3.1 ± 0.4 points``: a stage beside the network that it was made from; empty for the teacher and
    where it is not finished."""
    before = pipeline.before(stage)
    if not stage.done or before is None:
        return ""
    shares = {what: share for column, what in _WHAT if (share := ratio(stage.cost(column), before.cost(column)))}
    parts, found = fractions(shares), difference(stage, before)
    if found:
        still = is_nothing(found)
        parts.append(f"{stage.metric} is where it was" if still else words.share_points(found.mean, found.half_width))
    return ", ".join(parts)


def is_nothing(found: Difference) -> bool:
    """Whether a difference and its interval, where it has one, read as 0.0 points."""
    return max(abs(found.mean), found.half_width or 0.0) < 0.0005


def fractions(shares: Mapping[str, float]) -> list[str]:
    """``half the MACs``, ``71 % of the bytes``, ``1.4 times the bytes``: all that changed in one form, which is percent
    where they ask for several."""
    changed = {what: share for what, share in shares.items() if not 1 / SAME < share < SAME}
    forms = {_form(share) for share in changed.values()}
    write = forms.pop() if len(forms) == 1 else _percent
    return [write(share, what) for what, share in changed.items()]


def _form(share: float) -> Callable[[float, str], str]:
    if share >= SAME:
        return _more
    return _near if _name(share) else _percent if share >= 0.1 else _fewer


def _name(share: float) -> str:
    """``half``, ``a third of``; empty where it is near none of them."""
    return next((name for at, name in _FRACTIONS if abs(share - at) < _NEAR * at), "")


def _near(share: float, what: str) -> str:
    return f"{_name(share)} {what}"


def _percent(share: float, what: str) -> str:
    return f"{words.percent(share, digits=0 if share >= 0.1 else 1)} of {what}"


def _more(share: float, what: str) -> str:
    return f"{times(share)} times {what}"


def _fewer(share: float, what: str) -> str:
    return f"{times(1 / share)} times fewer {what.removeprefix('the ')}"


def ratio(value: float | None, other: float | None) -> float | None:
    """One divided by the other; None where one of them is not known."""
    return value / other if value and other else None


def times(number: float) -> str:
    """``1.9`` or ``13``."""
    return fixed(number, 1) if number < 9.95 else f"{number:,.0f}"
