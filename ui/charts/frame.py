"""The plain frame that every chart stands in: one font, quiet lines, colours of one appearance."""

from html import escape

import plotly.graph_objects as go

from ui.networks.style import Theme
from ui.text.said import shown

__all__ = ["BELOW", "FONT", "blank", "hover", "letters", "title_above"]

FONT = '"Source Sans", sans-serif'
BELOW = {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.2, "yanchor": "top", "title": None}


def blank(colours: Theme, *, height: int, **margin: int) -> go.Figure:
    """A figure without data. ``margin``: l, r, t, b in pixels."""
    axis = {
        "gridcolor": colours.line,
        "linecolor": colours.line,
        "zeroline": False,
        "ticks": "",
        "fixedrange": True,
        "tickfont": {"color": colours.muted, "size": 13},
        "title": {"font": {"color": colours.muted, "size": 13}},
    }
    return go.Figure(
        layout={
            "template": None,
            "height": height,
            # The page's own background, not a clear one: a theme changed a moment ago leaves the chart readable.
            "paper_bgcolor": colours.background,
            "plot_bgcolor": colours.background,
            "font": {"family": FONT, "size": 13, "color": colours.text},
            "margin": {"l": 52, "r": 12, "t": 34, "b": 48, "pad": 4} | margin,
            "xaxis": axis,
            "yaxis": axis,
            "dragmode": False,
            "hoverlabel": {"bgcolor": colours.panel, "bordercolor": colours.line, "font": {"color": colours.text}},
            "legend": BELOW | {"font": {"size": 13}, "itemclick": False, "itemdoubleclick": False},
            "showlegend": False,
        }
    )


def title_above(figure: go.Figure, text: str, colours: Theme) -> None:
    """The name of the upright axis, written level above it: no head has to be tilted."""
    figure.add_annotation(
        text=letters(text),
        x=0,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        xshift=-44,
        yshift=8,
        showarrow=False,
        font={"size": 13, "color": colours.muted},
    )


def letters(text: str) -> str:
    """A name, often from a visitor, which Plotly then shows letter for letter: it reads tags in titles, ticks,
    annotations and hover texts, fills in ``%{...}`` and sets ``$...$`` as a formula."""
    return escape(shown(text), quote=False).replace("%", "&#37;").replace("$", "&#36;")


def hover(name: str, *lines: str) -> str:
    """A hover text: the name in bold, letter for letter, a fact a line; lines are a template."""
    return "<br>".join((f"<b>{letters(name)}</b>", *lines)) + "<extra></extra>"
