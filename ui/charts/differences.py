"""Differences with their intervals, a row a student: how far each is from somebody else, and on which side of 0."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from distill_core.decimals import rounded
from ui.charts import frame, labels, legend
from ui.charts.chart import Chart
from ui.charts.frame import letters
from ui.networks import style
from ui.networks.style import Look
from ui.text import words
from ui.text.language import N_, _, listed

__all__ = ["Gap", "differences"]

_ROW, _FRAME = 46, 92
_ASIDE = 0.17
_LETTERS, _LETTER_PX = 30, 6.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """``student`` minus ``other`` in points; ``half_width`` None where there is no interval."""

    student: str
    other: str
    points: float
    half_width: float | None
    verdict: str


def differences(gaps: Sequence[Gap], looks: Mapping[str, Look], *, dark: bool, metric: str = "accuracy") -> Chart:
    """``looks`` are those of the others, in the order in which they are drawn; students keep the order of ``gaps``.
    ``metric`` is the task's own."""
    colours = style.theme(dark)
    students = list(dict.fromkeys(gap.student for gap in gaps))
    names = [labels.shorten(name, _LETTERS) for name in students]
    left = round(16 + _LETTER_PX * max(map(len, names), default=0))
    figure = frame.blank(colours, height=_FRAME + _ROW * len(students), l=left, t=10, b=48)
    for number, (other, look) in enumerate(looks.items()):
        them = [gap for gap in gaps if gap.other == other]
        aside = _ASIDE * (number - (len(looks) - 1) / 2)
        figure.add_trace(_trace(other, them, [students.index(gap.student) + aside for gap in them], look))
    figure.add_vline(x=0, line={"color": colours.muted, "width": 1.5})
    ends = [0.0, *(gap.points + side * (gap.half_width or 0.0) for gap in gaps for side in (-1, 1))]
    room = 0.08 * max(max(ends) - min(ends), 1.0)
    figure.update_xaxes(
        title_text=words.scored("percentage points of test {metric}", metric),
        range=[min(ends) - room, max(ends) + room],
    )
    figure.update_yaxes(
        tickvals=list(range(len(students))),
        ticktext=[letters(name) for name in names],
        range=[len(students) - 0.5, -0.5],
        showgrid=False,
    )
    entries = tuple(_("against {name}", name=entry) for entry in legend.names(dict(looks)))
    bars = (legend.interval(colours),) if any(gap.half_width for gap in gaps) else ()
    return Chart(figure=figure, alt=_alt(gaps, metric), table=_table(gaps), legend=(*entries, *bars))


def _trace(other: str, gaps: Sequence[Gap], places: Sequence[float], look: Look) -> go.Scatter:
    halves = [gap.half_width or 0.0 for gap in gaps]
    tips = [
        _(
            "{student}: {gap} pp, {verdict}",
            student=letters(gap.student),
            gap=words.points(gap.points, gap.half_width),
            verdict=words.verdict(gap.verdict),
        )
        for gap in gaps
    ]
    return go.Scatter(
        x=[gap.points for gap in gaps],
        y=places,
        mode="markers",
        marker={"symbol": look.symbol, "size": 11, "color": look.colour},
        error_x={"array": halves, "color": look.colour, "thickness": 1.5, "width": 4} if any(halves) else None,
        customdata=tips,
        hovertemplate=frame.hover(_("against {name}", name=other), "%{customdata}"),
        cliponaxis=False,
    )


def _alt(gaps: Sequence[Gap], metric: str) -> str:
    each = [
        _(
            "{student} against {other} {gap}",
            student=gap.student,
            other=gap.other,
            gap=words.points(gap.points, gap.half_width),
        )
        for gap in gaps
    ]
    return _(
        "Differences of test {metric} in percentage points: {gaps}",
        metric=words.metric(metric),
        gaps=listed(each, style="unit"),
    )


def _table(gaps: Sequence[Gap]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            N_("Student"): gap.student,
            N_("Against"): gap.other,
            N_("Difference (pp)"): rounded(gap.points, 2),
            N_("± (pp)"): None if gap.half_width is None else rounded(gap.half_width, 2),
            N_("Verdict"): words.verdict(gap.verdict),
        }
        for gap in gaps
    )
