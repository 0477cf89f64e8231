"""Relation graphs: the same images on one circle for teacher and student, and the edges that differ most."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from distill_core.decimals import rounded
from distill_core.methods.pictures import Graphs
from ui.charts import moving
from ui.charts.circle import spot
from ui.charts.moving import Moving
from ui.findings import portrait
from ui.findings.sentences import say
from ui.kept import kept
from ui.screens.methods.scene import Scene
from ui.text import words
from ui.text.language import N_, _, by_kind

__all__ = ["Edge", "chart", "edges", "sentences", "show"]

HEIGHT_PX, IMAGE_PX = 400, 38
MARKED = 3
ROUND = 1.18  # around the images, which are centred on the circle


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Two images by their places among the few, and how far apart each network puts them."""

    first: int
    other: int
    teacher: float
    student: float

    @property
    def gap(self) -> float:
        return abs(self.teacher - self.student)


def show(scene: Scene, picture: Graphs) -> None:
    """Both graphs side by side, the edges that differ most marked in both."""
    found = edges(picture)
    st.markdown(
        by_kind(
            scene.test.task.kind,
            "**{count} test {examples} as a graph**: thicker is nearer; coloured are the {marked} edges that differ "
            "most",
            count=len(picture.places_K),
            marked=MARKED,
        )
    )
    for network, column in zip(("teacher", "student"), st.columns(2, gap="medium"), strict=True):
        with column:
            st.markdown(_("The {network}", network=network))
            moving.show(chart(scene, picture, found, network), key=f"graph_{network}")
    moving.say(sentences(scene, picture, found))


def edges(picture: Graphs) -> tuple[Edge, ...]:
    """All pairs of images, those that differ most first."""
    count = len(picture.places_K)
    found = [
        Edge(
            first=first,
            other=other,
            teacher=float(picture.teacher_KK[first, other]),
            student=float(picture.student_KK[first, other]),
        )
        for first in range(count)
        for other in range(first + 1, count)
    ]
    return tuple(sorted(found, key=lambda edge: -edge.gap))


def sentences(scene: Scene, picture: Graphs, found: tuple[Edge, ...]) -> tuple[str, ...]:
    """The edges that differ most, and how much all of them do."""
    teacher, student = (np.array([getattr(edge, network) for edge in found]) for network in ("teacher", "student"))
    alike = float(np.corrcoef(teacher, student)[0, 1]) if teacher.std() and student.std() else float("nan")
    mean = float(np.abs(teacher - student).mean())
    return (
        say(portrait.Edges(edges=tuple(_told(scene, picture, edge) for edge in found[:MARKED]), unit=picture.unit)),
        say(portrait.GraphGap(edges=len(found), mean=mean, correlation=alike)),
    )


def _told(scene: Scene, picture: Graphs, edge: Edge) -> portrait.Edge:
    first, other = (scene.name(int(picture.places_K[place])) for place in (edge.first, edge.other))
    return portrait.Edge(first=first, other=other, teacher=edge.teacher, student=edge.student)


def chart(scene: Scene, picture: Graphs, found: tuple[Edge, ...], network: str) -> Moving:
    """One network's graph; every node keeps its place in both."""
    count, colours = len(picture.places_K), scene.colours
    spots = [spot(place, count) for place in range(count)]
    names = [scene.name(int(place)) for place in picture.places_K]
    farthest = max(max(edge.teacher, edge.student) for edge in found)
    rows = [
        {
            "part": "marked" if place < MARKED else "edge",
            "x": spots[edge.first][0],
            "y": spots[edge.first][1],
            "x2": spots[edge.other][0],
            "y2": spots[edge.other][1],
            "near": 1 - getattr(edge, network) / farthest,
            "said": _(
                "teacher {teacher}, student {student}",
                teacher=words.number(edge.teacher, 2),
                student=words.number(edge.student, 2),
            ),
            "pair": words.join([names[edge.first], names[edge.other]]),
        }
        for place, edge in reversed(list(enumerate(found)))
    ]
    rows += [
        {"part": "image", "x": x, "y": y, "name": name, "source": _source(scene, int(place))}
        for place, name, (x, y) in zip(picture.places_K, names, spots, strict=True)
    ]
    hidden = {"type": "quantitative", "axis": None, "scale": {"domain": [-ROUND, ROUND], "nice": False}}
    x, y = {"field": "x", **hidden}, {"field": "y", **hidden}
    near = {"field": "near", "type": "quantitative", "legend": None}
    tips = moving.tip(pair=_("Examples"), said=_(picture.what))
    lines = {
        "x": x,
        "y": y,
        "x2": {"field": "x2"},
        "y2": {"field": "y2"},
        "strokeWidth": {**near, "scale": {"domain": [0, 1], "range": [0.5, 9]}},
        "tooltip": tips,
    }
    faint = {**near, "scale": {"domain": [0.2, 1], "range": [0.05, 0.85], "clamp": True}}
    layers = [
        moving.layer("edge", {"type": "rule", "color": colours.muted}, **lines, opacity=faint),
        moving.layer("marked", {"type": "rule", "color": colours.series[1], "opacity": 0.95}, **lines),
        moving.layer(
            "image",
            {"type": "image", "width": IMAGE_PX, "height": IMAGE_PX},
            x=x,
            y=y,
            url={"field": "source", "type": "nominal"},
            tooltip=moving.tip(name=_("Example")),
        ),
    ]
    return Moving(
        spec={"height": HEIGHT_PX, "layer": layers},
        data=pd.DataFrame(rows),
        alt=_(
            "Graph of {count} test examples according to the {network}: {what}",
            count=words.number(count),
            network=_(network),
            what=_(picture.what),
        ),
        table=_table(scene, picture, found),
        legend=moving.legend(("line", colours.muted, _("edge")), ("line", colours.series[1], _("differs most"))),
    )


def _source(scene: Scene, place: int) -> str:
    return kept(("graph image", *scene.stamp, place), lambda: scene.source(place, IMAGE_PX))


def _table(scene: Scene, picture: Graphs, found: tuple[Edge, ...]) -> pd.DataFrame:
    names = [scene.name(int(place)) for place in picture.places_K]
    return pd.DataFrame(
        {
            N_("One example"): names[edge.first],
            N_("The other"): names[edge.other],
            N_("Teacher"): rounded(edge.teacher, 3),
            N_("Student"): rounded(edge.student, 3),
            N_("Difference"): rounded(edge.gap, 3),
        }
        for edge in found
    )
