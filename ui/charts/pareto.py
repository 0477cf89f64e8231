"""Accuracy against cost: who gives more for less."""

import math
from collections.abc import Collection, Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from distill_core.reports.results import metric_of
from ui.charts import frame, labels, legend, limit_lines, names
from ui.charts.axes import Cost, Scale, cost_of, scale, share_bars, share_scale
from ui.charts.chart import Chart, rounded
from ui.charts.frame import letters
from ui.charts.limit_lines import Limits
from ui.findings import taken
from ui.networks import style
from ui.networks.style import Look, Theme
from ui.text import words
from ui.text.language import N_, _, listed, ngettext

__all__ = ["pareto"]

_MARK_PX = 8
# A longer legend pushes what stands below the chart out of sight.
_MOST_IN_LEGEND = 20
_ASIDE = N_("side by side: the same cost, moved apart so that both are seen")
_MOST_TOLD = 6
_GREY = 0.35


def pareto(
    summary: pd.DataFrame,
    cost: str | Cost,
    looks: Mapping[str, Look],
    *,
    dark: bool,
    log: bool = True,
    path: Sequence[tuple[str, str]] = (),
    limits: Limits | None = None,
    marked: Collection[str] = (),
) -> Chart:
    """Test accuracy against a cost, or the column of one of ``COSTS``: a point a network, with 95 % intervals where
    there are three seeds.

    ``summary`` is the lab's, with ``on_front`` and ``near_front`` where the front is wanted; networks without an
    accuracy or a cost are left out. ``path``: pairs of names that a thin line joins. ``marked``: names that stand out.
    """
    cost, colours = cost_of(cost), style.theme(dark)
    axis = cost.column
    rows = _complete(summary, cost)
    across = scale([float(value) for value in rows[axis]], cost, log=log)
    half = rows["test_accuracy_half_width"]
    up = share_scale(list(rows["test_accuracy"] - half.fillna(0)), list(rows["test_accuracy"] + half.fillna(0)))
    at = [across.place(value) for value in rows[axis]]
    rows = rows.assign(place=labels.dodge(at, _spans(rows, up)))
    aside = bool((rows["place"] != at).any())
    figure = frame.blank(colours, height=names.HEIGHT, t=names.TOP, b=names.BOTTOM)
    _draw_front(figure, rows, axis, across, colours)
    _draw_path(figure, rows, path, across, colours)
    limit_lines.draw(figure, limits, across, up, colours)
    _draw_marked(figure, rows, marked, across, colours)
    for place, row in enumerate(rows.to_dict("records")):
        grey = limits is not None and row["student"] not in limits.within
        _draw_point(figure, row, cost, across, looks[row["student"]], colours, grey=grey, place=place)
    named = names.draw(figure, rows, across, up, colours, limits)
    # A device is called as its visitor likes.
    title = letters(_("{cost} (log)", cost=cost.title) if log else cost.title)
    figure.update_xaxes(title_text=title, showgrid=False, showline=True)
    figure.update_layout(xaxis=across.layout(), yaxis=up.layout())
    frame.title_above(figure, words.scored("Test {metric}", metric_of(rows)), colours)
    told = _legend(rows, cost, looks, colours, _in_legend(rows, named, marked), aside)
    told += (legend.limit(colours),) if limits else ()
    told += (legend.marked(colours),) if marked else ()
    points = tuple(rows["student"])
    return Chart(figure=figure, alt=_alt(rows, cost), table=_table(rows, cost), legend=told, points=points)


def _complete(summary: pd.DataFrame, cost: Cost) -> pd.DataFrame:
    """What is drawn, and no other columns: whatever is made of the rows takes as long as there are columns."""
    numbers, marks = (cost.column, "test_accuracy", "test_accuracy_half_width"), ("on_front", "near_front")
    wanted = [name for name in ("student", "role", "metric", *numbers, *marks, cost.taken) if name in summary]
    rows = summary[wanted].dropna(subset=[*numbers[:2]]).sort_values("test_accuracy", ascending=False)
    floats = {name: rows[name].astype(float) for name in numbers}
    return rows.assign(**floats, **{name: rows.get(name, False) for name in marks})


def _draw_point(
    figure: go.Figure, row: dict, cost: Cost, across: Scale, look: Look, colours: Theme, *, grey: bool, place: int
) -> None:
    half, name, x, y = row["test_accuracy_half_width"], row["student"], across.value(row["place"]), row["test_accuracy"]
    if row["near_front"]:
        ring = {"symbol": "circle-open", "size": 24, "color": colours.muted, "line": {"width": 1.5}}
        figure.add_trace(go.Scatter(x=[x], y=[y], mode="markers", marker=ring, hoverinfo="skip"))
    colour = colours.muted if grey else look.colour
    size, edge = 17 if look.symbol == "star" else 13, {"color": colours.background, "width": 1}
    text, symbol = frame.hover(name, words.percent(y, half), *_taken(row, cost)), look.symbol
    if cost.taken and taken.is_disturbed(row.get(cost.taken)):
        symbol, edge = f"{symbol}-open", {"width": 2}
    figure.add_trace(
        go.Scatter(
            x=[x],
            y=[y],
            name=name,
            mode="markers",
            marker={"symbol": symbol, "color": colour, "size": size, "line": edge},
            opacity=_GREY if grey else None,
            error_y=None if math.isnan(half) else share_bars([y], [half], colour=colour),
            customdata=[place],
            hovertemplate=text,
            # A click marks by a frame around the point, so no other point fades.
            unselected={"marker": {"opacity": 1.0}},
        )
    )


