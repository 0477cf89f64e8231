"""Colour, marker and line of a network: the same on every screen, in light and in dark.

The teacher is the text colour and a star; a control is grey and a cross; students take the colours of
Okabe and Ito (https://jfly.uni-koeln.de/color/) and a shape each, which follow from their settings: the same settings
look the same in every experiment. Where two on a screen would look alike, the later one takes what is free; those that
adapted or went on come last, so that the others keep theirs.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import product, repeat
from numbers import Real
from typing import Any

import pandas as pd
import streamlit as st

from distill_core.methods import METHODS
from distill_core.spec import Student
from distill_core.templates.adaptation import goes_on

__all__ = [
    *("DARK", "LIGHT", "SEQUENTIAL", "Look", "Theme", "dark", "looks", "of_rows", "of_students", "setting", "theme"),
]

SEQUENTIAL = "Cividis"

_SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "triangle-right", "triangle-left")
_LINES = ("solid", "dash", "dot", "dashdot", "longdash")
_DASHES = {"solid": (1, 0), "dash": (8, 4), "dot": (2, 3), "dashdot": (8, 3, 2, 3), "longdash": (14, 5)}
# What a look follows from, a column of ``Reports.summary`` and a field of ``Student`` each.
_SETTINGS = ("architecture", "width", "stem_stride", "method", "temperature", "alpha", "labels", "transfer")
# Chosen among ten million: with it no student of a preset that ships is moved, but among the five temperatures.
_SALT = "1753724"
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


_COLOURS = range(len(LIGHT.series))


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


def of_rows(rows: pd.DataFrame, *, dark: bool) -> dict[str, Look]:
    """The looks of the networks in the rows of ``Reports.summary``, those of the first experiment first."""
    columns = (rows[name] if name in rows else repeat(None, len(rows)) for name in _SETTINGS)
    settings = [setting(dict(zip(_SETTINGS, each, strict=True))) for each in zip(*columns, strict=True)]
    roles = dict(zip(rows["student"], rows["role"], strict=True))
    return looks(roles, dark=dark, settings=dict(zip(rows["student"], settings, strict=True)))


def of_students(students: Iterable[Student], *, dark: bool) -> dict[str, Look]:
    """The looks of the students of an experiment, controls included."""
    them = list(students)
    settings = {student.name: setting(student.model_dump()) for student in them}
    return looks({student.name: student.role for student in them}, dark=dark, settings=settings)


def setting(of: Mapping[str, Any]) -> str:
    """What the look of a network follows from: of a row, or of the values of a ``Student``, the same text for the same
    settings."""
    method = of.get("method") or Student.model_fields["method"].default
    own = METHODS.get(method) if method in METHODS else None
    usual = {"temperature": own and own.temperature, "alpha": own and own.alpha}
    return " ".join(_text(of.get(name), usual.get(name, Student.model_fields[name].default)) for name in _SETTINGS)


def _text(value: Any, usual: Any) -> str:
    if value is None or value != value:
        value = usual
    return f"{float(value):g}" if isinstance(value, Real) else str(value)


def looks(roles: Mapping[str, str], *, dark: bool, settings: Mapping[str, str] | None = None) -> dict[str, Look]:
    """The look of every network: ``roles`` maps its name to teacher, control or student, ``settings`` to what its look
    follows from (``setting``), by default its name.

    Pass all networks of the experiments on the screen, those that a filter hides included, so that a filter
    changes no colour; of several experiments the first one's first, so that it keeps its colours.
    """
    colours, told = theme(dark), settings or {}
    taught = [name for name, role in roles.items() if role not in ("teacher", "control")]
    students = sorted(taught, key=goes_on)
    controls = [name for name, role in roles.items() if role == "control"]
    places = _places(tuple(told.get(name, name) for name in students))
    found = {name: _teacher(colours) for name, role in roles.items() if role == "teacher"}
    found |= {name: _control(colours, place) for place, name in enumerate(controls)}
    found |= {name: _student(colours, *place) for name, place in zip(students, places, strict=True)}
    return {name: found[name] for name in roles}


@lru_cache(maxsize=256)
def _places(settings: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """The colour and the shape of each by its number: its own where nothing before it looks alike, else the next ones.
    Six in a row share no colour, seven no shape, and what follows moves none of them."""
    found: list[tuple[int, int]] = []
    used: Counter[tuple[str, int, int]] = Counter()
    for number, (colour, shape) in enumerate(map(_own, settings)):
        place = min(
            product(_COLOURS, range(len(_SHAPES))),
            key=lambda place: (
                used["look", *place],
                used["colour", place[0], 0] > number // len(_COLOURS),
                used["shape", 0, place[1]] > number // len(_SHAPES),
                used["line", place[0], place[1] % len(_LINES)],
                (place[0] - colour) % len(_COLOURS),
                (place[1] - shape) % len(_SHAPES),
            ),
        )
        found.append(place)
        line = place[1] % len(_LINES)
        used.update([("look", *place), ("colour", place[0], 0), ("shape", 0, place[1]), ("line", place[0], line)])
    return tuple(found)


def _own(setting: str) -> tuple[int, int]:
    """The colour and the shape of a setting wherever they are free."""
    number = int.from_bytes(blake2b(f"{_SALT} {setting}".encode(), digest_size=4).digest())
    return number % len(_COLOURS), number // len(_COLOURS) % len(_SHAPES)


def _teacher(colours: Theme) -> Look:
    return Look(colour=colours.text, symbol="star", line="solid", shape=_VEGA_STAR, dash=_DASHES["solid"])


def _control(colours: Theme, place: int) -> Look:
    line = _CONTROL_LINES[place % len(_CONTROL_LINES)]
    return Look(colour=colours.control, symbol="cross", line=line, shape="cross", dash=_DASHES[line])


def _student(colours: Theme, colour: int, place: int) -> Look:
    shape, line = _SHAPES[place], _LINES[place % len(_LINES)]
    return Look(colour=colours.series[colour], symbol=shape, line=line, shape=shape, dash=_DASHES[line])
