"""The heat map of a grid: one cell a student that was trained, the control below, lines of equal value between.

Drawn with Vega-Lite, since it fills while it trains; a click on a cell is told to Python.
"""

import math
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import pandas as pd

from distill_core.decimals import rounded
from distill_core.reports.grid_cells import Judgement
from ui.charts.moving import Moving, layer, legend, tip
from ui.networks.style import Theme
from ui.screens.temperature.grid import CellView, View
from ui.text import words
from ui.text.language import N_, _, ngettext

__all__ = ["SELECTION", "chart", "clicked"]

SELECTION = "cell"
ROW_PX, FRAME_PX = 54, 74
SCHEME = "cividis"
MOST_LEVELS = 6
CONTROL_Y = -1.25
TRAINING_OPACITY = 0.35


def chart(view: View, chosen: tuple[float, float], colours: Theme, *, selectable: bool) -> Moving:
    """``chosen`` is the cell that the sliders stand on; a ``selectable`` map tells clicks under ``SELECTION``."""
    low, high = _ends(view)
    rows = [*_cells(view, chosen, low, high), *_control(view, low, high), *_lines(view)]
    data = pd.DataFrame(rows)
    return Moving(
        spec=_spec(view, colours, selectable=selectable),
        data=data,
        alt=_alt(view),
        table=_table(view),
        legend=_legend(view, colours, {row["part"] for row in rows}),
    )


def clicked(selection: Any) -> tuple[float, float] | None:
    """The temperature and alpha of a click, as Streamlit hands a selection over; None for a click beside all cells."""
    points = selection.get(SELECTION) if selection else None
    if not points or "temperature" not in points[0]:
        return None
    return float(points[0]["temperature"]), float(points[0]["alpha"])


def _ends(view: View) -> tuple[float, float]:
    known = [cell.value for cell in view.cells if cell.value is not None]
    known += [view.control.mean] if view.control else []
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    return (low, high) if high > low else (low - 0.01, high + 0.01)


def _cells(view: View, chosen: tuple[float, float], low: float, high: float) -> Iterator[dict[str, Any]]:
    for cell in view.cells:
        x = view.grid.temperatures.index(cell.temperature)
        y = view.grid.alphas.index(cell.alpha)
        place = {"temperature": cell.temperature, "alpha": cell.alpha}
        box = {**place, **_box(x, y), "shade": _shade(view, cell.value, low, high), "said": _said(view, cell)}
        box |= {"T": words.short(cell.temperature), "a": words.short(cell.alpha)}
        yield {"part": "cell", **box, "solid": TRAINING_OPACITY if cell.training else 1.0}
        ink = "page" if cell.training else _ink(view, cell.value, low, high)
        yield {"part": "number", "x": x, "y": y, "text": _text(view, cell), "dark": ink}
        if cell.best:
            yield {"part": "best", **_box(x, y)}
        if (cell.temperature, cell.alpha) == chosen:
            yield {"part": "chosen", **_box(x, y)}


def _control(view: View, low: float, high: float) -> Iterator[dict[str, Any]]:
    middle = (len(view.grid.temperatures) - 1) / 2
    value = view.control.mean if view.control else None
    half = view.control.half_width if view.control else None
    training = view.control_training
    text = f"control: {view.write(value, half)}{' …' if training else ''}"
    ink, solid = ("page", TRAINING_OPACITY) if training else (_ink(view, value, low, high), 1.0)
    box = {"x1": -0.48, "x2": len(view.grid.temperatures) - 0.52, "y1": CONTROL_Y - 0.38, "y2": CONTROL_Y + 0.38}
    shade = _shade(view, value, low, high)
    yield {"part": "control", **box, "shade": shade, "said": text, "T": "any", "a": "0", "solid": solid}
    yield {"part": "number", "x": middle, "y": CONTROL_Y, "text": text, "dark": ink}


def _box(x: float, y: float) -> dict[str, float]:
    return {"x1": x - 0.48, "x2": x + 0.48, "y1": y - 0.47, "y2": y + 0.47}


def _text(view: View, cell: CellView) -> str:
    if cell.value is None:
        return _("failed") if cell.message else "·"
    number = words.number(100 * cell.value, 1) if view.metric.share else words.number(cell.value, 2)
    if cell.training:
        return f"{number} …"
    # The mark of all that are not significantly different from the best; the best has its frame.
    return f"≈ {number}" if cell.apart is False and not cell.best else number


