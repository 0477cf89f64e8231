"""Accuracy against cost: who gives more for less."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from distill_core.reports.results import metric_of
from ui.charts import frame, labels, legend
from ui.charts.axes import Cost, Scale, cost_of, scale, share_bars, share_scale
from ui.charts.chart import Chart, rounded
from ui.charts.frame import letters
from ui.findings import taken
from ui.networks import style
from ui.networks.style import Look, Theme
from ui.text import words
from ui.text.language import N_, _, listed, ngettext

__all__ = ["Limits", "pareto"]

_HEIGHT, _TOP, _BOTTOM, _MOST_NAMES = 460, 34, 48, 8
_TALL = _HEIGHT - _TOP - _BOTTOM
_MARK_PX = 8
_ASIDE = N_("side by side: the same cost, moved apart so that both are seen")
_MOST_TOLD = 6
_GREY = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that a network may cost on this axis and the least score (0 to 1), drawn as lines; networks that are
    not ``within`` all limits are grey."""

    most: float | None
    least: float | None
    within: Collection[str]


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
    rows = _complete(summary, axis)
    across = scale([float(value) for value in rows[axis]], cost, log=log)
    half = rows["test_accuracy_half_width"]
    up = share_scale(list(rows["test_accuracy"] - half.fillna(0)), list(rows["test_accuracy"] + half.fillna(0)))
    at = [across.place(value) for value in rows[axis]]
    rows = rows.assign(place=labels.dodge(at, _spans(rows, up)))
    aside = bool((rows["place"] != at).any())
    figure = frame.blank(colours, height=_HEIGHT, t=_TOP, b=_BOTTOM)
    _draw_front(figure, rows, axis, across, colours)
    _draw_path(figure, rows, path, across, colours)
    _draw_limits(figure, limits, across, up, colours)
    _draw_marked(figure, rows, marked, across, colours)
    for place, row in enumerate(rows.to_dict("records")):
        grey = limits is not None and row["student"] not in limits.within
        _draw_point(figure, row, cost, across, looks[row["student"]], colours, grey=grey, place=place)
    _draw_names(figure, rows, across, up, colours, limits)
    # A device is called as its visitor likes.
    title = letters(_("{cost} (log)", cost=cost.title) if log else cost.title)
    figure.update_xaxes(title_text=title, showgrid=False, showline=True)
    figure.update_layout(xaxis=across.layout(), yaxis=up.layout())
    frame.title_above(figure, words.scored("Test {metric}", metric_of(rows)), colours)
    told = _legend(rows, cost, looks, colours, aside)
    told += (legend.limit(colours),) if limits else ()
    told += (legend.marked(colours),) if marked else ()
    points = tuple(rows["student"])
    return Chart(figure=figure, alt=_alt(rows, cost), table=_table(rows, cost), legend=told, points=points)


def _complete(summary: pd.DataFrame, axis: str) -> pd.DataFrame:
    rows = summary.dropna(subset=[axis, "test_accuracy"]).sort_values("test_accuracy", ascending=False)
    numbers = {name: rows[name].astype(float) for name in (axis, "test_accuracy", "test_accuracy_half_width")}
    marks = {name: rows.get(name, False) for name in ("on_front", "near_front")}
    return rows.assign(**numbers, **marks)


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


def _draw_limits(figure: go.Figure, limits: Limits | None, across: Scale, up: Scale, colours: Theme) -> None:
    """A line where a limit lies within the plot: beyond it there is nothing to part."""
    line = {"color": colours.text, "width": 1.5, "dash": "dash"}
    plain = {"mode": "lines", "line": line, "hoverinfo": "skip", "name": "limit"}
    if limits and limits.most is not None and across.low <= limits.most <= across.high:
        figure.add_trace(go.Scatter(x=[limits.most] * 2, y=[up.low, up.high], **plain))
    if limits and limits.least is not None and up.low <= limits.least <= up.high:
        figure.add_trace(go.Scatter(x=[across.low, across.high], y=[limits.least] * 2, **plain))


def _draw_marked(figure: go.Figure, rows: pd.DataFrame, marked: Collection[str], across: Scale, colours: Theme) -> None:
    them = rows[rows["student"].isin(list(marked))]
    if len(them):
        frames = {"symbol": "square-open", "size": 28, "color": colours.text, "line": {"width": 2}}
        x, y = [across.value(place) for place in them["place"]], them["test_accuracy"]
        figure.add_trace(go.Scatter(x=x, y=y, mode="markers", marker=frames, hoverinfo="skip", name="marked"))


