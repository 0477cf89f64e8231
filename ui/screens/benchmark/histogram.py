"""How the times of one measurement spread: a histogram with its percentiles."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from ui.charts import moving
from ui.charts.moving import Moving
from ui.findings import taken
from ui.networks.style import Look, Theme
from ui.text import words
from ui.text.language import _, ngettext

__all__ = ["PERCENTILES", "chart", "sentence"]

PERCENTILES = ("p50", "p90", "p95", "p99")
_HEIGHT, _LINE = 240, 0.075


def chart(row: Mapping[str, Any], look: Look, colours: Theme) -> Moving:
    """``row`` is a measurement that has a histogram. Its last bin, of what is slower than p99, has no bar: one pause
    would press all others together."""
    bins = _bins(row["histogram"])
    drawn = bins.iloc[:-1].assign(part="bin")
    # The names of the percentiles stand above the bars, each on a line of its own: they may lie close together.
    top = float(drawn["share"].max()) / (1 - _LINE * len(PERCENTILES))
    lines = pd.DataFrame(
        [
            {"part": "line", "at": row[f"{name}_ms"], "text": f"{name} {words.milliseconds(row[f'{name}_ms'])}"}
            | {"share": top * (1 - _LINE * place)}
            for place, name in enumerate(PERCENTILES)
        ]
    )
    edges = row["histogram"]["edges_ms"]
    ends = edges[0], max(edges[-2], edges[0] * 1.01)
    room = 0.18 * (ends[1] - ends[0])
    return Moving(
        spec=_spec(ends[0], ends[1] + room, top, look, colours),
        data=pd.concat([drawn, lines], ignore_index=True),
        alt=_("Histogram of the times of one measurement with lines at p50, p90, p95 and p99"),
        table=bins[["from", "to", "count"]].rename(
            columns={"from": "From (ms)", "to": "To (ms)", "count": "Samples"},
        ),
    )


def sentence(row: Mapping[str, Any]) -> str:
    """What was counted, and what lies outside the picture."""
    counts, edges = row["histogram"]["counts"], row["histogram"]["edges_ms"]
    each = row["runs_per_sample"]
    if each == 1:
        told = [ngettext("{count} run.", "{count} runs.", sum(counts))]
    else:
        told = [
            ngettext(
                "{count} sample, the mean of {runs} runs in a row: one is too short to time.",
                "{count} samples, each the mean of {runs} runs in a row: one is too short to time.",
                sum(counts),
                runs=words.number(each, grouped=True),
            )
        ]
    if counts[-1]:
        told.append(
            ngettext(
                "{count} is slower than {edge}, the slowest {slowest}.",
                "{count} are slower than {edge}, the slowest {slowest}.",
                counts[-1],
                edge=words.milliseconds(edges[-2]),
                slowest=words.milliseconds(edges[-1]),
            )
        )
    reason = row.get("disturbed")
    if taken.is_disturbed(reason):
        told.append(
            _("{mark} Something else used the device meanwhile: {cause}.", mark=taken.MARK, cause=words.told(reason))
        )
    return " ".join(told)


def _bins(histogram: Mapping[str, Any]) -> pd.DataFrame:
    edges, counts = histogram["edges_ms"], histogram["counts"]
    shares = pd.Series(counts, dtype=float) / max(1, sum(counts))
    found = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "count": counts, "share": shares})
    ends = [words.milliseconds(edge) for edge in edges]
    texts = [_("{low} to {high}", low=low, high=high) for low, high in pairwise(ends)]
    each = zip(counts, map(words.percent, shares), strict=True)
    told = [_("{count} ({share})", count=words.number(count, grouped=True), share=share) for count, share in each]
    return found.assign(span=texts, text=told)


def _spec(low: float, high: float, top: float, look: Look, colours: Theme) -> dict[str, Any]:
    across = moving.across(
        "from", _("time"), (low, high), labelExpr="format(datum.value, '~g') + ' ms'", labelOverlap=True
    )
    at = {"field": "at", "type": "quantitative", "scale": across["scale"]}
    text = {"type": "text", "align": "left", "dx": 4, "baseline": "top", "fontSize": 12, "color": colours.text}
    names = {"x": at, "y": {"field": "share", "type": "quantitative"}, "text": {"field": "text"}}
    return {
        "height": _HEIGHT,
        "layer": [
            moving.layer(
                "bin",
                {"type": "bar", "color": look.colour, "opacity": 0.75, "binSpacing": 1},
                x=across,
                x2={"field": "to"},
                y=moving.up(
                    "share", _("share of samples"), (0, top), labelExpr=f"datum.value > 1 ? '' : {moving.PERCENT}"
                ),
                y2={"datum": 0},
                tooltip=moving.tip(span=_("Time"), text=_("Samples")),
            ),
            moving.layer("line", {"type": "rule", "color": colours.text, "strokeDash": [4, 3]}, x=at),
            # On a phone a name reaches over the next line: its ground keeps it readable.
            moving.layer("line", {**text, "stroke": colours.background, "strokeWidth": 4}, **names),
            moving.layer("line", text, **names),
        ],
    }
