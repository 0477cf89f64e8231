"""Which class a network takes for which: only its mistakes are coloured, so that two networks can be compared."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from distill_core.decimals import fixed
from ui.charts import frame, labels
from ui.charts.chart import Chart
from ui.charts.frame import letters
from ui.networks import style
from ui.networks.style import Theme
from ui.text.language import _

__all__ = ["confusion", "highest_mistake"]

_MOST_TEXTS = 16
_STOPS = (0.0, 0.12, 0.35, 0.65, 1.0)
_LEAST = 1.0  # percent: rarer mistakes stay empty, so that the frequent ones are seen


def confusion(counts_CC: np.ndarray, classes: Sequence[str], name: str, *, dark: bool, top: float) -> Chart:
    """Counts (true class, answer) as percent of each true class; ``top`` is the percentage of the brightest colour."""
    colours = style.theme(dark)
    percent_CC = _percent(counts_CC)
    short = [letters(labels.shorten(label, 12)) for label in classes]
    wide = max(map(len, classes)) > 3
    figure = frame.blank(
        colours, height=(92 if wide else 56) + 34 * len(classes), l=108 if wide else 56, b=84 if wide else 48, t=8
    )
    figure.add_trace(_mistakes(percent_CC, classes, short, name, top, dark))
    figure.add_trace(_right(percent_CC, short, colours))
    figure.add_trace(_numbers(_off(percent_CC), short, top, dark))
    figure.update_xaxes(title_text=_("Answer"), tickangle=-45 if wide else 0, showgrid=False, type="category")
    figure.update_yaxes(
        title_text=_("True class"), title_standoff=4, autorange="reversed", showgrid=False, type="category"
    )
    table = pd.DataFrame(counts_CC, columns=[_("Answer: {label}", label=label) for label in classes])
    table.insert(0, _("True class"), list(classes))
    return Chart(figure=figure, alt=_alt(percent_CC, classes, name), table=table)


def highest_mistake(*counts: np.ndarray) -> float:
    """The highest percentage off the diagonal of several matrices: one colour scale for all."""
    return max(float(_off(_percent(counts_CC)).max()) for counts_CC in counts)


def _percent(counts_CC: np.ndarray) -> np.ndarray:
    return 100 * counts_CC / np.maximum(counts_CC.sum(axis=1, keepdims=True), 1)


def _off(percent_CC: np.ndarray) -> np.ndarray:
    return percent_CC * (1 - np.eye(len(percent_CC)))


def _mistakes(
    percent_CC: np.ndarray, classes: Sequence[str], short: list[str], name: str, top: float, dark: bool
) -> go.Heatmap:
    off_CC = _off(percent_CC)
    texts = [
        [_taken(fixed(float(percent_CC[i, j]), 1), letters(true), letters(answer)) for j, answer in enumerate(classes)]
        for i, true in enumerate(classes)
    ]
    return go.Heatmap(
        z=np.where(off_CC >= _LEAST, off_CC, np.nan),
        x=short,
        y=short,
        zmin=0,
        zmax=max(top, 1.0),
        colorscale=_fading(dark),
        showscale=False,
        xgap=1,
        ygap=1,
        customdata=texts,
        hovertemplate=frame.hover(name, "%{customdata}"),
        hoverongaps=False,
    )


def _fading(dark: bool) -> list[list]:
    """The sequential scale from the background up: the rarest mistakes are the faintest in both appearances."""
    stops = sample_colorscale(style.SEQUENTIAL if dark else f"{style.SEQUENTIAL}_r", _STOPS, colortype="tuple")
    ground = style.theme(dark).background
    faded = zip(_STOPS, stops, (0.2, 0.5, 0.9, 1.0, 1.0), strict=True)
    return [[stop, _mixed(colour, ground, share)] for stop, colour, share in faded]


def _mixed(colour: tuple[float, float, float], ground: str, share: float) -> str:
    # Not by opacity: the colour of a number is chosen by what lies behind it.
    parts = [
        255 * share * part + (1 - share) * int(ground[i : i + 2], 16) for part, i in zip(colour, (1, 3, 5), strict=True)
    ]
    return "#" + "".join(f"{round(part):02X}" for part in parts)


def _right(percent_CC: np.ndarray, short: list[str], colours: Theme) -> go.Heatmap:
    """The diagonal, quiet: how much of each class is right."""
    eye = np.eye(len(short))
    return go.Heatmap(
        z=np.where(eye == 1, 1.0, np.nan),
        x=short,
        y=short,
        colorscale=[[0, colours.line], [1, colours.line]],
        showscale=False,
        xgap=1,
        ygap=1,
        text=_texts(percent_CC * eye),
        texttemplate="%{text}",
        textfont={"color": colours.text},
        hoverinfo="skip",
    )


def _numbers(off_CC: np.ndarray, short: list[str], top: float, dark: bool) -> go.Scatter:
    """The numbers of the mistakes, each black or white, whichever can be read better on its cell."""
    texts = _texts(off_CC)
    cells = [(i, j) for i, row in enumerate(texts) for j, text in enumerate(row) if text]
    shares = [min(1.0, float(off_CC[cell]) / max(top, 1.0)) for cell in cells]
    grounds = _between(_fading(dark), shares)
    return go.Scatter(
        x=[short[j] for _, j in cells],
        y=[short[i] for i, _ in cells],
        text=[texts[i][j] for i, j in cells],
        mode="text",
        textfont={"color": [_readable(ground) for ground in grounds]},
        hoverinfo="skip",
    )


def _between(scale: list[list], shares: Sequence[float]) -> list[tuple[float, ...]]:
    """The colours that a scale of ``[stop, "#RRGGBB"]`` has at these shares: red, green, blue from 0 to 1."""
    stops = [stop for stop, _ in scale]
    channels = [[int(colour[i : i + 2], 16) / 255 for _, colour in scale] for i in (1, 3, 5)]
    return list(zip(*(np.interp(shares, stops, channel).tolist() for channel in channels), strict=True))


def _readable(ground: tuple[float, ...]) -> str:
    """Black or white on a colour (shares of red, green, blue), by the contrast of WCAG 2."""
    red, green, blue = (s / 12.92 if s <= 0.03928 else ((s + 0.055) / 1.055) ** 2.4 for s in ground)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#FFFFFF"


def _texts(percent_CC: np.ndarray) -> list[list[str]]:
    if len(percent_CC) > _MOST_TEXTS:
        return [[""] * len(percent_CC)] * len(percent_CC)
    return [[fixed(float(value), 0) if value >= _LEAST else "" for value in row] for row in percent_CC]


def _taken(share: str, true: str, answer: str) -> str:
    return _("{share} % of {true} taken for {answer}", share=share, true=true, answer=answer)


def _alt(percent_CC: np.ndarray, classes: Sequence[str], name: str) -> str:
    off_CC = _off(percent_CC)
    true, answer = np.unravel_index(int(off_CC.argmax()), off_CC.shape)
    worst = _taken(fixed(float(off_CC[true, answer]), 0), classes[true], classes[answer])
    return _("Confusion of {name}: the most frequent mistake is {worst}", name=name, worst=worst)
