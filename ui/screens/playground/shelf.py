"""The test images beside the canvas."""

import base64
from typing import Any

import streamlit as st

from distill_core.tasks import Split
from ui.thumbnails import thumbnail

__all__ = ["numbers", "picture", "shelf", "turn"]

SHOWN = 18
KEY = "playground_shelf"


def shelf(split: Split) -> list[dict[str, Any]]:
    """The images of this visitor's shelf."""
    return [picture(split, index) for index in numbers(len(split), SHOWN)]


def numbers(count: int, shown: int) -> list[int]:
    """Which of so many test examples stand on this visitor's shelf, in their order; behind the last one comes the
    first."""
    start = shown * int(st.session_state.get(KEY, 0))
    return [(start + place) % count for place in range(min(shown, count))]


def turn() -> None:
    """To the next shelf; for callbacks."""
    st.session_state[KEY] = int(st.session_state.get(KEY, 0)) + 1


def picture(split: Split, index: int) -> dict[str, Any]:
    """``src`` is for the eye, ``pixels`` for the networks: some browsers blur what is read back from a picture."""
    image_HWC = split.images_NHWC[index]
    return {
        "index": index,
        "label": int(split.labels_N[index]),
        "src": thumbnail(image_HWC),
        "pixels": base64.b64encode(image_HWC.tobytes()).decode(),
    }
