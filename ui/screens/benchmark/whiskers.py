"""Times as marks: p50 with a whisker up to p95, a row a place that ran, a mark a network."""

import math
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from distill_core.decimals import rounded
from ui.charts import moving
from ui.charts.moving import Moving
from ui.findings import taken
from ui.networks import marks
from ui.networks.style import Look, Theme
from ui.text import words
from ui.text.language import N_, _, ngettext

__all__ = ["COLUMNS", "OWN", "axis", "chart", "fine_print", "how_taken"]

COLUMNS = ["row", "where", "network", "p50_ms", "p95_ms", "agrees", "called", "told"]
# Begins the name of a row that stands out; it is invisible, and no label of a device can hold it.
OWN = "\u2060"
ROOM_PX = 150
# With more rows the lower end is not in sight beside the first of them: the times stand above.
TALL = 12
_HEADS = (1.0, 2.0, 5.0)
_STAR, _MARK = 190, 110
_HOLLOW = N_("hollow and struck out: its answers differ from the server's, so it does not count")
_DISTURBED = N_("{mark} something else used the device meanwhile")


def chart(rows: pd.DataFrame, looks: Mapping[str, Look], colours: Theme, *, alt: str, batch_size: int) -> Moving:
    """``rows`` has ``COLUMNS``, from the top in its own order. ``row`` names a line of the chart, on two lines where
    there is a line break in it; ``where`` is its name in a sentence."""
    order = {name: place for place, name in enumerate(dict.fromkeys(rows["row"]))}
    low, high = _ends(rows)
    data = rows.assign(
        place=rows["row"].map(order),
        part=["right" if agrees else "wrong" for agrees in rows["agrees"]],
        p50=[taken.milliseconds(*pair) for pair in zip(rows["p50_ms"], _told(rows), strict=True)],
        mark=[taken.MARK if taken.is_disturbed(reason) else "" for reason in _told(rows)],
        taken=[how_taken(reason) for reason in _told(rows)],
        p95=rows["p95_ms"].map(words.milliseconds),
        star=rows["network"].map({name: look.symbol == "star" for name, look in looks.items()}),
    )
    return Moving(
        spec=_spec(looks, colours, (low, high), batch_size, set(data["part"]), tall=len(order) > TALL),
        data=data[["place", "part", "star", "p50", "p95", "mark", "taken", *COLUMNS]].drop(columns="agrees"),
        alt=alt,
        table=_table(rows),
        legend=(
            *(marks.named(name, look) for name, look in looks.items()),
            *moving.legend(("whisker", colours.muted, _("from p50 to p95"))),
            *((_(_HOLLOW),) if not rows["agrees"].all() else ()),
            *((_(_DISTURBED, mark=taken.MARK),) if any(map(taken.is_disturbed, _told(rows))) else ()),
        ),
    )


def _told(rows: pd.DataFrame) -> list[object]:
    return rows["disturbed"].tolist() if "disturbed" in rows else [None] * len(rows)


def how_taken(reason: object) -> str:
    """How it was taken, for the table and whoever points at it."""
    return (
        _("disturbed: {reason}", reason=words.told(reason))
        if taken.is_disturbed(reason)
        else _("undisturbed")
        if reason == ""
        else _("not known")
    )


def fine_print(rows: pd.DataFrame) -> str:
    """Of what a browser's p95 speaks, where that is another thing than the server's; else empty. ``rows`` has
    ``place`` and ``runs_per_sample``."""
    several = rows.loc[(rows["place"] == "browser") & (rows["runs_per_sample"] > 1), "runs_per_sample"]
    if several.empty:
        return ""
    low, high = int(several.min()), int(several.max())
    ends = {name: words.number(value, grouped=True) for name, value in (("low", low), ("high", high))}
    each = ends["low"] if low == high else _("{low} to {high}", **ends)
    return _(
        "Where a run is too short for a browser's clock, its p95 is that of means of {each} runs in a row; the "
        "server's p95 is always that of single runs.",
        each=each,
    )


def axis(low: float, high: float) -> dict[str, Any]:
    """A logarithmic axis of milliseconds between two ends."""
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    heads = _HEADS if high / low <= 101 else (1.0,)
    ticks = [head * 10.0**power for power in powers for head in heads]
    return {
        "log": True,
        "values": [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001],
        "labelExpr": "format(datum.value, '~g') + ' ms'",
        "labelOverlap": "greedy",
        "labelSeparation": 8,
    }


def _ends(rows: pd.DataFrame) -> tuple[float, float]:
    """Round values around all times: they change seldom, so the chart is seldom built anew."""
    known = [value for name in ("p50_ms", "p95_ms") for value in rows[name] if value > 0] or [0.1, 1.0]
    return _round(min(known) * 0.85, down=True), _round(max(known) * 1.1, down=False)