def _draw_names(
    figure: go.Figure, rows: pd.DataFrame, across: Scale, up: Scale, colours: Theme, limits: Limits | None
) -> None:
    spots = [
        labels.Spot(place, _down(accuracy, up), labels.shorten(name))
        for place, accuracy, name in zip(rows["place"], rows["test_accuracy"], rows["student"], strict=True)
    ]
    named = _named(rows)
    chosen = [spot for spot, name in zip(spots, rows["student"], strict=True) if name in named]
    lines = [*_lines(rows, up), *_limit_lines(limits, across, up)]
    for spot, label in zip(chosen, labels.place(chosen, spots, lines), strict=True):
        at = across.value(spot.across), up.value(1 - spot.down_px / _TALL)
        # A dashed line that a name cannot leave does not strike it through.
        behind = {"bgcolor": colours.background} if limits else {}
        figure.add_annotation(_name(*at, across.log, spot.name, label, colours) | behind)


def _down(accuracy: float, up: Scale) -> float:
    return _TALL * (1 - up.place(accuracy))


def _lines(rows: pd.DataFrame, up: Scale) -> list[labels.Line]:
    """What names keep clear of: the steps of the front, and the intervals."""
    front = sorted(zip(rows["place"][rows["on_front"]], rows["test_accuracy"][rows["on_front"]], strict=True))
    ends = [place for place, _ in (*front[1:], (1.0, None))]
    steps = [
        labels.Line(place, end, _down(accuracy, up), _down(accuracy, up))
        for (place, accuracy), end in zip(front, ends, strict=False)
    ]
    bars = zip(rows["place"], rows["test_accuracy"], rows["test_accuracy_half_width"].fillna(0), strict=True)
    return steps + [
        labels.Line(place, place, _down(min(accuracy + half, 1.0), up), _down(max(accuracy - half, 0.0), up))
        for place, accuracy, half in bars
        if half
    ]


def _limit_lines(limits: Limits | None, across: Scale, up: Scale) -> list[labels.Line]:
    lines = []
    if limits and limits.most is not None and across.low < limits.most < across.high:
        place = across.place(limits.most)
        lines.append(labels.Line(place, place, 0, _TALL))
    if limits and limits.least is not None and up.low < limits.least < up.high:
        down = _down(limits.least, up)
        lines.append(labels.Line(0, 1, down, down))
    return lines


def _named(rows: pd.DataFrame) -> set[str]:
    """Those whose name stands in the chart: all where they are few, else the front and the teacher."""
    if len(rows) <= _MOST_NAMES:
        return set(rows["student"])
    return set(rows["student"][rows["on_front"] | (rows["role"] == "teacher")])


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


def _legend(rows: pd.DataFrame, cost: Cost, looks: Mapping[str, Look], colours: Theme, aside: bool) -> tuple[str, ...]:
    entries = legend.names({name: looks[name] for name in rows["student"]}) if len(rows) > _MOST_NAMES else ()
    entries += (legend.front(colours),) if rows["on_front"].any() else ()
    entries += (legend.ring(colours),) if rows["near_front"].any() else ()
    entries += (legend.interval(colours),) if rows["test_accuracy_half_width"].notna().any() else ()
    entries += (taken.legend(),) if any(map(taken.is_disturbed, _told(rows, cost))) else ()
    return (*entries, _(_ASIDE)) if aside else entries


def _told(rows: pd.DataFrame, cost: Cost) -> list[object]:
    """What disturbed each of these latencies; of other costs nothing."""
    return rows[cost.taken].tolist() if cost.taken in rows else [""] * len(rows)


def _spans(rows: pd.DataFrame, up: Scale) -> list[tuple[float, float]]:
    """Top and bottom (px) of what each network draws: its mark, or its interval where that is longer."""
    pairs = zip(rows["test_accuracy"], rows["test_accuracy_half_width"].fillna(0), strict=True)
    return [
        (min(_down(at + half, up), _down(at, up) - _MARK_PX), max(_down(at - half, up), _down(at, up) + _MARK_PX))
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
            "Network": rows["student"],
            words.scored("Test {metric} (%)", metric_of(rows)): rounded(100 * rows["test_accuracy"], 1),
            "± (pp)": rounded(100 * rows["test_accuracy_half_width"], 1),
            f"{cost.title} ({cost.unit})": rounded(cost.factor * rows[cost.column], 3),
        }
    )
    latencies = taken.column(_told(rows, cost))
    if latencies:
        table["Latency was"] = latencies
    if rows["on_front"].any():
        reach = rows["near_front"].map({True: _("perhaps"), False: _("no")})
        table["On the Pareto front"] = reach.mask(rows["on_front"], _("yes"))
    return table
