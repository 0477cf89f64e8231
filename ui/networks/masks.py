"""Colours of the classes of pixels: the ground is grey, the others are of Paul Tol's muted scheme, which people with a
colour-vision deficiency tell apart (https://personal.sron.nl/~pault/)."""

import numpy as np

__all__ = ["COLOURS", "MARKED", "coloured", "of_classes"]

COLOURS = (
    *("#D9DBD4", "#332288", "#DDCC77", "#CC6677", "#117733", "#88CCEE", "#882255", "#44AA99", "#999933", "#AA4499"),
    "#EE8866",
)
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
