"""All measures at once: an upright line a measure, a line a network, better is higher everywhere.

Drawn here and not with Plotly's own parallel coordinates, whose lines know one colour scale and no shapes, and whose
ends cannot read ``306 kB``.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import plotly.graph_objects as go

from distill_core.decimals import rounded
from distill_core.reports.results import metric_of
from ui.charts import frame, legend
from ui.charts.chart import Chart
from ui.findings import taken
from ui.networks import style
from ui.networks.style import Look, Theme
from ui.text import words
from ui.text.language import N_, _, listed, ngettext

__all__ = ["MEASURES", "Measure", "parallel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A column of the lab's summary. ``log``: a cost, where half as much is one step; ``more``: more is better."""

    column: str
    title: str
    write: Callable[[float | None], str]
    more: bool = False
    log: bool = False

    @property
    def plain_title(self) -> str:
        return self.title.replace("-<br>", "").replace("<br>", " ")

    def level(self, value: float) -> float:
        level = math.log(value) if self.log and value > 0 else value
        return level if self.more else -level


LATENCY = "p50_ms"
MEASURES = (
    Measure(column="test_accuracy", title=N_("Test<br>{metric}"), write=words.percent, more=True),
    Measure(column="size_bytes", title=N_("Weights"), write=words.size, log=True),
    Measure(column="macs", title=N_("MACs"), write=words.count, log=True),
    Measure(column=LATENCY, title=N_("Latency<br>p50"), write=words.milliseconds, log=True),
    Measure(column="ece", title=N_("ECE"), write=lambda value: words.interval(value, digits=3)),
    Measure(column="agreement", title=N_("Agree-<br>ment"), write=words.percent, more=True),
)


def parallel(summary: pd.DataFrame, looks: Mapping[str, Look], *, dark: bool) -> Chart:
    """Accuracy, costs, calibration and agreement of every network; a line ends where a measure does not exist."""
    colours, metric = style.theme(dark), metric_of(summary)
    rows = summary.dropna(subset=["test_accuracy"]).to_dict("records")
    measures = tuple(replace(measure, title=words.scored(measure.title, metric)) for measure in MEASURES)
    figure = frame.blank(colours, height=430, l=34, r=34, t=66, b=34)
    for place, measure in enumerate(measures):
        _draw_axis(figure, place, measure, [row[measure.column] for row in rows], colours)
    heights = {measure.column: _heights([row[measure.column] for row in rows], measure) for measure in measures}
    for place, row in enumerate(rows):
        levels = [heights[measure.column][place] for measure in measures]
        figure.add_trace(_line(row, levels, looks[row["student"]], measures))
    figure.update_xaxes(visible=False, range=[-0.15, len(measures) - 0.85])
    figure.update_yaxes(visible=False, range=[-0.06, 1.06])
    names = legend.names({row["student"]: looks[row["student"]] for row in rows})
    names += (taken.legend(),) if any(taken.is_disturbed(row.get("disturbed")) for row in rows) else ()
    return Chart(figure=figure, alt=_alt(rows, measures), table=_table(rows, metric), legend=names)


def _known(values: list[float | None]) -> list[float]:
    return [value for value in values if value is not None and not math.isnan(value)]


def _heights(values: list[float | None], measure: Measure) -> list[float | None]:
    """0 for the worst and 1 for the best; the middle where all are equal; None where there is no value."""
    levels = [measure.level(value) for value in _known(values)]
    low, high = min(levels, default=0.0), max(levels, default=0.0)
    return [
        None if value not in _known([value]) else 0.5 if high == low else (measure.level(value) - low) / (high - low)
        for value in values
    ]


def _draw_axis(figure: go.Figure, place: int, measure: Measure, values: list[float | None], colours: Theme) -> None:
    figure.add_shape(type="line", x0=place, x1=place, y0=0, y1=1, line={"color": colours.line, "width": 1.5})
    known = sorted(_known(values), key=measure.level)
    worst, best = (measure.write(known[0]), measure.write(known[-1])) if known else (words.NOTHING, words.NOTHING)
    small = {"size": 12, "color": colours.muted}
    common = {"x": place, "showarrow": False, "xanchor": "center"}
    figure.add_annotation(common, text=f"<b>{measure.title}</b>", y=1, yshift=24, yanchor="bottom")
    figure.add_annotation(common, text=best, y=1, yshift=6, yanchor="bottom", font=small)
    figure.add_annotation(common, text=worst if worst != best else "", y=0, yshift=-6, yanchor="top", font=small)


def _line(row: dict, heights: list[float | None], look: Look, measures: Sequence[Measure]) -> go.Scatter:
    # Of what disturbed its latency alone this mark speaks.
    disturbed = taken.is_disturbed(row.get("disturbed"))
    symbols = [f"{look.symbol}-open" if disturbed and m.column == LATENCY else look.symbol for m in measures]
    texts = [f"{m.plain_title} {m.write(row[m.column])}" for m in measures]
    return go.Scatter(
        x=list(range(len(measures))),
        y=heights,
        name=row["student"],
        mode="lines+markers",
        line={"color": look.colour, "width": 2, "dash": look.line},
        marker={"symbol": symbols, "size": 14 if look.symbol == "star" else 11, "color": look.colour},
        customdata=texts,
        hovertemplate=frame.hover(row["student"], "%{customdata}"),
    )


def _alt(rows: list[dict], measures: Sequence[Measure]) -> str:
    best = []
    for measure in measures:
        known = [row for row in rows if _known([row[measure.column]])]
        if known:
            first = max(known, key=lambda row: measure.level(row[measure.column]))
            places = {"measure": measure.plain_title, "value": measure.write(first[measure.column])}
            best.append(_("{measure}: {network} ({value})", network=first["student"], **places))
    return ngettext(
        "{count} network, each measure: {best}",
        "Best of {count} networks in each measure: {best}",
        len(rows),
        best=listed(best, style="unit"),
    )


def _table(rows: list[dict], metric: str) -> pd.DataFrame:
    latencies = taken.column([row.get("disturbed") for row in rows])
    return pd.DataFrame(
        {
            N_("Network"): [row["student"] for row in rows],
            words.scored("Test {metric} (%)", metric): [_times(row["test_accuracy"], 100, 1) for row in rows],
            N_("Weights (kB)"): [_times(row["size_bytes"], 1e-3, 1) for row in rows],
            N_("MACs (M)"): [_times(row["macs"], 1e-6, 2) for row in rows],
            N_("Latency p50 (ms)"): [_times(row["p50_ms"], 1, 3) for row in rows],
            N_("ECE"): [_times(row["ece"], 1, 3) for row in rows],
            N_("Agreement (%)"): [_times(row["agreement"], 100, 1) for row in rows],
            **({N_("Latency was"): latencies} if latencies else {}),
        }
    )


def _times(value: float | None, factor: float, digits: int) -> float | None:
    return None if not _known([value]) else rounded(factor * value, digits)