def _round(value: float, *, down: bool) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    steps = [head * power for head in (*_HEADS, 10.0)]
    return max(s for s in steps if s <= value) if down else min(s for s in steps if s >= value)


def _spec(
    looks: Mapping[str, Look],
    colours: Theme,
    ends: tuple[float, float],
    batch_size: int,
    parts: Collection[str],
    *,
    tall: bool,
) -> dict[str, Any]:
    """A layer without rows would be a picture without a name to a screen reader, so it is left out."""
    many = len(looks)
    colour = moving.colour("network", {name: look.colour for name, look in looks.items()})
    title, side = (
        ngettext("time of {count} answer (log)", "time of {count} answers (log)", batch_size),
        "top" if tall else "bottom",
    )
    x = moving.across("p50_ms", title, ends, orient=side, **axis(*ends))
    offset = {"field": "network", "type": "nominal", "scale": {"domain": list(looks), "padding": 0.6}}
    y = {"y": _rows(), "yOffset": offset}
    tip = moving.tip(
        where=_("Where"),
        network=_("Network"),
        called=_("Ran on"),
        p50="p50",
        p95="p95",
        told=_("Answers"),
        taken=_("Taken"),
    )
    to = {"x2": {"field": "p95_ms"}, "color": colour, "tooltip": tip}
    filled = {
        "right": {"filled": True, "stroke": colours.background},
        "wrong": {"filled": True, "fill": colours.background, "strokeWidth": 1.8},
    }
    return {
        "height": {"step": max(40, 10 * many + 10), "for": "position"},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 1.6}, "encoding": {"x": x, **y, **to}},
            {
                "mark": {"type": "tick", "thickness": 1.6, "size": 8},
                "encoding": {"x": {**x, "field": "p95_ms"}, **y, "color": colour, "tooltip": tip},
            },
            *(_points(part, looks, x, y, colour, tip, more) for part, more in filled.items() if part in parts),
            *((_strokes(x, y, colours, tip),) if "wrong" in parts else ()),
            _disturbed(x, y, colours, tip),
        ],
    }


def _points(part: str, looks: Mapping[str, Look], x: Any, y: Any, colour: Any, tip: Any, more: dict[str, Any]) -> Any:
    names = list(looks)
    shapes = [look.shape for look in looks.values()]
    encoding = {
        "x": x,
        **y,
        ("stroke" if part == "wrong" else "color"): colour,
        "shape": {"field": "network", "type": "nominal", "legend": None, "scale": {"domain": names, "range": shapes}},
        "size": {"condition": {"test": "datum.star", "value": _STAR}, "value": _MARK},
        "tooltip": tip,
    }
    mark = {"type": "point", "opacity": 1, "strokeWidth": 1, **more}
    return moving.layer(part, mark, **encoding)


def _strokes(x: Any, y: Any, colours: Theme, tip: Any) -> Any:
    """Through what is wrong, so that it is seen without its colour too."""
    mark = {"type": "text", "text": "╱", "fontSize": 15, "color": colours.text, "dy": 1}
    return moving.layer("wrong", mark, x=x, **y, tooltip=tip)


def _disturbed(x: Any, y: Any, colours: Theme, tip: Any) -> Any:
    """Beside what something else disturbed."""
    mark = {"type": "text", "fontSize": 15, "color": colours.text, "dx": -13, "dy": 1}
    return {"mark": mark, "encoding": {"x": x, **y, "text": {"field": "mark"}, "tooltip": tip}}


def _rows() -> dict[str, Any]:
    weight = {"condition": {"test": f"indexof(datum.label, '{OWN}') == 0", "value": "bold"}, "value": "normal"}
    room = {"minExtent": ROOM_PX, "maxExtent": ROOM_PX, "labelLimit": ROOM_PX - 8, "labelLineHeight": 14}
    return {
        "field": "row",
        "type": "nominal",
        "sort": {"field": "place", "op": "min"},
        "axis": {
            "title": None,
            "labelExpr": "split(datum.label, '\\n')",
            "labelFontWeight": weight,
            # Of two lines Vega places the first alone.
            "labelBaseline": {
                "condition": {"test": "indexof(datum.label, '\\n') > 0", "value": "bottom"},
                "value": "middle",
            },
            "labelOverlap": False,
            "domain": False,
            "grid": True,
            "tickBand": "extent",
            **room,
        },
    }


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            N_("Where"): rows["where"],
            N_("Network"): rows["network"],
            N_("Ran on"): rows["called"],
            N_("p50 (ms)"): rows["p50_ms"].map(lambda p50: rounded(p50, 4), na_action="ignore"),
            N_("p95 (ms)"): rows["p95_ms"].map(lambda p95: rounded(p95, 4), na_action="ignore"),
            N_("Answers"): rows["told"],
            N_("Taken"): [how_taken(reason) for reason in _told(rows)],
        }
    )