def _said(view: View, cell: CellView) -> str:
    failure = words.told(cell.message or "")
    if cell.value is None:
        return failure or (_("waits to be trained") if view.open else _("was not trained"))
    places = {"value": view.write(cell.value, cell.half_width), "failure": failure}
    if cell.training:
        text = N_("{value}, in training; another failed: {failure}") if cell.message else N_("{value}, in training")
        return _(text, **places)
    if cell.message:
        return ngettext(
            "{value} ({count} seed); another failed: {failure}",
            "{value} ({count} seeds); another failed: {failure}",
            cell.done,
            **places,
        )
    if cell.best:
        return ngettext("{value} ({count} seed), the best", "{value} ({count} seeds), the best", cell.done, **places)
    if cell.apart is None:
        return ngettext("{value} ({count} seed)", "{value} ({count} seeds)", cell.done, **places)
    if cell.apart:
        return ngettext(
            "{value} ({count} seed), significantly worse than the best",
            "{value} ({count} seeds), significantly worse than the best",
            cell.done,
            **places,
        )
    return ngettext(
        "{value} ({count} seed), not significantly different from the best",
        "{value} ({count} seeds), not significantly different from the best",
        cell.done,
        **places,
    )


def _shade(view: View, value: float | None, low: float, high: float) -> float | None:
    """0 for the worst value on the map, 1 for the best: as data, since another scale would rebuild the chart."""
    if value is None:
        return None
    place = (value - low) / (high - low)
    return place if view.metric.higher_is_better else 1 - place


def _ink(view: View, value: float | None, low: float, high: float) -> str:
    """Which text is readable on the cell: cividis is dark at its low end."""
    shade = _shade(view, value, low, high)
    return "none" if shade is None else "black" if shade > 0.46 else "white"


def _lines(view: View) -> Iterator[dict[str, Any]]:
    """Lines of equal value through the centres of the cells, and the control's own: a whole grid has some."""
    grid = view.grid
    values = [cell.value for cell in view.cells]
    if view.judgement is None or None in values or min(len(grid.temperatures), len(grid.alphas)) < 2:
        return
    from contourpy import contour_generator

    value_AT = np.array(values, dtype=float).reshape(len(grid.alphas), len(grid.temperatures))
    contours = contour_generator(z=value_AT)
    named = [("level", level) for level in _levels(view, view.judgement, value_AT)]
    named += [("as_control", view.control.mean)] if view.control else []
    for part, level in named:
        for number, line in enumerate(contours.lines(level)):
            for order, (x, y) in enumerate(line):
                name = f"{part} {level} {number}"
                text = view.write(level)
                yield {"part": part, "line": name, "order": order, "x": float(x), "y": float(y), "said": text}


def _levels(view: View, judgement: Judgement, value_AT: np.ndarray) -> list[float]:
    """A margin apart, from the best down: between two lines nothing could be told apart anyway."""
    margin = judgement.standing.margin
    if not margin:
        return []
    sign = 1 if view.metric.higher_is_better else -1
    best, worst = (sign * value_AT).max(), (sign * value_AT).min()
    count = min(MOST_LEVELS, int((best - worst) / margin))
    return [float(sign * (best - margin * step)) for step in range(1, count + 1)]


def _spec(view: View, colours: Theme, *, selectable: bool) -> dict[str, Any]:
    columns, rows = len(view.grid.temperatures), len(view.grid.alphas)
    x = {"type": "quantitative", "axis": _axis(_("temperature T"), view.grid.temperatures, 0)}
    x["scale"] = {"domain": [-0.5, columns - 0.5], "nice": False, "zero": False}
    names = [CONTROL_Y, *range(rows)]
    y = {"type": "quantitative", "axis": _axis(_("alpha"), ("0", *view.grid.alphas), names)}
    y["scale"] = {"domain": [CONTROL_Y - 0.4, rows - 0.5], "nice": False, "zero": False}
    box = {"x": {"field": "x1", **x}, "x2": {"field": "x2"}, "y": {"field": "y1", **y}, "y2": {"field": "y2"}}
    point = {"x": {"field": "x", **x}, "y": {"field": "y", **y}}
    scale = {"scheme": SCHEME, "domain": [0, 1]}
    shade = {"field": "shade", "type": "quantitative", "legend": None, "scale": scale}
    empty = {"condition": {"test": "isValid(datum.shade)", **shade}, "value": colours.panel}
    opacity = {"field": "solid", "type": "quantitative", "legend": None, "scale": {"domain": [0, 1], "range": [0, 1]}}
    facts = tip(T="T", a=_("alpha"), said=view.title)
    # A cell in training is pale on a light page and dim on a dark one.
    tones = {"black": "#000000", "white": "#FFFFFF", "page": colours.text, "none": colours.muted}
    inks = {"domain": list(tones), "range": list(tones.values())}
    ink = {"field": "dark", "type": "nominal", "legend": None, "scale": inks}
    # On top of everything, or a click on a number would be one beside the cell.
    touch = layer("cell", {"type": "rect", "opacity": 0, "cursor": "pointer"}, **box, tooltip=facts)
    if selectable:
        fields = ["temperature", "alpha"]
        touch["params"] = [{"name": SELECTION, "select": {"type": "point", "fields": fields, "toggle": False}}]
    isoline = {"type": "line", "strokeWidth": 1.2, "opacity": 0.7, "color": "#FFFFFF"}
    shadow = {**isoline, "strokeWidth": 3, "opacity": 0.35, "color": "#000000"}
    as_control = {**isoline, "strokeWidth": 2.5, "color": colours.control, "strokeDash": [6, 4], "opacity": 1}
    lines = {"detail": {"field": "line", "type": "nominal"}, "order": {"field": "order", "type": "quantitative"}}
    frame = {"type": "rect", "fill": None, "strokeWidth": 3}
    return {
        "height": FRAME_PX + ROW_PX * (rows + 1),
        "layer": [
            layer("cell", {"type": "rect"}, **box, color=empty, opacity=opacity),
            layer("control", {"type": "rect"}, **box, color=empty, opacity=opacity, tooltip=facts),
            layer("level", shadow, **point, **lines),
            layer("level", isoline, **point, **lines, tooltip=tip(said=_("line of"))),
            layer("as_control", as_control, **point, **lines, tooltip=tip(said=_("as the control"))),
            layer("best", {**frame, "stroke": colours.text}, **box),
            layer("chosen", {**frame, "stroke": colours.series[1], "strokeDash": [5, 3]}, **box),
            layer(
                "number",
                {"type": "text", "fontSize": 13, "limit": 340, "tooltip": None},
                **point,
                text={"field": "text", "type": "nominal"},
                color=ink,
            ),
            touch,
        ],
    }


