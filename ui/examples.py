"""What the examples of a task look like on a page: an image, the features of a recording as a map, or a text."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

import numpy as np

from distill_core.tasks import Task
from distill_core.tasks.images import IMAGE
from distill_core.tasks.sound import SOUND
from distill_core.tasks.sound.dataset import Recordings, heard_NTC
from distill_core.tasks.text import TEXT
from ui.networks import style
from ui.thumbnails import enlarged, thumbnail

__all__ = ["Examples", "can_be_seen", "tones", "written"]

# Features beyond so many deviations are as dark or as bright as these.
DEVIATIONS = 2.5
# A coefficient is as high as three frames are wide, so that a map is about square.
TALL = 3
LINE, LINES = 16, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """One part of a task. ``part`` is what the task loads; ``labels_N`` are its classes."""

    task: Task
    part: Any

    def __len__(self) -> int:
        return len(self.part.labels_N)

    @property
    def labels_N(self) -> np.ndarray:
        labels_N: np.ndarray = self.part.labels_N
        return labels_N

    def text(self, index: int) -> str:
        """An example that is a text; else nothing."""
        return str(self.part.texts[index]) if self.task.kind == TEXT else ""

    def picture(self, index: int) -> np.ndarray | None:
        """An example as an image (H, W, C; uint8); None where it is a text."""
        return PICTURES[self.task.kind.name](self.task, self.part, index)

    def source(self, index: int, side_px: int | None = None) -> str:
        """An address that a page can show; ``side_px``: for a place of this size."""
        image_HWC = self.picture(index)
        if image_HWC is None:
            return written(self.text(index))
        return thumbnail(image_HWC) if side_px is None else enlarged(image_HWC, side_px)


def can_be_seen(task: Task) -> bool:
    """Whether its examples are of a kind that a page can show."""
    return task.kind.name in PICTURES


def _image(_task: Task, part: Any, index: int) -> np.ndarray:
    image_HWC: np.ndarray = part.images_NHWC[index]
    return image_HWC


def _features(task: Task, part: Recordings, index: int) -> np.ndarray:
    """Coefficients upwards, frames from left to right; the middle tone is the mean."""
    values_CT = heard_NTC(task, part, slice(index, index + 1))[0].T[::-1]
    shares_CT = np.clip((values_CT / DEVIATIONS + 1) / 2, 0, 1)
    return tones()[np.round(255 * shares_CT).astype(int)].repeat(TALL, axis=0)


def _none(_task: Task, _part: Any, _index: int) -> None:
    """A text is no picture."""


PICTURES: Mapping[str, Callable[[Task, Any, int], np.ndarray | None]] = {
    IMAGE.name: _image,
    SOUND.name: _features,
    TEXT.name: _none,
}


@cache
def tones() -> np.ndarray:
    """(256, 3) uint8: the sequential scale."""
    from plotly.colors import sample_colorscale

    found = sample_colorscale(style.SEQUENTIAL, np.linspace(0, 1, 256).tolist(), colortype="tuple")
    return np.round(255 * np.array(found)).astype(np.uint8)


def written(text: str) -> str:
    """A text as a square picture, for where no text can stand: black on white, in lines, its end left off."""
    lines = [text[place : place + LINE] for place in range(0, len(text), LINE)]
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], f"{lines[LINES - 1][:-1]}…"]
    top = 75 - 9 * (len(lines) - 1)
    rows = "".join(
        f'<text x="75" y="{top + 18 * place}">{html.escape(line)}</text>' for place, line in enumerate(lines)
    )
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 150"><rect width="150" height="150" fill="#fff"/>'
        f'<g font-family="sans-serif" font-size="15" text-anchor="middle" fill="#1b1f24">{rows}</g></svg>'
    )
    return f"data:image/svg+xml;charset=utf-8,{quote(drawn)}"
