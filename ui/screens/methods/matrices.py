"""Similarity matrices: how alike two images are to the teacher and to the student, class by class."""

import numpy as np
import pandas as pd
import streamlit as st

from distill_core.methods.pictures import Matrices
from ui.charts import labels, moving
from ui.charts.moving import Moving
from ui.findings import portrait
from ui.findings.sentences import say
from ui.networks import style
from ui.screens.methods.scene import Scene
from ui.text import words
from ui.text.language import _

__all__ = ["by_class", "chart", "sentences", "show"]

HEIGHT_PX = 400
NAMES = 0.27  # of the matrix's side, left of it


def show(scene: Scene, picture: Matrices) -> None:
    """Both matrices in one colour scale."""
    if style.dark():
        st.markdown(_("**Each pair of examples**, ordered by class: brighter is more alike"))
    else:
        st.markdown(_("**Each pair of examples**, ordered by class: darker is more alike"))
    ends = _ends(picture)
    columns = st.columns(2, gap="medium")
    for network, values, column in zip(
        ("teacher", "student"), (picture.teacher_NN, picture.student_NN), columns, strict=True
    ):
        with column:
            st.markdown(_("The {network}", network=network))
            moving.show(chart(scene, picture, values, ends, network), key=f"matrix_{network}")
    moving.say(sentences(scene, picture))


def by_class(values_NN: np.ndarray, labels_N: np.ndarray, count: int) -> np.ndarray:
    """(C, C) means over pairs of different images; NaN where there is none."""
    apart = ~np.eye(len(labels_N), dtype=bool)
    found = np.full((count, count), np.nan)
    for row in range(count):
        for other in range(count):
            pairs = values_NN[np.ix_(labels_N == row, labels_N == other)]
            there = apart[np.ix_(labels_N == row, labels_N == other)]
            if there.any():
                found[row, other] = pairs[there].mean()
    return found


def sentences(scene: Scene, picture: Matrices) -> tuple[str, ...]:
    """How well each network tells classes apart, and about which two classes the networks differ most."""
    own = [_apart(values, scene.portrait.labels_N) for values in (picture.teacher_NN, picture.student_NN)]
    teacher, student = (by_class(both, scene.portrait.labels_N, len(scene.classes)) for both in _both(picture))
    gap = np.abs(teacher - student)
    np.fill_diagonal(gap, np.nan)
    row, other = np.unravel_index(np.nanargmax(gap), gap.shape)
    pair = portrait.ClassPair(
        first=scene.classes[row],
        other=scene.classes[other],
        teacher=float(teacher[row, other]),
        student=float(student[row, other]),
    )
    return say(portrait.Alike(teacher=own[0], student=own[1])), say(pair)


def _both(picture: Matrices) -> tuple[np.ndarray, np.ndarray]:
    return picture.teacher_NN, picture.student_NN


def _apart(values_NN: np.ndarray, labels_N: np.ndarray) -> float:
    """Mean within classes over mean between them, without the images themselves."""
    same = labels_N[:, None] == labels_N[None]
    within = values_NN[same & ~np.eye(len(labels_N), dtype=bool)].mean()
    return float(within / values_NN[~same].mean())


def _ends(picture: Matrices) -> tuple[float, float]:
    apart = ~np.eye(len(picture.teacher_NN), dtype=bool)
    values = np.concatenate([values_NN[apart] for values_NN in _both(picture)])
    return float(values.min()), float(values.max())


def chart(scene: Scene, picture: Matrices, values_NN: np.ndarray, ends: tuple[float, float], network: str) -> Moving:
    """One matrix; class names stand left of their rows."""
    count = len(values_NN)
    names = [scene.name(place) for place in range(count)]
    rows = [
        {
            "part": "pair",
            "x": column,
            "x2": column + 1,
            "y": row,
            "y2": row + 1,
            "value": float(values_NN[row, column]),
            "said": words.short(float(values_NN[row, column]), 3),
            "pair": words.join([names[row], names[column]]),
        }
        for row in range(count)
        for column in range(count)
    ]
    rows += [
        {"part": "class", "x": -0.4, "y": float(np.flatnonzero(scene.portrait.labels_N == label).mean()) + 0.5}
        | {"text": labels.shorten(scene.classes[label], 12)}
        for label in dict.fromkeys(scene.portrait.labels_N.tolist())
    ]
    quiet = {"type": "quantitative", "axis": None}
    x = {"field": "x", **quiet, "scale": {"domain": [-NAMES * count, count], "nice": False}}
    y = {"field": "y", **quiet, "scale": {"domain": [count, 0], "nice": False}}
    scale = {"scheme": "cividis", "reverse": not style.dark(), "domain": list(ends), "clamp": True}
    layers = [
        moving.layer(
            "pair",
            {"type": "rect"},
            x=x,
            y=y,
            x2={"field": "x2"},
            y2={"field": "y2"},
            color={"field": "value", "type": "quantitative", "legend": None, "scale": scale},
            tooltip=moving.tip(pair=_("Examples"), said=_(picture.what)),
        ),
        moving.layer("class", {"type": "text", "align": "right", "tooltip": None}, x=x, y=y, text={"field": "text"}),
    ]
    means = by_class(values_NN, scene.portrait.labels_N, len(scene.classes))
    table = pd.DataFrame(means, columns=list(scene.classes))
    table.insert(0, _("Mean of both classes"), list(scene.classes))
    return Moving(
        spec={"height": HEIGHT_PX, "layer": layers},
        data=pd.DataFrame(rows),
        alt=_(
            "Matrix of {count} test examples: {what}, according to the {network}",
            count=words.number(count),
            what=_(picture.what),
            network=_(network),
        ),
        table=table,
    )
