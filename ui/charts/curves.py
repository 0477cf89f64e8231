"""How finished networks learned: the mean over seeds as a line; faint behind it each seed, or the line before it was
smoothed."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from ui.charts import frame, legend
from ui.charts.axes import Scale, linear_ticks, log_scale, share_scale
from ui.charts.chart import Chart, rounded
from ui.charts.scaling import PLAIN, Scaling, smoothed
from ui.networks import style
from ui.networks.style import Look
from ui.text import losses, words
from ui.text.language import _

__all__ = ["curves"]


def curves(
    points: pd.DataFrame,
    kind: str,
    looks: Mapping[str, Look],
    *,
    dark: bool,
    metric: str = "accuracy",
    scaling: Scaling = PLAIN,
) -> Chart:
    """One kind of curve of several networks. ``points`` is ``Reports.curves``, of a task with this ``metric``."""
    rows, colours = scaling.shown(points[points["kind"] == kind]), style.theme(dark)
    drawn = {name: look for name, look in looks.items() if (rows["student"] == name).any()}
    shares, unit = kind == losses.ACCURACY, losses.unit(rows, kind)
    title = losses.title(kind, metric)
    title = _("{curve} ({unit})", curve=title, unit=unit) if unit else title
    figure = frame.blank(colours, height=360)
    for name, look in drawn.items():
        _draw(figure, name, rows[rows["student"] == name], look, shares=shares, smoothing=scaling.smoothing)
    # A part that reaches 0 has no place on a logarithmic axis.
    up = _upright(rows["value"], shares=shares, log=scaling.log_loss and not shares)
    figure.update_xaxes(title_text=_("Updates"), showgrid=False, showline=True, **_across(rows["update"], scaling))
    figure.update_yaxes(**up.layout())
    # Both axes can be drawn closer once the tool for it is chosen: till then a finger scrolls the page.
    figure.update_xaxes(fixedrange=False)
    figure.update_yaxes(fixedrange=False)
    frame.title_above(figure, title, colours)
    means = rows.groupby(["student", "update"], sort=False)["value"].mean().unstack("student")
    means = means.sort_index().reindex(columns=list(drawn))
    names = legend.names(drawn)
    return Chart(
        figure=figure,
        alt=_alt(means, title, shares),
        table=_table(means, "%" if shares else unit),
        legend=names,
        zoom=True,
    )


def _draw(
    figure: go.Figure, name: str, rows: pd.DataFrame, look: Look, *, shares: bool, smoothing: float = 0.0
) -> None:
    seeds = [seed.set_index("update")["value"] for _, seed in rows.groupby("run_id", sort=False)]
    raw = rows.groupby("update")["value"].mean()
    thin = {"color": look.colour, "width": 1}
    shadow = {"mode": "lines", "line": thin, "opacity": 0.35 if smoothing else 0.55, "hoverinfo": "skip"}
    for behind in [raw] if smoothing else seeds if len(seeds) > 1 else ():
        figure.add_trace(go.Scatter(x=behind.index, y=behind.to_numpy(), **shadow))
    mean = smoothed(raw, smoothing)
    write = words.percent if shares else words.interval
    texts = [_("{value} after {update} updates", value=write(value), update=update) for update, value in mean.items()]
    figure.add_trace(
        go.Scatter(
            x=mean.index,
            y=mean.to_numpy(),
            name=name,
            mode="lines+markers",
            line={"color": look.colour, "width": 2.5, "dash": look.line},
            marker={"symbol": look.symbol, "size": 8, "maxdisplayed": 6},
            customdata=texts,
            hovertemplate=frame.hover(name, "%{customdata}"),
        )
    )


def _across(updates: pd.Series, scaling: Scaling) -> dict[str, object]:
    if scaling.log_updates:
        return {"type": "log", "dtick": "D2", "tickformat": "~s"}
    if scaling.first is not None and len(updates):
        return {"range": [scaling.first, int(updates.max())]}
    return {"rangemode": "tozero"}


def _upright(values: pd.Series, *, shares: bool, log: bool) -> Scale:
    if shares:
        return share_scale(list(values), list(values))
    if log and (values > 0).any():
        return log_scale(values[values > 0])
    high = 1.05 * float(values.max()) if len(values) and values.max() > 0 else 1.0
    ticks = linear_ticks(0, high)
    return Scale(low=0, high=high, ticks=ticks, texts=tuple(map(words.short, ticks)))


def _alt(means: pd.DataFrame, title: str, shares: bool) -> str:
    if means.empty:
        return _("{title}: no curve yet", title=title)
    write = words.percent if shares else words.interval
    ends = [f"{name} {write(column.dropna().iloc[-1])}" for name, column in means.items()]
    return _("{title} at the end of training: {names}", title=title, names=", ".join(ends))


def _table(means: pd.DataFrame, unit: str | None) -> pd.DataFrame:
    shown = (100 * means if unit == "%" else means).apply(rounded, digits=1 if unit == "%" else 3)
    called = {name: f"{name} ({unit})" if unit else name for name in means}
    return shown.rename(columns=called).rename_axis("Updates").reset_index()
