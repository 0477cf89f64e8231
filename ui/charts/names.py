"""The names of networks in the chart of accuracy against cost, and its height, by which they are placed."""

import math
from collections.abc import Collection

import pandas as pd
import plotly.graph_objects as go

from ui.charts import labels
from ui.charts.axes import Scale
from ui.charts.frame import letters
from ui.charts.limit_lines import Limits
from ui.networks.style import Theme

__all__ = ["BOTTOM", "HEIGHT", "MOST", "TOP", "down", "draw"]

# With title, buttons and cards above it Home's chart ends on a first screen of 900 px.
HEIGHT, TOP, BOTTOM = 400, 34, 48
TALL = HEIGHT - TOP - BOTTOM
# Of more networks the front and the teacher have their names in the chart.
MOST = 8


def draw(
    figure: go.Figure, rows: pd.DataFrame, across: Scale, up: Scale, colours: Theme, limits: Limits | None
) -> Collection[str]:
    """Draw a name beside its point wherever it meets no other one, on a phone either; which networks have theirs."""
    wanted = set(rows["student"][rows["on_front"] | (rows["role"] == "teacher") | (len(rows) <= MOST)])
    spots = [
        labels.Spot(place, down(accuracy, up), labels.shorten(name))
        for place, accuracy, name in zip(rows["place"], rows["test_accuracy"], rows["student"], strict=True)
    ]
    chosen = [(name, spot) for name, spot in zip(rows["student"], spots, strict=True) if name in wanted]
    lines = [*_lines(rows, up), *_limit_lines(limits, across, up)]
    placed = labels.place([spot for _, spot in chosen], spots, lines)
    clear = labels.clear([spot for _, spot in chosen], placed)
    drawn = [(*one, label) for one, label, alone in zip(chosen, placed, clear, strict=True) if alone]
    # A dashed line that a name cannot leave does not strike it through.
    behind = {"bgcolor": colours.background} if limits else {}
    at = [(across.value(spot.across), up.value(1 - spot.down_px / TALL)) for _, spot, _ in drawn]
    written = [
        _name(*there, across.log, spot.name, label, colours) | behind
        for there, (_, spot, label) in zip(at, drawn, strict=True)
    ]
    # All at once: with each that is added Plotly checks those that are there.
    figure.update_layout(annotations=written)
    return {name for name, *_ in drawn}


def down(accuracy: float, up: Scale) -> float:
    """Pixels from the top of the plot."""
    return TALL * (1 - up.place(accuracy))


def _lines(rows: pd.DataFrame, up: Scale) -> list[labels.Line]:
    """What names keep clear of: the steps of the front, and the intervals."""
    front = sorted(zip(rows["place"][rows["on_front"]], rows["test_accuracy"][rows["on_front"]], strict=True))
    ends = [place for place, _ in (*front[1:], (1.0, None))]
    steps = [
        labels.Line(place, end, down(accuracy, up), down(accuracy, up))
        for (place, accuracy), end in zip(front, ends, strict=False)
    ]
    bars = zip(rows["place"], rows["test_accuracy"], rows["test_accuracy_half_width"].fillna(0), strict=True)
    return steps + [
        labels.Line(place, place, down(min(accuracy + half, 1.0), up), down(max(accuracy - half, 0.0), up))
        for place, accuracy, half in bars
        if half
    ]


def _limit_lines(limits: Limits | None, across: Scale, up: Scale) -> list[labels.Line]:
    lines = []
    if limits and limits.most is not None and across.low < limits.most < across.high:
        place = across.place(limits.most)
        lines.append(labels.Line(place, place, 0, TALL))
    if limits and limits.least is not None and up.low < limits.least < up.high:
        at = down(limits.least, up)
        lines.append(labels.Line(0, 1, at, at))
    return lines


def _name(x: float, y: float, log: bool, text: str, label: labels.Label, colours: Theme) -> dict:
    return {
        "text": letters(text),
        "x": math.log10(x) if log else x,
        "y": y,
        "ax": 14 if label.right else -14,
        "ay": label.shift_px,
        "xanchor": "left" if label.right else "right",
        "showarrow": True,
        "arrowhead": 0,
        "arrowwidth": 1,
        "arrowcolor": colours.muted if abs(label.shift_px) > 14 else "rgba(0,0,0,0)",
        "standoff": 7,
        "font": {"size": 13, "color": colours.text},
    }
