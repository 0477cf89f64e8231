"""Outlines of objects, as COCO has them, drawn into one mask: polygons, and runs of pixels. H, W: of a picture."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from distill_core.tasks.own.masks import VOID
from distill_core.tasks.own.refusals import Refused

MOST_POINTS, MOST_RUNS = 50_000, 500_000
# How often the pixels of one picture are looked at.
MOST_DRAWN = 100
Row = Mapping[str, Any]
_LARGEST = 1e15  # which a number that is none, or endless, is not below
_LONGEST_NUMBER = 7  # characters of five bits each


def is_crowd(row: Row) -> bool:
    return bool(row.get("iscrowd"))


def drawn(outlines: Sequence[Row], values: Mapping[Any, int], size: tuple[int, int]) -> np.ndarray:
    """(H, W) uint8: crowds below, then the largest object first. Raises: Refused for what cannot be drawn."""
    canvas_HW = np.zeros(size[::-1], np.uint8)
    left = MOST_DRAWN * canvas_HW.size
    for row in sorted(outlines, key=lambda one: (not is_crowd(one), -_area(one))):
        category = row.get("category_id")
        if not isinstance(category, int | str) or category not in values:
            raise Refused("outline")
        left -= _draw(canvas_HW, row.get("segmentation"), VOID if is_crowd(row) else values[category])
        if left < 0:
            raise Refused("many")
    return canvas_HW


def _draw(canvas_HW: np.ndarray, outline: Any, value: int) -> int:
    """Draws one object; returns how many pixels were looked at for it."""
    if isinstance(outline, dict):
        canvas_HW[_of_runs(outline, canvas_HW.shape)] = value
        return canvas_HW.size
    if not isinstance(outline, list) or not outline or sum(map(_length, outline)) > 2 * MOST_POINTS:
        raise Refused("outline")
    return sum(_fill(canvas_HW, _corners(numbers), value) for numbers in outline)


def _length(numbers: Any) -> int:
    return len(numbers) if isinstance(numbers, list) else 0


def _corners(numbers: Any) -> np.ndarray:
    """(corners, 2): x and y."""
    if _length(numbers) < 6 or len(numbers) % 2 or not all(map(_is_number, numbers)):
        raise Refused("outline")
    return np.array(numbers, np.float64).reshape(-1, 2)


def _fill(canvas_HW: np.ndarray, corners_P2: np.ndarray, value: int) -> int:
    """Paint the pixels whose middles lie within a polygon, by the even-odd rule; what is outside of the picture is cut
    off. Returns the size of the box around it."""
    height, width = canvas_HW.shape
    (low_x, low_y), (high_x, high_y) = corners_P2.min(0), corners_P2.max(0)
    top, bottom = _middles(low_y, high_y, height)
    left, right = _middles(low_x, high_x, width)
    box = max(0, bottom - top) * max(0, right - left)
    if not box:
        return 0
    turns = np.zeros((bottom - top, right - left + 1), bool)
    for (x, y), (next_x, next_y) in zip(corners_P2, np.roll(corners_P2, -1, 0), strict=True):
        first, last = _middles(min(y, next_y), max(y, next_y), height)
        if first >= last:
            continue
        rows = np.arange(first, last)
        crossed = x + (rows + 0.5 - y) * (next_x - x) / (next_y - y)
        columns = np.clip(np.ceil(crossed - 0.5), left, right).astype(np.int64) - left
        turns[rows - top, columns] ^= True
    canvas_HW[top:bottom, left:right][np.logical_xor.accumulate(turns[:, :-1], axis=1)] = value
    return box


def _middles(low: float, high: float, most: int) -> tuple[int, int]:
    """The pixels whose middles lie between two places, as a range."""
    return tuple(int(np.clip(np.ceil(place - 0.5), 0, most)) for place in (low, high))  # type: ignore[return-value]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


def _area(row: Row) -> float:
    area = row.get("area")
    if _is_number(area):
        return float(area)  # type: ignore[arg-type]
    box = row.get("bbox")
    boxed = isinstance(box, list) and len(box) == 4 and all(map(_is_number, box))
    return float(box[2]) * float(box[3]) if boxed else 0.0  # type: ignore[index]


def _of_runs(outline: Row, shape: tuple[int, ...]) -> np.ndarray:
    """(H, W) bool, from runs down the columns, of those outside first."""
    height, width = shape
    if outline.get("size") != [height, width]:
        raise Refused("outline")
    counts = outline.get("counts")
    runs = _unpacked(counts) if isinstance(counts, str) else counts
    if not isinstance(runs, list) or len(runs) > MOST_RUNS or not all(_is_run(one, width * height) for one in runs):
        raise Refused("outline")
    if sum(runs) != width * height:
        raise Refused("outline")
    inside = np.arange(len(runs)) % 2 == 1
    return np.repeat(inside, runs).reshape(width, height).T


def _is_run(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _unpacked(text: str) -> list[int]:
    """COCO's text of runs: five bits a character, from the third number on the difference from the last but one."""
    if len(text) > MOST_RUNS:
        raise Refused("outline")
    runs: list[int] = []
    place = 0
    while place < len(text):
        value, place = _number(text, place)
        runs.append(value + runs[-2] if len(runs) > 2 else value)
    return runs


def _number(text: str, place: int) -> tuple[int, int]:
    value = 0
    for count in range(_LONGEST_NUMBER):
        bits = ord(text[place + count]) - 48 if place + count < len(text) else -1
        if not 0 <= bits < 64:
            break
        value |= (bits & 0x1F) << (5 * count)
        if not bits & 0x20:
            signed = value - (1 << (5 * (count + 1))) if bits & 0x10 else value
            return signed, place + count + 1
    raise Refused("outline")
