"""What a part of a page says of a task whose examples it cannot show."""

import math

import streamlit as st

from distill_core.lab import Lab
from distill_core.tasks import Task
from distill_core.tasks.base import EXAMPLE, Kind
from distill_core.tasks.graph import QUESTION
from distill_core.tasks.images import IMAGE
from distill_core.tasks.segmentation import SCENE
from ui.examples import can_be_seen
from ui.text import words
from ui.text.language import _, by_kind, decimal

__all__ = ["corruptible", "kind_of", "of_images", "seen"]


def kind_of(lab: Lab, task: str) -> Kind:
    """What the examples of a task are; those of one that the lab does not know, as a data set that was removed, are
    examples."""
    return lab.tasks.get(task).kind if task in lab.tasks else EXAMPLE


def of_images(task: Task) -> bool:
    """Whether the examples of a task are images, of one class or of one a pixel; where they are not, say so."""
    if task.kind in (IMAGE, SCENE):
        return True
    st.info(
        by_kind(
            task.kind,
            "Adapting is for images, scenes and recordings, and the examples of {task} are {examples}. Choose "
            "networks of another task.",
            task=_plain(task),
        ),
        icon=":material/image:",
    )
    return False


def seen(task: Task) -> bool:
    """Whether a page can show the examples of a task with an answer each; where it cannot, say so."""
    if task.target.positions:
        st.info(
            by_kind(
                task.kind,
                "This part shows one answer for each example, and networks of {task} give {count} for each {example}. "
                "Compare shows them under Disagreements.",
                task=words.plain(_(task.title)),
                count=decimal(math.prod(task.target.positions), 0, grouped=True),
            ),
            icon=":material/grid_on:",
        )
        return False
    if can_be_seen(task):
        return True
    st.info(
        by_kind(
            task.kind,
            "This part shows examples, and how {examples} of {task} look is not known here.",
            task=_plain(task),
        ),
        icon=":material/visibility_off:",
    )
    return False


def corruptible(task: Task) -> bool:
    """Whether the examples of a task can be corrupted; where not, say so."""
    if task.applies("corruptions"):
        return True
    if task.kind == QUESTION:
        st.info(
            _(
                "A question of {task} is two names, and there is nothing in it to disturb. What missing and wrong "
                "facts do stands in the first tab.",
                task=_plain(task),
            )
        )
        return False
    st.info(_("The examples of {task} cannot be corrupted here. Choose networks of another task.", task=_plain(task)))
    return False


def _plain(task: Task) -> str:
    return words.plain(_(task.title))
