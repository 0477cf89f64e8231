"""One scene under all corruptions, and the masks that teacher, control and students make of each."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from distill_core.robustness.corruptions import corruptions_of
from distill_core.tasks import IGNORE, Task
from ui.networks import marks, masks
from ui.networks.style import Look
from ui.text import words
from ui.text.language import _
from ui.thumbnails import enlarged

__all__ = ["line", "show"]

WIDE_PX, NARROW_PX = 360, 300


def show(
    task: Task, parts: Mapping[str, Any], answers: Mapping[str, np.ndarray], looks: Mapping[str, Look], index: int
) -> None:
    """A card for the scene as it is and one for each corruption. ``answers``: by network the probabilities (examples,
    classes, height, width)."""
    st.markdown(
        _(
            "Test scene {index}. From left to right: the scene, its labels, and the networks in the order of their "
            "lines below, each with the share of the pixels that it answers right.",
            index=words.number(index),
        )
    )
    st.html(masks.legend(task.classes))
    if answers:
        st.markdown(marks.legend({name: looks[name] for name in answers}))
    about = {corruption.name: corruption for corruption in corruptions_of(task)}
    with st.grid(2, min_column_width=NARROW_PX, gap="small"):
        for place, (name, part) in enumerate(parts.items()):
            corruption, found = about.get(name), {network: of[place].argmax(0) for network, of in answers.items()}
            title = _(corruption.title) if corruption else _("As it is")
            with st.container(border=True, gap="xsmall", height="stretch"):
                alt = _(
                    "{title}: test scene {index}, its labels and the masks of the networks", title=title, index=index
                )
                st.image(enlarged(_pictures(part, found), WIDE_PX), alt=alt)
                st.markdown(f"**{title}**", help=_(corruption.teaches) if corruption else None)
                lines = [line(marks.mark(looks[of]), mask_HW, part.labels_N[0]) for of, mask_HW in found.items()]
                if lines:
                    st.markdown("\u2003".join(lines))


def line(mark: str, mask_HW: np.ndarray, labels_HW: np.ndarray) -> str:
    """One network in Markdown: whose mask it is, and the share of the pixels with a label that it has right."""
    known_HW = labels_HW != IGNORE
    share = float((mask_HW == labels_HW)[known_HW].mean())
    return f":small[{mark} {words.percent(share, digits=0)}]".replace(" %", "\u00a0%")


def _pictures(part: Any, found: Mapping[str, np.ndarray]) -> np.ndarray:
    shown = [masks.coloured(classes_HW) for classes_HW in (part.labels_N[0], *found.values())]
    return masks.beside([masks.in_colours(part.images_NHWC[0]), *shown])
