"""Colours of the classes of pixels: the ground is grey, the others are of Paul Tol's muted scheme, which people with a
colour-vision deficiency tell apart (https://personal.sron.nl/~pault/)."""

import html
from collections.abc import Sequence

import numpy as np

from ui.text.language import _

__all__ = ["COLOURS", "MARKED", "beside", "coloured", "framed", "in_colours", "legend", "of_classes"]

COLOURS = (
    *("#D9DBD4", "#332288", "#DDCC77", "#CC6677", "#117733", "#88CCEE", "#882255", "#44AA99", "#999933", "#AA4499"),
    "#EE8866",
)
GAP_PX = 3
# Where two masks differ.
MARKED = np.array((213, 94, 0), np.uint8)
_TABLE = np.array([[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in COLOURS], np.uint8)


def of_classes(count: int) -> list[str]:
    """The colour of each class; beyond the last colour they begin anew after the ground."""
    return [COLOURS[place if place < len(COLOURS) else 1 + (place - 1) % (len(COLOURS) - 1)] for place in range(count)]


def coloured(classes_HW: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8, the classes in their colours (``of_classes``); a void pixel is white."""
    places_HW = np.where(classes_HW < len(COLOURS), classes_HW, 1 + (classes_HW - 1) % (len(COLOURS) - 1))
    painted = _TABLE[np.maximum(places_HW, 0)]
    painted[classes_HW < 0] = 255
    return painted


def framed(image_HWC: np.ndarray, row: int, column: int) -> np.ndarray:
    """(H, W, 3): an image with a frame around one of its pixels, which stays as it is."""
    found = in_colours(image_HWC).copy()
    pixel = found[row, column].copy()
    found[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2] = MARKED
    found[row, column] = pixel
    return found


def in_colours(image_HWC: np.ndarray) -> np.ndarray:
    """(H, W, 3): a grey image as one in colours."""
    return image_HWC.repeat(3, axis=2) if image_HWC.shape[2] == 1 else image_HWC


def beside(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """(H, W, 3) images in a row, with white gaps between them."""
    gap = np.full((len(pictures[0]), GAP_PX, 3), 255, np.uint8)
    return np.concatenate([part for picture in pictures for part in (picture, gap)][:-1], axis=1)


def legend(classes: Sequence[str]) -> str:
    """HTML of the classes beside their colours."""
    swatches = "".join(
        f'<span style="display:inline-flex;align-items:center;gap:.35em;margin-right:1em">'
        f'<span aria-hidden="true" style="width:.9em;height:.9em;border-radius:2px;background:{colour}"></span>'
        f"{html.escape(_(name))}</span>"
        for name, colour in zip(classes, of_classes(len(classes)), strict=True)
    )
    return f'<div style="font-size:.875rem">{swatches}</div>'
