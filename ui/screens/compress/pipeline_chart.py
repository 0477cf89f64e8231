"""The main chart of the page: accuracy stage by stage, and what each costs in small charts under it, on one axis."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd
import plotly.graph_objects as go

from ui.charts import Chart, Cost, frame, labels, legend
from ui.charts.axes import Scale, scale, share_bars, share_scale
from ui.charts.chart import rounded
from ui.findings import taken
from ui.findings.pipeline import SAME
from ui.networks import style
from ui.networks.style import Look, Theme
from ui.screens.compress.pipeline import SHOWN_COSTS, Pipeline, Stage
from ui.text import words
from ui.text.alike import alike
from ui.text.language import N_, _, listed, ngettext
from ui.text.said import given

__all__ = ["chart"]

_TOP, _BOTTOM, _HERO, _SMALL, _GAP = 34, 116, 260, 62, 54
_PLOT = _HERO + len(SHOWN_COSTS) * (_SMALL + _GAP)
_LETTERS = 24
# The number above the first marker stands between a small chart and its title.
_WRITTEN_PX = 17
# Share of a small chart's height between two ticks.
_CLEAR = 0.28


def chart(pipeline: Pipeline, looks: Mapping[str, Look], *, dark: bool) -> Chart:
    """Stages that are not finished have their place already. Sizes and times stand on logarithmic axes."""
    colours, shown = style.theme(dark), pipeline.all_stages()
    figure = frame.blank(colours, height=_TOP + _PLOT + _BOTTOM, t=_TOP, b=_BOTTOM, l=58)
    _level(figure, pipeline, colours)
    _accuracy(figure, pipeline, looks, colours)
    for place, cost in enumerate(SHOWN_COSTS):
        _cost(figure, pipeline, cost, place, looks, colours)
    bars = (legend.interval(colours),) if any(stage.half_width for stage in shown) else ()
    others = (_(OTHERS),) if pipeline.others else ()
    others += (taken.marked(),) if any(taken.is_disturbed(stage.taken.get("disturbed")) for stage in shown) else ()
    alike = (_(ALIKE),) if bars and any(stage.alike for stage in shown) else ()
    return Chart(figure=figure, alt=_alt(pipeline), table=_table(pipeline), legend=(*bars, *alike, *others))


# How the names of the others begin, which the gap says already.
ALIKE = N_("without a bar: the same for every seed")
OTHERS = N_("after the gap: baselines, the same architecture trained from scratch")


def _places(pipeline: Pipeline) -> list[float]:
    """Where each network stands: the stages side by side, the others after a gap."""
    stages = len(pipeline.stages)
    return [float(place) for place in range(stages)] + [stages + 0.5 + place for place in range(len(pipeline.others))]


def _level(figure: go.Figure, pipeline: Pipeline, colours: Theme) -> None:
    places = _places(pipeline)
    figure.update_xaxes(
        tickangle=-40,
        tickvals=places,
        ticktext=_ticks(pipeline),
        range=[-0.5, places[-1] + 0.5],
        showgrid=False,
        anchor=f"y{len(SHOWN_COSTS) + 1}",
    )
    if pipeline.others:
        line = {"color": colours.line, "width": 1}
        edge = len(pipeline.stages) - 0.25
        figure.add_shape(type="line", x0=edge, x1=edge, y0=0, y1=1, xref="x", yref="paper", line=line)


def _ticks(pipeline: Pipeline) -> list[str]:
    """Names that can be told apart, in one line, since a phone has no room for two: of those that were made in the same
    way each is called by what it differs in, ``1. zeros 0.5``."""
    return [frame.letters(labels.shorten(_tick(pipeline, stage), _LETTERS)) for stage in pipeline.all_stages()]


def _tick(pipeline: Pipeline, stage: Stage) -> str:
    name, title = given(stage.name), _differs(pipeline, stage) or stage.short
    if name is None or not title:
        return stage.name
    return _("{place}. {title}", place=name.places["place"], title=title) if "place" in name.places else stage.short


def _differs(pipeline: Pipeline, stage: Stage) -> str:
    """Of its settings those that not all have who were made in the same way, as many as there is room for."""
    alike = [other.parts for other in pipeline.stages if _made(other) == _made(stage)]
    own = [part for part in stage.parts if any(part not in other for other in alike)]
    while len(own) > 1 and len(listed(own, "unit")) > _LETTERS - len("1. "):
        own.pop()
    return listed(own, "unit")


def _made(stage: Stage) -> str:
    """``KD`` of ``2. KD``."""
    return stage.short


def _accuracy(figure: go.Figure, pipeline: Pipeline, looks: Mapping[str, Look], colours: Theme) -> None:
    done = [stage for stage in pipeline.all_stages() if stage.done]
    halves = [stage.half_width or 0.0 for stage in done]
    lows = [stage.accuracy - half for stage, half in zip(done, halves, strict=True)]
    highs = [stage.accuracy + half for stage, half in zip(done, halves, strict=True)]
    up = share_scale(lows, highs).layout()
    figure.update_layout(yaxis={**up, "domain": [1 - _HERO / _PLOT, 1], "anchor": "x"})
    _title(figure, words.scored("Test {metric}", pipeline.metric), 1.0, colours)
    values = {stage.name: stage.accuracy for stage in done}
    texts = {stage.name: words.percent(stage.accuracy, stage.half_width) for stage in done}
    _draw(figure, pipeline, values, texts, "y", looks, colours, size=13)
    _teacher(figure, pipeline, colours)


def _teacher(figure: go.Figure, pipeline: Pipeline, colours: Theme) -> None:
    """A level line: how far each stage is from where the pipeline began."""
    if pipeline.teacher and pipeline.teacher.done:
        line = {"color": colours.muted, "width": 1, "dash": "dot"}
        figure.add_hline(y=pipeline.teacher.accuracy, line=line)


def _cost(
    figure: go.Figure, pipeline: Pipeline, cost: Cost, place: int, looks: Mapping[str, Look], colours: Theme
) -> None:
    values = {stage.name: found for stage in pipeline.all_stages() if (found := stage.cost(cost.column)) is not None}
    axis = f"y{place + 2}"
    top = _HERO + place * (_SMALL + _GAP) + _GAP
    domain = [1 - (top + _SMALL) / _PLOT, 1 - top / _PLOT]
    along = _few(scale(list(values.values()), cost, log=True))
    look = {"gridcolor": colours.line, "zeroline": False, "fixedrange": True, "anchor": "x"}
    font = {"tickfont": {"color": colours.muted, "size": 12}}
    ticks = along.layout() if values else {**along.layout(), "ticktext": [], "tickvals": []}
    figure.update_layout({f"yaxis{place + 2}": {**ticks, **look, **font, "domain": domain}})
    waits = any(not stage.done for stage in pipeline.all_stages())
    if values:
        said = N_("{cost} (log)")
    else:
        said = (
            N_("{cost} (log): measured once all are trained")
            if waits
            else N_("{cost} (log): not measured on this machine")
        )
    _title(figure, _(said, cost=_(cost.title)), domain[1], colours, rise_px=_WRITTEN_PX)
    texts = {stage.name: stage.written(cost) for stage in pipeline.all_stages() if stage.name in values}
    _draw(figure, pipeline, values, texts, axis, looks, colours, size=9, written=_changed(pipeline, values))


def _few(along: Scale) -> Scale:
    """A low chart has room for the first and the last tick, and for one between where it meets neither."""
    known = list(zip(along.ticks, along.texts, strict=True))
    low, high = (along.place(known[at][0]) for at in (0, -1))
    middle = min(known, key=lambda tick: abs(along.place(tick[0]) - (low + high) / 2))
    clear = min(along.place(middle[0]) - low, high - along.place(middle[0])) > _CLEAR
    ticks = [known[0], *([middle] if clear else []), *known[1:][-1:]]
    return Scale(
        low=along.low, high=along.high, ticks=tuple(at for at, _ in ticks), texts=tuple(t for _, t in ticks), log=True
    )


def _changed(pipeline: Pipeline, values: Mapping[str, float]) -> set[str]:
    """Whose cost differs from that of the stage to its left: only these numbers are written, which keeps a phone
    readable."""
    known = [stage.name for stage in pipeline.stages if stage.name in values]
    moved = {name for before, name in pairwise(known) if not alike(values[name], values[before], within=SAME)}
    return {*known[:1], *moved}


def _draw(
    figure: go.Figure,
    pipeline: Pipeline,
    values: Mapping[str, float],
    texts: Mapping[str, str],
    axis: str,
    looks: Mapping[str, Look],
    colours: Theme,
    *,
    size: int,
    written: set[str] | None = None,
) -> None:
    """The line of the stages as steps, and on it a marker for each network that is known."""
    at = dict(zip((stage.name for stage in pipeline.all_stages()), _places(pipeline), strict=True))
    x, y = _steps(pipeline, at, values)
    line = {"color": colours.muted, "width": 1.5}
    figure.add_trace(go.Scatter(x=x, y=y, yaxis=axis, mode="lines", line=line, hoverinfo="skip"))
    halves = {stage.name: stage.half_width for stage in pipeline.all_stages()} if written is None else {}
    for name in (stage.name for stage in pipeline.all_stages() if stage.name in values):
        look, half = looks[name], halves.get(name)
        figure.add_trace(
            go.Scatter(
                x=[at[name]],
                y=[values[name]],
                yaxis=axis,
                name=name,
                mode="markers+text",
                text=[texts[name] if written and name in written else ""],
                textposition="top center",
                textfont={"size": 12, "color": colours.text},
                marker={
                    "symbol": look.symbol,
                    "color": look.colour,
                    "size": size + 4 * (look.symbol == "star"),
                    "line": {"color": colours.background, "width": 1},
                },
                error_y=share_bars([values[name]], [half or 0.0], colour=look.colour),
                hovertemplate=frame.hover(name, texts[name]),
                cliponaxis=False,
            )
        )


def _steps(
    pipeline: Pipeline, at: Mapping[str, float], values: Mapping[str, float]
) -> tuple[list[float | None], list[float | None]]:
    """From each network to those that were made of it: level to just before it, then up or down."""
    x: list[float | None] = []
    y: list[float | None] = []
    for stage in pipeline.stages:
        before = pipeline.before(stage)
        if before and stage.name in values and before.name in values:
            turn = at[stage.name] - 0.5
            x += [at[before.name], turn, turn, at[stage.name], None]
            y += [values[before.name], values[before.name], values[stage.name], values[stage.name], None]
    return x, y


def _title(figure: go.Figure, text: str, top: float, colours: Theme, *, rise_px: int = 7) -> None:
    figure.add_annotation(
        text=text,
        x=0,
        y=top,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        xshift=-50,
        yshift=rise_px,
        showarrow=False,
        font={"size": 13, "color": colours.muted},
    )


def _alt(pipeline: Pipeline) -> str:
    each = [
        f"{stage.name} {words.percent(stage.accuracy)}{_costs(stage)}" for stage in pipeline.all_stages() if stage.done
    ]
    coming = len(pipeline.stages) - len(pipeline.done)
    places = {"metric": words.metric(pipeline.metric), "stages": listed(each, "unit") or _("nothing yet")}
    if not coming:
        return _("Test {metric} and cost from step to step: {stages}", **places)
    return ngettext(
        "Test {metric} and cost from step to step: {stages}; {count} step to come",
        "Test {metric} and cost from step to step: {stages}; {count} steps to come",
        coming,
        **places,
    )


def _costs(stage: Stage) -> str:
    known = [stage.written(cost) for cost in SHOWN_COSTS[::2] if stage.cost(cost.column) is not None]
    return f" ({', '.join(known)})" if known else ""


def _table(pipeline: Pipeline) -> pd.DataFrame:
    shown = pipeline.all_stages()

    def column(values: Sequence[float | None], factor: float, digits: int) -> pd.Series:
        return rounded(factor * pd.Series(values, dtype=float), digits)

    table = pd.DataFrame(
        {
            N_("Network"): [stage.title for stage in shown],
            _("Test {metric} (%)", metric=words.metric(pipeline.metric)): column(
                [stage.accuracy for stage in shown], 100, 1
            ),
            N_("± (pp)"): column([stage.half_width for stage in shown], 100, 1),
        }
    )
    for cost in SHOWN_COSTS:
        table[cost.heading] = column([stage.cost(cost.column) for stage in shown], cost.factor, 3)
    latencies = taken.column([stage.taken.get("disturbed") for stage in shown])
    if latencies:
        table[N_("Latency was")] = latencies
    zipped = [stage.numbers.get("zipped_bytes") for stage in shown]
    table[N_("Zipped (kB)")] = column(zipped, 1e-3, 1)
    table[N_("Seeds")] = [1 if stage.alike else len(stage.run_ids) for stage in shown]
    return table.dropna(axis="columns", how="all")
