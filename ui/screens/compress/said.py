"""What one stage changed, in plain words: sizes as fractions that one can see before one's eyes, accuracy in points."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from ui.findings.facts import Gap
from ui.findings.pipeline import SAME, Change
from ui.findings.sentences import say
from ui.findings.sentences.pipeline import reached
from ui.networks import marks
from ui.networks.style import Look
from ui.screens.compress.findings import accuracy, delta_digits, is_nothing, ratio
from ui.screens.compress.pipeline import Pipeline, Stage, difference
from ui.text import words
from ui.text.alike import alike
from ui.text.language import _

__all__ = ["change", "show"]


def show(pipeline: Pipeline, looks: Mapping[str, Look]) -> None:
    """Each finished stage with what it reaches and what it changed."""
    st.markdown(_("**Step by step**"))
    for stage in pipeline.done:
        found = change(pipeline, stage)
        changed = say(found) if found else ""
        text = f"{marks.named(stage.title, looks[stage.name])}: {reached(accuracy(stage), strong=True)}"
        st.markdown(words.firm(f"{text} · {changed}" if changed else text))


def change(pipeline: Pipeline, stage: Stage) -> Change | None:
    """A stage beside the network that it was made from; None for the teacher and where it is not finished."""
    before = pipeline.before(stage)
    if not stage.done or before is None:
        return None
    found = difference(stage, before)
    above = pipeline.stages[pipeline.stages.index(stage) - 1]
    return Change(
        macs=_share(stage, before, "macs"),
        onnx_bytes=_share(stage, before, "onnx_bytes"),
        gap=replace(Gap.between(found), digits=delta_digits(pipeline)) if found else None,
        still=bool(found and is_nothing(found)),
        metric=stage.metric,
        beside=None if before == above else before.name,
    )


def _share(stage: Stage, before: Stage, column: str) -> float | None:
    share = ratio(stage.cost(column), before.cost(column))
    return None if share is None or alike(share, 1.0, within=SAME) else share
