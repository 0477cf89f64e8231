"""Colour, marker and line of a network: the same on every screen, in light and in dark.

The teacher is the text colour and a star; a control is grey and a cross; students take the colours of
Okabe and Ito (https://jfly.uni-koeln.de/color/) and a shape each, in the order of their names; those that adapted or
went on come last, so that the others keep theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from distill_core.templates.adaptation import goes_on

__all__ = ["DARK", "LIGHT", "SEQUENTIAL", "Look", "Theme", "dark", "looks", "theme"]

SEQUENTIAL = "Cividis"

_SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "triangle-right", "triangle-left")
_LINES = ("solid", "dash", "dot", "dashdot", "longdash")
_DASHES = {"solid": (1, 0), "dash": (8, 4), "dot": (2, 3), "dashdot": (8, 3, 2, 3), "longdash": (14, 5)}
_CONTROL_LINES = ("dot", "dash", "dashdot", "longdash", "solid")
_VEGA_STAR = (
    "M0,-1L0.225,-0.309L0.951,-0.309L0.363,0.118L0.588,0.809"
    "L0,0.382L-0.588,0.809L-0.363,0.118L-0.951,-0.309L-0.225,-0.309Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours of one appearance; they equal those of ``.streamlit/config.toml``."""

    text: str
    muted: str
    background: str
    panel: str
    line: str
    primary: str
    link: str
    control: str
    series: tuple[str, ...]


LIGHT = Theme(
    text="#1B1F24",
    muted="#5A626C",
    background="#FCFCFA",
    panel="#F1F2EE",
    line="#DDDFD8",
    primary="#0072B2",
    link="#005F94",
    control="#6E7681",
    series=("#0072B2", "#D55E00", "#009E73", "#8A2D74", "#7A4A00", "#3A28C0"),
)
DARK = Theme(
    text="#E8EAED",
    muted="#A6AEB8",
    background="#14171B",
    panel="#1E2329",
    line="#343A42",
    primary="#0A7CC0",
    link="#6DB7E8",
    control="#9AA3AD",
    series=("#4FA8DC", "#F08A4B", "#3CC79C", "#FFB2FF", "#F7DC6F", "#9980FF"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How one network is drawn. ``symbol`` and ``line`` are Plotly's words, ``shape`` and ``dash`` Vega's."""

    colour: str
    symbol: str
    line: str
    shape: str
    dash: tuple[int, ...]


def dark() -> bool:
    """Whether this visitor's page is dark (False where there is no visitor, as in a test)."""
    return st.context.theme.type == "dark"


def theme(dark: bool) -> Theme:
    return DARK if dark else LIGHT


def looks(roles: Mapping[str, str], *, dark: bool) -> dict[str, Look]:
    """The look of every network: ``roles`` maps its name to teacher, control or student.

    Pass all networks of the experiments on the screen, those that a filter hides included, so that a filter
    changes no colour.
    """
    colours = theme(dark)
    taught = [name for name, role in roles.items() if role not in ("teacher", "control")]
    students = sorted(taught, key=lambda name: (goes_on(name), name))
    controls = sorted(name for name, role in roles.items() if role == "control")
    found = {name: _teacher(colours) for name, role in roles.items() if role == "teacher"}
    found |= {name: _control(colours, place) for place, name in enumerate(controls)}
    found |= {name: _student(colours, place) for place, name in enumerate(students)}
    return {name: found[name] for name in roles}


def _teacher(colours: Theme) -> Look:
    return Look(colour=colours.text, symbol="star", line="solid", shape=_VEGA_STAR, dash=_DASHES["solid"])


def _control(colours: Theme, place: int) -> Look:
    line = _CONTROL_LINES[place % len(_CONTROL_LINES)]
    return Look(colour=colours.control, symbol="cross", line=line, shape="cross", dash=_DASHES[line])


def _student(colours: Theme, place: int) -> Look:
    shape = _SHAPES[place % len(_SHAPES)]
    line = _LINES[place % len(_LINES)]
    return Look(
        colour=colours.series[place % len(colours.series)], symbol=shape, line=line, shape=shape, dash=_DASHES[line]
    )
