"""Shares of several networks, a row a thing that was done to the images: rows stand in groups under a heading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from distill_core.decimals import rounded
from ui.charts import frame, legend
from ui.charts.axes import share_bars, share_scale
from ui.charts.chart import Chart
from ui.charts.frame import letters
from ui.networks import style
from ui.networks.style import Look
from ui.text import words
from ui.text.language import _, listed

__all__ = ["Dot", "dots"]

_ROW, _FRAME = 34, 64
_ASIDE, _ROOM = 0.2, 0.76


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """What a network reached in a row, as a share; ``half_width`` None where there is no interval."""

    row: str
    network: str
    mean: float
    half_width: float | None


def dots(
    found: Sequence[Dot], groups: Mapping[str, Sequence[str]], looks: Mapping[str, Look], *, measure: str, dark: bool
) -> Chart:
    """``groups`` are the rows under each heading, from the top; networks keep the order of ``looks``."""
    colours = style.theme(dark)
    texts = [line for heading, rows in groups.items() for line in (f"<b>{letters(heading)}</b>", *map(letters, rows))]
    lines = [row for heading, rows in groups.items() for row in (None, *rows)]
    place = {row: number for number, row in enumerate(lines) if row is not None}
    figure = frame.blank(colours, height=_FRAME + _ROW * len(texts), l=122, t=52, b=12)
    for number, (name, look) in enumerate(looks.items()):
        them = [dot for dot in found if dot.network == name and dot.row in place]
        aside = min(_ASIDE, _ROOM / len(looks)) * (number - (len(looks) - 1) / 2)
        figure.add_trace(_trace(name, them, [place[dot.row] + aside for dot in them], look))
    halves = [dot.half_width or 0.0 for dot in found]
    lows = [dot.mean - half for dot, half in zip(found, halves, strict=True)]
    highs = [dot.mean + half for dot, half in zip(found, halves, strict=True)]
    across = share_scale(lows, highs)
    # Above: so many rows that the lower end is out of sight.
    figure.update_xaxes(**across.layout(), title_text=measure, side="top")
    figure.update_yaxes(
        tickvals=list(range(len(texts))), ticktext=texts, range=[len(texts) - 0.5, -0.5], showgrid=False
    )
    for number in range(len(texts)):
        figure.add_hline(y=number + 0.5, line={"color": colours.line, "width": 0.5}, layer="below")
    bars = (legend.interval(colours),) if any(halves) else ()
    names = legend.names(dict(looks))
    return Chart(figure=figure, alt=_alt(found, looks, measure), table=_table(found), legend=(*names, *bars))


def _trace(name: str, them: Sequence[Dot], places: Sequence[float], look: Look) -> go.Scatter:
    halves = [dot.half_width or 0.0 for dot in them]
    return go.Scatter(
        x=[dot.mean for dot in them],
        y=places,
        mode="markers",
        marker={"symbol": look.symbol, "size": 9, "color": look.colour},
        error_x=share_bars([dot.mean for dot in them], halves, colour=look.colour),
        customdata=[f"{letters(dot.row)}: {words.percent(dot.mean, dot.half_width)}" for dot in them],
        hovertemplate=frame.hover(name, "%{customdata}"),
        cliponaxis=False,
    )


def _alt(found: Sequence[Dot], looks: Mapping[str, Look], measure: str) -> str:
    lines = []
    for name in looks:
        them = sorted((dot for dot in found if dot.network == name), key=lambda dot: dot.mean)
        if them:
            ends = [f"{dot.row} {words.percent(dot.mean)}" for dot in (them[0], them[-1])]
            lines.append(_("{network} from {first} to {last}", network=name, first=ends[0], last=ends[1]))
    if not lines:
        return _("{measure}, a row each: nothing yet", measure=measure)
    return _("{measure}, a row each: {networks}", measure=measure, networks=listed(lines, style="unit"))


def _table(found: Sequence[Dot]) -> pd.DataFrame:
    rows: dict[str, dict[str, object]] = {}
    for dot in found:
        row = rows.setdefault(dot.row, {"": dot.row})
        row[f"{dot.network} (%)"] = rounded(100 * dot.mean, 1)
        if dot.half_width is not None:
            row[f"{dot.network} ± (pp)"] = rounded(100 * dot.half_width, 1)
    return pd.DataFrame(rows.values())