def _taken(row: dict, cost: Cost) -> tuple[str, ...]:
    """What it costs, with what disturbed that where something did."""
    reason, text = row.get(cost.taken) if cost.taken else "", cost.write(row[cost.column])
    return (f"{taken.MARK} {text}", f"disturbed: {reason}") if taken.is_disturbed(reason) else (text,)


def _draw_front(figure: go.Figure, rows: pd.DataFrame, axis: str, across: Scale, colours: Theme) -> None:
    front = rows[rows["on_front"]].sort_values(axis)
    if front.empty:
        return
    x = [*front[axis], across.high]
    y = [*front["test_accuracy"], front["test_accuracy"].iloc[-1]]
    line = {"shape": "hv", "color": colours.muted, "width": 1.5}
    figure.add_trace(go.Scatter(x=x, y=y, mode="lines", line=line, name="front", hoverinfo="skip"))


def _draw_path(
    figure: go.Figure, rows: pd.DataFrame, path: Sequence[tuple[str, str]], across: Scale, colours: Theme
) -> None:
    known = {row["student"]: (across.value(row["place"]), row["test_accuracy"]) for row in rows.to_dict("records")}
    ends = [(known[start], known[end]) for start, end in path if start in known and end in known]
    if ends:
        x = [value for start, end in ends for value in (start[0], end[0], None)]
        y = [value for start, end in ends for value in (start[1], end[1], None)]
        line = {"color": colours.muted, "width": 1, "dash": "dot"}
        figure.add_trace(go.Scatter(x=x, y=y, mode="lines", line=line, name="path", hoverinfo="skip"))


def _draw_marked(figure: go.Figure, rows: pd.DataFrame, marked: Collection[str], across: Scale, colours: Theme) -> None:
    them = rows[rows["student"].isin(list(marked))]
    if len(them):
        frames = {"symbol": "square-open", "size": 28, "color": colours.text, "line": {"width": 2}}
        x, y = [across.value(place) for place in them["place"]], them["test_accuracy"]
        figure.add_trace(go.Scatter(x=x, y=y, mode="markers", marker=frames, hoverinfo="skip", name="marked"))


def _legend(
    rows: pd.DataFrame, cost: Cost, looks: Mapping[str, Look], colours: Theme, told: Sequence[str], aside: bool
) -> tuple[str, ...]:
    entries = legend.names({name: looks[name] for name in told})
    entries += (legend.untold(len(rows) - len(told)),) if len(rows) > _MOST_IN_LEGEND else ()
    entries += (legend.front(colours),) if rows["on_front"].any() else ()
    entries += (legend.ring(colours),) if rows["near_front"].any() else ()
    entries += (legend.interval(colours),) if rows["test_accuracy_half_width"].notna().any() else ()
    entries += (taken.legend(),) if any(map(taken.is_disturbed, _told(rows, cost))) else ()
    return (*entries, _(_ASIDE)) if aside else entries


def _in_legend(rows: pd.DataFrame, named: Collection[str], marked: Collection[str]) -> list[str]:
    """Of few networks those that have no name in the chart, of more all, and of many those on the front and the marked
    ones."""
    if len(rows) <= names.MOST:
        return [name for name in rows["student"] if name not in named]
    few = rows["on_front"] | rows["student"].isin(list(marked)) if len(rows) > _MOST_IN_LEGEND else slice(None)
    return list(rows["student"][few])


def _told(rows: pd.DataFrame, cost: Cost) -> list[object]:
    """What disturbed each of these latencies; of other costs nothing."""
    return rows[cost.taken].tolist() if cost.taken in rows else [""] * len(rows)


def _spans(rows: pd.DataFrame, up: Scale) -> list[tuple[float, float]]:
    """Top and bottom (px) of what each network draws: its mark, or its interval where that is longer."""
    pairs = zip(rows["test_accuracy"], rows["test_accuracy_half_width"].fillna(0), strict=True)
    return [
        (
            min(names.down(at + half, up), names.down(at, up) - _MARK_PX),
            max(names.down(at - half, up), names.down(at, up) + _MARK_PX),
        )
        for at, half in pairs
    ]


def _alt(rows: pd.DataFrame, cost: Cost) -> str:
    costs = [_taken(row, cost)[0] for row in rows.to_dict("records")]
    pairs = zip(rows["student"], rows["test_accuracy"], costs, strict=True)
    shown = [
        _("{network} {accuracy} at {cost}", network=name, accuracy=words.percent(accuracy), cost=text)
        for name, accuracy, text in [*pairs][:_MOST_TOLD]
    ]
    more = len(rows) - len(shown)
    shown += [ngettext("{count} more", "{count} more", more)] if more else []
    return _(
        "{cost} and test {metric}: {networks}",
        metric=words.metric(metric_of(rows)),
        cost=cost.title,
        networks=listed(shown, style="unit"),
    )


def _table(rows: pd.DataFrame, cost: Cost) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            N_("Network"): rows["student"],
            words.scored("Test {metric} (%)", metric_of(rows)): rounded(100 * rows["test_accuracy"], 1),
            N_("± (pp)"): rounded(100 * rows["test_accuracy_half_width"], 1),
            cost.heading: rounded(cost.factor * rows[cost.column], 3),
        }
    )
    latencies = taken.column(_told(rows, cost))
    if latencies:
        table[N_("Latency was")] = latencies
    if rows["on_front"].any():
        reach = rows["near_front"].map({True: _("perhaps"), False: _("no")})
        table[N_("On the Pareto front")] = reach.mask(rows["on_front"], _("yes"))
    return table