def _axis(title: str, names: Any, places: Any) -> dict[str, Any]:
    where = list(places) if isinstance(places, list) else list(range(len(names)))
    texts = [name if isinstance(name, str) else words.short(name) for name in names]
    found = ", ".join(f"'{round(4 * place)}': '{text}'" for place, text in zip(where, texts, strict=True))
    label = f"{{{found}}}['' + round(4 * datum.value)]"
    more = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": -32, "titleY": -6}
    upright = {**more, "titleBaseline": "bottom", "minExtent": 32, "maxExtent": 32} if isinstance(places, list) else {}
    return {"title": title, "values": where, "labelExpr": label, "grid": False, "domain": False, **upright}


def _legend(view: View, colours: Theme, drawn: Collection[str]) -> tuple[str, ...]:
    entries = [("dashed", colours.series[1], _("where the sliders stand"))]
    if view.judgement is None:
        missing = (_("… in training"), _("· waits")) if view.open else (_("· was not trained"),)
        return *legend(*entries), *missing, _("brighter is better")
    entries += [("bar", colours.text, _("frame: the best"))]
    entries += [("line", colours.muted, _("lines of equal value, a margin apart"))] if "level" in drawn else []
    entries += [("dashed", colours.control, _("as good as the control"))] if "as_control" in drawn else []
    return *legend(*entries), _("≈ not significantly different from the best"), _("brighter is better")


def _alt(view: View) -> str:
    return _(
        "Heat map of {metric} over {temperatures} temperatures and {alphas} alphas, with the control below; the "
        "sentences beside it and the table have the numbers",
        metric=view.title,
        temperatures=words.number(len(view.grid.temperatures)),
        alphas=words.number(len(view.grid.alphas)),
    )


def _table(view: View) -> pd.DataFrame:
    unit, factor, digits, margin = ("%", 100, 1, "pp") if view.metric.share else ("nats", 1, 3, "nats")
    rows = [
        {
            "T": cell.temperature,
            "alpha": cell.alpha,
            f"{view.title} ({unit})": None if cell.value is None else rounded(factor * cell.value, digits),
            f"± ({margin})": None if cell.half_width is None else rounded(factor * cell.half_width, digits),
            _("seeds"): cell.done,
            _("against the best"): _against(cell),
        }
        for cell in view.cells
    ]
    control = view.control.mean if view.control else math.nan
    half = view.control.half_width if view.control else None
    rows.append(
        {
            "T": None,
            "alpha": 0.0,
            f"{view.title} ({unit})": None if math.isnan(control) else rounded(factor * control, digits),
            f"± ({margin})": None if half is None else rounded(factor * half, digits),
            _("seeds"): view.control.count if view.control else 0,
            _("against the best"): _("the control"),
        }
    )
    return pd.DataFrame(rows)


def _against(cell: CellView) -> str:
    if cell.message:
        return _("failed")
    if cell.best is None:
        return _("the grid is not whole")
    if cell.best:
        return _("best")
    return _("significantly worse") if cell.apart else _("not significantly different")
