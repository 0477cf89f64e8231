"""Shares along something that was changed on purpose: labels, width, temperature, or one student after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from ui.charts import frame, legend
from ui.charts.axes import share_bars, share_scale
from ui.charts.chart import Chart, rounded
from ui.charts.frame import letters
from ui.networks import style
from ui.networks.style import Look
from ui.text import words
from ui.text.language import _, listed

__all__ = ["Point", "Series", "along"]

_HEIGHT = 380
_LEVEL_LETTERS = 8
_ASIDE = 0.07
_TINT = 0.18


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """``place`` is a position on the level axis, counted from 0; ``half_width`` None where there is no interval."""

    place: int
    mean: float
    half_width: float | None

    @classmethod
    def of(cls, place: int, row: Mapping[str, Any]) -> "Point":
        """From a row of ``Reports.summary``."""
        half = row["test_accuracy_half_width"]
        return cls(place=place, mean=row["test_accuracy"], half_width=None if pd.isna(half) else half)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One kind of network; a ``level`` one has the same value everywhere, as a teacher has."""

    name: str
    look: Look
    points: tuple[Point, ...]
    level: bool = False


def along(
    series: Sequence[Series],
    places: Sequence[str],
    *,
    title: str,
    measure: str,
    dark: bool,
    joined: bool = True,
    bands: bool = False,
) -> Chart:
    """``places`` are the texts of the level axis, ``title`` its name; ``measure`` names the upright axis. ``bands``:
    intervals as bands behind the lines instead of whiskers."""
    colours = style.theme(dark)
    points = [point for line in series for point in line.points]
    halves = [point.half_width or 0.0 for point in points]
    lows = [point.mean - half for point, half in zip(points, halves, strict=True)]
    highs = [point.mean + half for point, half in zip(points, halves, strict=True)]
    # Long names would hide one another on a phone.
    tilted = max(map(len, places), default=0) > _LEVEL_LETTERS
    figure = frame.blank(colours, height=_HEIGHT + (40 if tilted else 0), b=96 if tilted else 56)
    moved = [line for line in series if not line.level]
    taken = [point.place for line in moved for point in line.points]
    # A little aside, so that intervals at one place do not cover each other.
    step = _ASIDE if len(set(taken)) < len(taken) and not bands else 0.0
    for shown in moved if bands else ():
        _band(figure, shown)
    for number, shown in enumerate(moved):
        _draw(figure, shown, places, step * (number - (len(moved) - 1) / 2), joined=joined, whiskers=not bands)
    for shown in series:
        if shown.level:
            line = {"color": shown.look.colour, "width": 1.5, "dash": "dot"}
            # Two teachers have one look: each line says whose it is.
            named = {"annotation_text": letters(shown.name), "annotation_font_color": colours.muted}
            figure.add_hline(y=shown.points[0].mean, line=line, annotation_position="top left", **named)
    figure.update_xaxes(
        title_text=letters(title),
        tickangle=-30 if tilted else 0,
        tickvals=list(range(len(places))),
        ticktext=[letters(place) for place in places],
        range=[-0.5, len(places) - 0.5],
        showgrid=False,
        showline=True,
    )
    figure.update_yaxes(**share_scale(lows, highs).layout())
    frame.title_above(figure, measure, colours)
    names = legend.names({line.name: line.look for line in series})
    drawn = legend.band(colours) if bands else legend.interval(colours)
    bars = (drawn,) if any(halves) else ()
    return Chart(figure=figure, alt=_alt(series, places, measure), table=_table(series, places), legend=(*names, *bars))


def _band(figure: go.Figure, line: Series) -> None:
    known = [point for point in line.points if point.half_width]
    if known:
        lows = [max(0.0, point.mean - (point.half_width or 0.0)) for point in known]
        highs = [min(1.0, point.mean + (point.half_width or 0.0)) for point in known]
        across = [point.place for point in known]
        round_it = {"x": [*across, *across[::-1]], "y": [*highs, *lows[::-1]], "mode": "lines", "hoverinfo": "skip"}
        red, green, blue = (int(line.look.colour[at : at + 2], 16) for at in (1, 3, 5))
        tint = f"rgba({red},{green},{blue},{_TINT})"
        figure.add_trace(go.Scatter(**round_it, fill="toself", fillcolor=tint, line={"width": 0}))


def _draw(figure: go.Figure, row: Series, places: Sequence[str], aside: float, *, joined: bool, whiskers: bool) -> None:
    texts = [f"{letters(places[point.place])}: {words.percent(point.mean, point.half_width)}" for point in row.points]
    means = [point.mean for point in row.points]
    halves = [point.half_width or 0.0 for point in row.points]
    figure.add_trace(
        go.Scatter(
            x=[point.place + aside for point in row.points],
            y=means,
            name=row.name,
            mode="lines+markers" if joined else "markers",
            line={"color": row.look.colour, "width": 2, "dash": row.look.line},
            marker={"symbol": row.look.symbol, "size": 11, "color": row.look.colour},
            error_y=share_bars(means, halves, colour=row.look.colour) if whiskers else None,
            customdata=texts,
            hovertemplate=frame.hover(row.name, "%{customdata}"),
            # A marker at 0 % would be cut in half.
            cliponaxis=False,
        )
    )


def _alt(series: Sequence[Series], places: Sequence[str], measure: str) -> str:
    ends = listed([_ends(line) for line in series if line.points], style="unit")
    where = {"measure": measure, "first": places[0], "last": places[-1]}
    if not ends:
        return _("{measure} from {first} to {last}: nothing yet", **where)
    return _("{measure} from {first} to {last}: {networks}", networks=ends, **where)


def _ends(line: Series) -> str:
    first, last = words.percent(line.points[0].mean), words.percent(line.points[-1].mean)
    if len(line.points) == 1:
        return f"{line.name} {first}"
    return _("{network} from {first} to {last}", network=line.name, first=first, last=last)


def _table(series: Sequence[Series], places: Sequence[str]) -> pd.DataFrame:
    table = pd.DataFrame({"": list(places)})
    for line in series:
        known = {point.place: point for point in line.points}
        at = [known.get(0 if line.level else place) for place in range(len(places))]
        means = pd.Series([None if point is None else 100 * point.mean for point in at], dtype=float)
        halves = pd.Series([None if point is None else point.half_width for point in at], dtype=float)
        table[f"{line.name} (%)"] = rounded(means, 1)
        table[f"{line.name} ± (pp)"] = rounded(100 * halves, 1)
    return table.dropna(axis="columns", how="all")
