"""Charts that a slider moves: Vega-Lite whose axes, colours and height stay while its data change.

Streamlit hands new data to a Vega-Lite chart that is there, and builds the chart anew where its specification or its
alternative text differs: the pointer's tooltip is lost then, and it takes half as long again. So whatever moves is
data, and the sentence with the numbers stands beside the chart, where it can be read.
"""

import base64
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from distill_core.spec import TEMPERATURES
from ui.charts import footer
from ui.kept import drawing
from ui.networks import style
from ui.networks.style import Theme
from ui.text import small
from ui.text.language import _

__all__ = [
    "Moving",
    "across",
    "classes",
    "colour",
    "decades",
    "layer",
    "legend",
    "on_axis",
    "powers",
    "round_up",
    "say",
    "show",
    "temperatures",
    "tip",
    "up",
]

FONT = '"Source Sans", sans-serif'
NUMBERS_PX, NAMES_PX = 44, 84
PADDING_PX = {"left": 2, "right": 14, "top": 6, "bottom": 4}
PERCENT = "format(100 * datum.value, '.3~g') + ' %'"

_STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)
_MOST_TICKS = 6
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="16" viewBox="0 0 20 16">{inside}</svg>'
_SWATCHES = {
    "bar": '<path fill="{colour}" d="M2,3H17V13H2Z"/>',
    "line": '<path stroke="{colour}" stroke-width="2.5" d="M0,8H19"/>',
    "dashed": '<path stroke="{colour}" stroke-width="2" stroke-dasharray="5 3" d="M0,8H19"/>',
    "upright": '<path stroke="{colour}" stroke-width="1.5" stroke-dasharray="4 3" d="M10,0V16"/>',
    "diamond": '<path fill="{colour}" d="M10,2L16,8L10,14L4,8Z"/>',
    "whisker": '<path stroke="{colour}" stroke-width="1.6" d="M1,8H18M18,3V13"/>',
    "point": '<circle fill="{colour}" cx="10" cy="8" r="5"/>',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """One chart and its numbers.

    ``spec`` is Vega-Lite without data; ``data`` is one frame for all its layers, which tell their rows by ``part``.
    ``alt`` says what the chart shows, without numbers that move. ``table`` has units in its headers; ``legend`` holds
    entries of ``legend`` in Markdown.
    """

    spec: Mapping[str, Any]
    data: pd.DataFrame
    alt: str
    table: pd.DataFrame
    legend: tuple[str, ...] = ()


def show(moving: Moving, *, key: str, kept: bool = False, **more: Any) -> None:
    """Draw the chart, its legend, and its table in an expander under it. ``key`` is unique on the page; ``kept``: the
    chart is one that is kept for all visitors; ``more`` is Streamlit's, for a chart that tells of clicks."""
    if kept and not more:
        drawing(moving, key, lambda: _draw(moving, key))
    else:
        _draw(moving, key, **more)
    footer.below(moving.legend, moving.table, alt=moving.alt, key=key)


def _draw(moving: Moving, key: str, **more: Any) -> None:
    spec = {"config": _config(style.theme(style.dark())), "padding": PADDING_PX, **moving.spec}
    st.vega_lite_chart(moving.data, spec, theme=None, key=f"{key}_chart", alt=moving.alt, **more)


def layer(part: str, mark: Mapping[str, Any], **encoding: Any) -> dict[str, Any]:
    """Marks for the rows of one part."""
    return {"transform": [{"filter": f"datum.part === '{part}'"}], "mark": dict(mark), "encoding": encoding}


def across(field: str, title: str, domain: Sequence[float], **axis: Any) -> dict[str, Any]:
    """The level axis of a quantity; ``log`` makes it logarithmic, the rest are Vega's words for an axis."""
    return _quantity(field, domain, axis, {"title": title, "titlePadding": 6})


def up(field: str, title: str, domain: Sequence[float], **axis: Any) -> dict[str, Any]:
    """The upright axis of a quantity, its title written level above it: no head has to be tilted."""
    # The room for the numbers is fixed, so that the plot does not move when they get longer.
    extent = {"minExtent": NUMBERS_PX, "maxExtent": NUMBERS_PX}
    return _quantity(field, domain, axis, {"title": title, **extent, **_above(NUMBERS_PX)})


def _quantity(field: str, domain: Sequence[float], axis: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    kind = {"type": "log"} if axis.pop("log", False) else {"zero": False}
    scale = {"domain": list(domain), "nice": False, **kind}
    # Not beside values of one's own: Vega would drop every other of them.
    count = {} if "values" in axis else {"tickCount": 5}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": {**count, **more, **axis}}


def classes(title: str, order: str, **axis: Any) -> dict[str, Any]:
    """The upright axis of class names (field ``class``), from the top in the order of the field ``order``."""
    room = {"minExtent": NAMES_PX, "maxExtent": NAMES_PX, "labelLimit": NAMES_PX - 6}
    quiet = {"grid": False, "domain": False, "labelOverlap": False}
    return {
        "field": "class",
        "type": "nominal",
        "sort": {"field": order, "op": "min"},
        "axis": {"title": title, **room, **quiet, **_above(NAMES_PX), **axis},
    }


def _above(room_px: int) -> dict[str, Any]:
    place = {"titleAnchor": "end", "titleAlign": "left", "titleBaseline": "bottom"}
    return {"titleAngle": 0, "titleX": -room_px, "titleY": -8, **place}


COLDEST, WARMEST = TEMPERATURES[0], TEMPERATURES[-1]


def temperatures() -> dict[str, Any]:
    """The level axis of the slider's temperatures."""
    ends, values = (COLDEST, WARMEST), [0.5, 1, 2, 4, 8, 20, 50]
    return across("temperature", _("temperature T (log)"), ends, log=True, values=values, labelExpr="datum.value")


def on_axis(temperature: float) -> bool:
    """Whether a temperature has a place on the axis of temperatures: a grid of one's own may go further."""
    return COLDEST <= temperature <= WARMEST


def colour(field: str, colours: Mapping[str, str]) -> dict[str, Any]:
    """Colour by name; the names are always complete, so that nothing changes its colour."""
    scale = {"domain": list(colours), "range": list(colours.values())}
    return {"field": field, "type": "nominal", "legend": None, "scale": scale}


def tip(**titles: str) -> list[dict[str, str]]:
    """The tooltip: fields that hold finished texts, by their titles."""
    return [{"field": field, "type": "nominal", "title": title} for field, title in titles.items()]


def legend(*entries: tuple[str, str, str]) -> tuple[str, ...]:
    """An entry for each swatch, colour and name."""
    return tuple(f"{_swatch(kind, tone)} {name}" for kind, tone, name in entries)


def say(sentences: Iterable[str]) -> None:
    """Sentences beside a chart, a line each; numbers stay on one line with their unit."""
    st.markdown("  \n".join(map(_together, sentences)))


def _together(sentence: str) -> str:
    return sentence.replace(" %", "\u00a0%").replace(" = ", "\u00a0=\u00a0")


def _swatch(kind: str, tone: str) -> str:
    svg = _SVG.format(inside=_SWATCHES[kind].format(colour=tone))
    return f"![](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"


def powers(low: float, high: float) -> dict[str, Any]:
    """Ticks of a logarithmic axis at powers of ten, six at most."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    step = max(1, math.ceil((last - first + 1) / _MOST_TICKS))
    shown = range(last, first - 1, -step)
    texts = {f"{exponent}": small.power(exponent) for exponent in shown}
    found = ", ".join(f"'{exponent}': '{text}'" for exponent, text in texts.items())
    return {
        "log": True,
        "values": [10.0**exponent for exponent in reversed(shown)],
        "labelExpr": f"{{{found}}}['' + round(log(datum.value) / LN10)]",
    }


def decades(values: Iterable[float]) -> tuple[float, float]:
    """Powers of ten around what is above 0: the ends of a logarithmic axis."""
    known = [value for value in values if value > 0] or [0.1, 1.0]
    low, high = math.floor(math.log10(min(known)) + 1e-9), math.ceil(math.log10(max(known)) - 1e-9)
    return 10.0**low, 10.0 ** max(high, low + 1)


def round_up(value: float) -> float:
    """The next round number: the end of an axis that stays while values move below it."""
    if value <= 0:
        return 1.0
    head = 10.0 ** math.floor(math.log10(value))
    return next((step * head for step in _STEPS if value <= step * head * (1 + 1e-9)), 10 * head)


def _config(colours: Theme) -> dict[str, Any]:
    axis = {
        "gridColor": colours.line,
        "domainColor": colours.line,
        "ticks": False,
        "labelColor": colours.muted,
        "labelFontSize": 13,
        "labelPadding": 4,
        "titleColor": colours.muted,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
    }
    return {
        # The page's own background, not a clear one: a theme changed a moment ago leaves the chart readable.
        "background": colours.background,
        "font": FONT,
        "view": {"stroke": None},
        "axis": axis,
        "text": {"fontSize": 13, "color": colours.text},
    }
