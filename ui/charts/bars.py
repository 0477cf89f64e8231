"""Level bars from 0, one a network, with a line for the network that all are measured by."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from distill_core.decimals import rounded
from ui.charts import frame, labels, legend
from ui.charts.axes import linear_ticks, share_bars
from ui.charts.chart import Chart
from ui.charts.frame import letters
from ui.networks import style
from ui.networks.style import Look
from ui.text import words
from ui.text.language import N_, _

__all__ = ["Bar", "bars"]

_ROW, _LETTERS = 44, 18
# The name of the line stands below the toolbar, which covers the upper right corner.
_ABOVE, _BELOW = 52, 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A share, as of what the reference has: 1 is as much; ``half_width`` None where there is no interval."""

    network: str
    mean: float
    half_width: float | None


def bars(
    found: Sequence[Bar],
    looks: Mapping[str, Look],
    *,
    measure: str,
    reference: str,
    dark: bool,
    at: float = 1.0,
    most: float = math.inf,
) -> Chart:
    """``measure`` names the axis; the line stands ``at`` the share of ``reference``. No share is above ``most``."""
    colours = style.theme(dark)
    figure = frame.blank(colours, height=_ABOVE + _ROW * len(found) + _BELOW, l=132, t=_ABOVE, b=_BELOW)
    halves = [bar.half_width or 0.0 for bar in found]
    figure.add_trace(
        go.Bar(
            x=[bar.mean for bar in found],
            y=list(range(len(found))),
            orientation="h",
            width=0.56,
            marker={"color": [looks[bar.network].colour for bar in found]},
            error_x=share_bars([bar.mean for bar in found], halves, colour=colours.text, most=most),
            customdata=[f"<b>{letters(bar.network)}</b><br>{words.percent(bar.mean, bar.half_width)}" for bar in found],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    high = 1.06 * max([at, *(min(bar.mean + half, most) for bar, half in zip(found, halves, strict=True))])
    ticks = linear_ticks(0, high)
    texts = [_("{value} %", value=words.short(100 * tick)) for tick in ticks]
    figure.update_xaxes(title_text=measure, range=[0, high], tickvals=ticks, ticktext=texts)
    names = ["<br>".join(map(letters, labels.broken(bar.network, _LETTERS))) for bar in found]
    figure.update_yaxes(
        tickvals=list(range(len(found))), ticktext=names, range=[len(found) - 0.5, -0.5], showgrid=False
    )
    line = {"color": colours.text, "width": 1.5, "dash": "dot"}
    named = {
        "annotation_text": letters(reference),
        "annotation_font_color": colours.muted,
        "annotation_position": "top",
    }
    figure.add_vline(x=at, line=line, **named)
    entries = (legend.interval(colours),) if any(halves) else ()
    return Chart(figure=figure, alt=_alt(found, measure), table=_table(found, measure), legend=entries)


def _alt(found: Sequence[Bar], measure: str) -> str:
    each = [f"{bar.network} {words.percent(bar.mean, bar.half_width)}" for bar in found]
    return f"{measure}: {', '.join(each)}"


def _table(found: Sequence[Bar], measure: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            N_("Network"): bar.network,
            f"{measure} (%)": rounded(100 * bar.mean, 1),
            N_("± (pp)"): None if bar.half_width is None else rounded(100 * bar.half_width, 1),
        }
        for bar in found
    )
