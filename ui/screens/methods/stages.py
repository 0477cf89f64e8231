"""Which stages are compared: both networks from top to bottom, and what trains between them."""

import math

import pandas as pd
import streamlit as st

from distill_core.methods.pictures import Stage, Stages
from ui import spreadsheet
from ui.charts import moving
from ui.charts.moving import Moving
from ui.findings import portrait
from ui.findings.sentences import say
from ui.findings.sentences.portrait import dimensions, stage_name
from ui.screens.methods.scene import Scene
from ui.text.language import N_, _

__all__ = ["chart", "sentences", "show"]

ROW_PX, FRAME_PX = 62, 44
HALF = 0.33  # of a row: half the height of a box
LEFT, RIGHT = (0.0, 1.0), (1.7, 2.7)


def show(scene: Scene, picture: Stages) -> None:
    """The diagram, what it shows, and the shapes of what trains along in a table."""
    st.markdown(_("**Which stages are compared** (feature matching), with their shapes (channels × height × width)"))
    moving.show(chart(scene, picture), key="stages")
    moving.say(sentences(scene, picture))
    along = scene.portrait.inputs_used.trainable
    if along:
        expander = st.expander(_("Adapter parameters"), key="along_table", icon=":material/table_rows:", type="compact")
        rows = [(name.removeprefix("term."), dimensions(shape), math.prod(shape)) for name, shape in along]
        table = pd.DataFrame(rows, columns=[_("weights"), _("shape"), _("numbers")])
        spreadsheet.table(table, place=expander, hide_index=True, alt=_("Adapter parameters with their shapes"))


def sentences(scene: Scene, picture: Stages) -> tuple[str, ...]:
    """Which stages are compared, and what brings the one to the shape of the other."""
    pairs = tuple(
        (
            (_name(picture.student, own), picture.student[own].shape),
            (_name(picture.teacher, other), picture.teacher[other].shape),
        )
        for own, other in picture.pairs
    )
    return (say(portrait.StagePairs(pairs=pairs, adapters=scene.portrait.inputs_used.trainable_parameters)),)


def _name(stages: tuple[Stage, ...], place: int) -> str | None:
    return None if len(stages[place].shape) == 1 else stages[place].name


def _called(stages: tuple[Stage, ...], place: int) -> str:
    return stage_name(_name(stages, place))


def chart(scene: Scene, picture: Stages) -> Moving:
    """Boxes from the first stage down; the teacher left, the student right."""
    colours, rows = scene.colours, []
    sides = (("teacher", picture.teacher, LEFT), ("student", picture.student, RIGHT))
    tallest = max(len(picture.student), len(picture.teacher))
    for network, stages, (left, right) in sides:
        rows.append({"part": "who", "x": (left + right) / 2, "y": -0.75, "text": _(network)})
        for place, stage in enumerate(stages):
            middle = {"x": (left + right) / 2, "y": float(place)}
            box = {"x": left, "x2": right, "y": place - HALF, "y2": place + HALF}
            rows.append({"part": "used" if stage.used else "box", **box, "said": _said(stages, place)})
            rows.append({"part": "name", **middle, "text": _called(stages, place)})
            rows.append({"part": "shape", **middle, "text": dimensions(stage.shape)})
    rows += [
        {"part": "held", "x": LEFT[1], "x2": RIGHT[0], "y": float(other), "y2": float(own), "said": _("compared")}
        for own, other in picture.pairs
    ]
    hidden = {"type": "quantitative", "axis": None}
    x = {"field": "x", **hidden, "scale": {"domain": [-0.05, 2.75], "nice": False}}
    y = {"field": "y", **hidden, "scale": {"domain": [tallest - 0.5, -1], "nice": False}}
    ends = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    tips = moving.tip(said=_("Stage"))
    box = {"type": "rect", "cornerRadius": 6, "fill": colours.panel}
    layers = [
        moving.layer("box", {**box, "stroke": colours.line}, x=x, y=y, **ends, tooltip=tips),
        moving.layer("used", {**box, "stroke": scene.student, "strokeWidth": 2}, x=x, y=y, **ends, tooltip=tips),
        moving.layer("held", {"type": "rule", "color": scene.student, "strokeWidth": 2.5}, x=x, y=y, **ends),
        moving.layer("who", {"type": "text", "fontWeight": "bold"}, x=x, y=y, text={"field": "text"}),
        moving.layer("name", {"type": "text", "dy": -8}, x=x, y=y, text={"field": "text"}),
        moving.layer("shape", {"type": "text", "dy": 9, "color": colours.muted}, x=x, y=y, text={"field": "text"}),
    ]
    return Moving(
        spec={"height": FRAME_PX + ROW_PX * tallest, "layer": layers},
        data=pd.DataFrame(rows),
        alt=_("The stages of student and teacher, and which of them are compared with each other"),
        table=_table(picture),
    )


def _said(stages: tuple[Stage, ...], place: int) -> str:
    text = N_("{stage}: compared") if stages[place].used else N_("{stage}: not compared")
    return _(text, stage=_called(stages, place))


def _table(picture: Stages) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("Network"): _(network),
            _("Stage"): _called(stages, place),
            _("Shape"): dimensions(stage.shape),
            _("Compared"): _("yes") if stage.used else _("no"),
        }
        for network, stages in (("teacher", picture.teacher), ("student", picture.student))
        for place, stage in enumerate(stages)
    )
