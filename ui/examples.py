"""What the examples of a task look like on a page: an image, the features of a recording as a map, a text, or a
question."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

import numpy as np

from distill_core.tasks import Task
from distill_core.tasks.base import NamedColumn
from distill_core.tasks.graph import QUESTION
from distill_core.tasks.graph.medicine import sentence
from distill_core.tasks.images import IMAGE
from distill_core.tasks.segmentation import SCENE
from distill_core.tasks.sound import SOUND
from distill_core.tasks.sound.dataset import Recordings, heard_NTC
from distill_core.tasks.table import ROW
from distill_core.tasks.text import TEXT, tokens
from distill_core.tasks.text.tokens import utf8
from ui.networks import style
from ui.text import words
from ui.thumbnails import enlarged, thumbnail

__all__ = ["Examples", "can_be_seen", "row_text", "tones", "written"]

# Features beyond so many deviations are as dark or as bright as these.
DEVIATIONS = 2.5
# A coefficient is as high as three frames are wide, so that a map is about square.
TALL = 3
# Of a row as a text: the most columns that are told.
MOST_COLUMNS = 12
# Of a text as a picture: its side, and what is small, where fewer and larger letters in fewer lines are read.
SIDE, SMALL_PX, FEW = 150, 64, (8, 4)


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
        """As much of a text as networks read, or a question; nothing of another example."""
        if self.task.kind == QUESTION:
            return sentence(self.part.questions_N2[index])
        if self.task.kind == ROW:
            return row_text(self.task, self.part.values_NC[index])
        if self.task.kind != TEXT:
            return ""
        whole = str(self.part.texts[index])
        read = utf8(whole)[: tokens.LENGTH].decode(errors="ignore")
        return read if read == whole else f"{read}…"

    def picture(self, index: int) -> np.ndarray | None:
        """An example as an image (H, W, C; uint8); None where it is a text."""
        return PICTURES[self.task.kind.name](self.task, self.part, index)

    def source(self, index: int, side_px: int | None = None) -> str:
        """An address that a page can show; ``side_px``: for a place of this size."""
        image_HWC = self.picture(index)
        if image_HWC is None:
            return written(self.text(index), *(() if side_px is None or side_px > SMALL_PX else FEW))
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
    QUESTION.name: _none,
    SCENE.name: _image,
    ROW.name: _none,
}


def row_text(task: Task, values_C: np.ndarray, most: int = MOST_COLUMNS) -> str:
    """A row of a table as a text: the names of its columns with their values, a dash where one is missing."""
    parts = [
        f"{column.name} {_value(column, float(value))}"
        for column, value in zip(task.columns[:most], values_C[:most], strict=True)
    ]
    return " · ".join([*parts, *(["…"] if len(task.columns) > most else [])])


def _value(column: NamedColumn, value: float) -> str:
    if value != value:
        return "–"
    return column.categories[int(value)] if column.categories else words.short(value, 4)


@cache
def tones() -> np.ndarray:
    """(256, 3) uint8: the sequential scale."""
    from plotly.colors import sample_colorscale

    found = sample_colorscale(style.SEQUENTIAL, np.linspace(0, 1, 256).tolist(), colortype="tuple")
    return np.round(255 * np.array(found)).astype(np.uint8)


def written(text: str, letters: int = 16, lines: int = 7) -> str:
    """A text as a square picture, for where no text can stand: dark on white, in lines, its end left off."""
    rows = [text[place : place + letters] for place in range(0, len(text), letters)]
    if len(rows) > lines:
        rows = [*rows[: lines - 1], f"{rows[lines - 1][:-1]}…"]
    size = SIDE * 1.6 / letters
    first = (SIDE - 1.2 * size * (len(rows) - 1)) / 2 + 0.35 * size
    drawn = "".join(
        f'<text x="{SIDE / 2:g}" y="{first + 1.2 * size * place:.1f}">{html.escape(row)}</text>'
        for place, row in enumerate(rows)
    )
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">'
        f'<rect width="{SIDE}" height="{SIDE}" fill="#fff"/><g font-family="sans-serif" font-size="{size:.1f}" '
        f'text-anchor="middle" fill="#1b1f24">{drawn}</g></svg>'
    )
    return f"data:image/svg+xml;charset=utf-8,{quote(picture)}"
