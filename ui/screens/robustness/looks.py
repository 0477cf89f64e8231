"""What one example looks like, as it is and corrupted: an image, the features of a recording, or a text."""

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import streamlit as st

from distill_core.lab import Lab
from distill_core.tasks import Task
from distill_core.tasks.sound import SOUND
from distill_core.tasks.table import ROW
from distill_core.tasks.text import TEXT
from ui.examples import Examples, row_text
from ui.text import words
from ui.text.language import N_, _

__all__ = ["EXPLAINED", "draw", "looks_of", "marked", "read"]

WIDE_PX = {"image": 112, "sound": 160}
EXPLAINED = {
    SOUND.name: N_(
        "Each picture is what networks hear: 13 coefficients from bottom to top, 40 frames of 25 ms from left to "
        "right. The middle tone is the mean and the silence at both ends; the darkest and the brightest are 2.5 "
        "standard deviations away."
    ),
    TEXT.name: N_("Each text is what networks read of it: up to 64 bytes. What is not as it was is red."),
    ROW.name: N_("Each row with the values of its columns; a dash stands where one is missing."),
}


def looks_of(lab: Lab, task: Task, parts: Mapping[str, Any]) -> dict[str, str]:
    """What ``draw`` shows of each example, a part each by name; the first one is as it was. An address of a picture,
    or Markdown of a text."""
    if task.kind == ROW:
        return {name: words.plain(row_text(task, part.values_NC[0])) for name, part in parts.items()}
    if task.kind != TEXT:
        side_px = WIDE_PX[task.kind.name]
        return {name: Examples(task=task, part=part).source(0, side_px) for name, part in parts.items()}
    inputs_PL = lab.robustness.inputs(task.name, [*parts.values()])
    texts = {name: read(tokens_L) for name, tokens_L in zip(parts, inputs_PL, strict=True)}
    first = next(iter(texts.values()))
    return {name: marked(first, text) for name, text in texts.items()}


def draw(task: Task, look: str, alt: str) -> None:
    """Draw what ``looks_of`` made; ``alt`` says in words what a picture shows."""
    if task.kind not in (TEXT, ROW):
        st.image(look, width=WIDE_PX[task.kind.name], alt=alt)
    else:
        st.markdown(look or _("(no text)"))


def read(tokens_L: np.ndarray) -> str:
    """The text that tokens stand for."""
    return bytes((tokens_L[tokens_L > 0] - 1).astype(np.uint8)).decode()


def marked(before: str, text: str) -> str:
    """Markdown of a text, in colour where it is not as before."""
    found = SequenceMatcher(None, before, text, autojunk=False).get_opcodes()
    pieces = [(text[start:end], what == "equal") for what, _from, _to, start, end in found if end > start]
    return "".join(_spaced(piece, "{}" if same else ":red[{}]") for piece, same in pieces)


def _spaced(piece: str, form: str) -> str:
    """A piece of a text in this form, with the spaces around it, which ``words.plain`` leaves off."""
    inside = piece.strip()
    if not inside:
        return piece
    before, after = piece.split(inside, 1)
    # A background instead of a colour would stand apart from the letters beside it.
    return before + form.format(words.plain(inside)) + after
