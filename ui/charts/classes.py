"""What a student gains in each class against its control."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from ui.charts import frame, labels
from ui.charts.chart import Chart, rounded
from ui.charts.frame import letters
from ui.networks import style
from ui.networks.style import Look, Theme
from ui.text import words
from ui.text.language import N_, _

__all__ = ["class_gains"]

# By what it is of: the title of the axis, the alternative text and the heading of the table.
_TEXTS = {
    "recall": (
        N_("Recall against the control (pp)"),
        N_("Recall of {student} against {control} by class, in percentage points: from {low} to {high}"),
        N_("Gain in recall (pp)"),
    ),
    "iou": (
        N_("IoU against the control (pp)"),
        N_("IoU of {student} against {control} by class, in percentage points: from {low} to {high}"),
        N_("Gain in IoU (pp)"),
    ),
}


def class_gains(
    gains: Mapping[str, Sequence[float]], student: str, control: str, look: Look, *, dark: bool, of: str = "recall"
) -> Chart:
    """Recall, or IoU, of the student minus that of its control, in points, by class; one value a seed, bars are their
    mean."""
    title, alt, heading = _TEXTS[of]
    colours = style.theme(dark)
    means = pd.Series({name: sum(values) / len(values) for name, values in gains.items()}).sort_values()
    figure = frame.blank(colours, height=80 + 30 * len(means), l=96, t=8, b=44)
    figure.add_trace(
        go.Bar(
            x=means.to_numpy(),
            y=[_class(name) for name in means.index],
            orientation="h",
            marker={"color": [look.colour if value >= 0 else colours.control for value in means]},
            customdata=[words.points(value) for value in means],
            hovertemplate=frame.hover("%{y}", "%{customdata} pp"),
            width=0.62,
        )
    )
    _draw_seeds(figure, gains, means, colours)
    _write_means(figure, gains, means, colours)
    ends = [0.0, *(value for values in gains.values() for value in values)]
    room = 0.16 * max(max(ends) - min(ends), 1.0)
    ends = [min(ends) - room * (min(ends) < 0), max(ends) + room]
    figure.update_xaxes(title_text=_(title), range=ends, zeroline=True, zerolinecolor=colours.muted)
    figure.update_yaxes(showgrid=False, type="category")
    low, high = (f"{means.index[place]} {words.points(means.iloc[place])}" for place in (0, -1))
    told = _(alt, student=student, control=control, low=low, high=high)
    return Chart(figure=figure, alt=told, table=_table(gains, means, _(heading)))


def _draw_seeds(figure: go.Figure, gains: Mapping[str, Sequence[float]], means: pd.Series, colours: Theme) -> None:
    pairs = [(_class(name), value) for name in means.index for value in gains[name]]
    if len(pairs) == len(means):
        return
    dot = {"symbol": "line-ns", "size": 12, "line": {"width": 1.5, "color": colours.text}}
    x, y = [value for _, value in pairs], [name for name, _ in pairs]
    figure.add_trace(go.Scatter(x=x, y=y, mode="markers", marker=dot, hoverinfo="skip"))


def _write_means(figure: go.Figure, gains: Mapping[str, Sequence[float]], means: pd.Series, colours: Theme) -> None:
    for place, (name, mean) in enumerate(means.items()):
        reach = max(0.0, *gains[name]) if mean >= 0 else min(0.0, *gains[name])
        figure.add_annotation(
            x=reach,
            # By its number: Plotly takes a class called "8" for the ninth row, wherever that class stands.
            y=place,
            text=words.points(mean),
            showarrow=False,
            xanchor="left" if mean >= 0 else "right",
            xshift=6 if mean >= 0 else -6,
            font={"size": 13, "color": colours.text},
        )


def _class(name: str) -> str:
    return "<br>".join(map(letters, labels.broken(name, 13)))


def _table(gains: Mapping[str, Sequence[float]], means: pd.Series, heading: str) -> pd.DataFrame:
    order = list(means.index[::-1])
    each = pd.DataFrame([gains[name] for name in order]).apply(rounded, digits=1)
    each.columns = [_("Seed {number} (pp)", number=n + 1) for n in range(each.shape[1])]
    each.insert(0, heading, rounded(means[order], 1).to_numpy())
    each.insert(0, _("Class"), order)
    return each if each.shape[1] > 3 else each.iloc[:, :2]
