"""What a part of a page says of a task whose examples it cannot show."""

import streamlit as st

from distill_core.tasks import Task
from distill_core.tasks.images import IMAGE
from ui.text import words
from ui.text.language import _

__all__ = ["of_images"]


def of_images(task: Task) -> bool:
    """Whether the examples of a task are images; where they are not, say so."""
    if task.kind == IMAGE:
        return True
    st.info(
        _(
            "This part is for images, and the examples of {task} are {examples}. Choose networks of another task.",
            task=words.plain(_(task.title)),
            examples=_(task.kind.examples),
        ),
        icon=":material/image:",
    )
    return False
