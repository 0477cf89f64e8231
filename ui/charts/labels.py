"""Where a point's name goes, so that names meet neither each other nor points nor lines: a rule, not a hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from textwrap import wrap

from ui.text.said import shown

__all__ = ["Label", "Line", "Spot", "broken", "clear", "dodge", "place", "shorten"]

# Plot widths (px) at which no two names may meet: a wide screen and a phone, for the server knows neither.
_WIDTHS = (600, 300)
_LETTER_PX, _LINE_PX, _GAP_PX, _MARK_PX = 6.6, 15, 12, 9
_SHIFTS = (0, -14, 14, -28, 28, -42, 42, -56, 56)
_STEP = 0.024

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """A point: its share of the plot's width from the left, its pixels from the top, its name."""

    across: float
    down_px: float
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """A level or upright line that no name should cross: shares of the width, pixels from the top."""

    left: float
    right: float
    top_px: float
    bottom_px: float


@dataclass(frozen=True, slots=True)
class Label:
    """A name to the right (or left) of its point, moved down by ``shift_px``."""

    right: bool
    shift_px: int


def dodge(places: Sequence[float], spans: Sequence[tuple[float, float]]) -> list[float]:
    """Points of equal cost whose marks or intervals would cover each other, side by side; every other point, and the
    first of them, keeps its place. ``spans`` are top and bottom of each, in pixels."""
    moved: list[float] = []
    for index, (at, (top, bottom)) in enumerate(zip(places, spans, strict=True)):
        taken = [
            moved[other]
            for other in range(index)
            if abs(at - places[other]) < _STEP / 2 and spans[other][0] < bottom and top < spans[other][1]
        ]
        # Near the left end there is room on one side only.
        sides = (1,) if at < 3 * _STEP else (1, -1)
        steps = (step * side for step in range(len(places)) for side in sides)
        free = (at + _STEP * step for step in steps)
        moved.append(next(place for place in free if all(abs(place - other) > _STEP / 2 for other in taken)))
    return moved


def place(spots: Sequence[Spot], marks: Sequence[Spot] = (), lines: Sequence[Line] = ()) -> list[Label]:
    """A label for each spot, in their order, clear of the other points (``marks``) and of ``lines``."""
    chosen: list[Label] = []
    for spot in spots:
        options = [Label(right, shift) for shift, right in product(_SHIFTS, (True, False))]
        taken = list(zip(spots, chosen, strict=False))
        chosen.append(min(options, key=lambda label: _cost(spot, label, taken, [*spots, *marks], lines)))
    return chosen


def clear(spots: Sequence[Spot], placed: Sequence[Label]) -> list[bool]:
    """Of each placed name whether it meets none of those before it that are clear, on a wide screen and on a phone."""
    found: list[bool] = []
    for place, pair in enumerate(zip(spots, placed, strict=True)):
        before = [other for other, alone in zip(zip(spots, placed, strict=True), found, strict=False) if alone]
        meets = (_meet(_box(*pair, width), _box(*other, width)) for width in _WIDTHS for other in before[:place])
        found.append(not any(meets))
    return found


def shorten(name: str, letters: int = 26) -> str:
    name = shown(name)
    return name if len(name) <= letters else name[: letters - 1].rstrip() + "…"


def broken(name: str, letters: int) -> list[str]:
    """A name on two lines at most, each of so many letters, in a row that is high enough for them."""
    first, *others = wrap(shown(name), letters) or [""]
    return [first, shorten(" ".join(others), letters)] if others else [first]


def _cost(
    spot: Spot, label: Label, taken: Sequence[tuple[Spot, Label]], marks: Sequence[Spot], lines: Sequence[Line]
) -> float:
    cost = abs(label.shift_px) / 28 + 0.7 * (label.right != (spot.across < 0.55))
    # Above the plot there is half a line, and then the name of the axis.
    cost += 20 * (spot.down_px + label.shift_px < 0)
    for width in _WIDTHS:
        box = _box(spot, label, width)
        cost += 20 * (box[0] < -20 or box[1] > width + 10)
        cost += 10 * sum(_meet(box, _box(*placed, width)) for placed in taken)
        cost += 4 * sum(_meet(box, _mark(mark, width)) for mark in marks)
        cost += 3 * sum(_meet(box, _stroke(line, width)) for line in lines)
    return cost


def _box(spot: Spot, label: Label, width: int) -> Box:
    long = _LETTER_PX * len(spot.name)
    left = spot.across * width + (_GAP_PX if label.right else -_GAP_PX - long)
    middle = spot.down_px + label.shift_px
    return left, left + long, middle - _LINE_PX / 2, middle + _LINE_PX / 2


def _mark(spot: Spot, width: int) -> Box:
    across = spot.across * width
    return across - _MARK_PX, across + _MARK_PX, spot.down_px - _MARK_PX, spot.down_px + _MARK_PX


def _stroke(line: Line, width: int) -> Box:
    return line.left * width, line.right * width, line.top_px, line.bottom_px


def _meet(box: Box, other: Box) -> bool:
    return box[0] < other[1] and other[0] < box[1] and box[2] < other[3] and other[2] < box[3]
