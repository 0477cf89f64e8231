"""What a part of a page says of a task whose examples it cannot show."""

import streamlit as st

from distill_core.tasks import Task
from distill_core.tasks.images import IMAGE
from ui.text import words

__all__ = ["of_images"]


def of_images(task: Task) -> bool:
    """Whether the examples of a task are images; where they are not, say so."""
    if task.kind == IMAGE:
        return True
    st.info(
        f"This part is for images, and the examples of {words.plain(task.title)} are {task.kind.examples}. Choose "
        "networks of another task.",
        icon=":material/image:",
    )
    return False
