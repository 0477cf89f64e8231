"""What a method on logits holds against each other for one image: the student's numbers and those it should reach."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from distill_core.decimals import fixed
from distill_core.methods.pictures import Compared
from ui.charts import moving
from ui.charts.moving import Moving
from ui.kept import kept
from ui.screens.methods.scene import Scene
from ui.text import words
from ui.thumbnails import enlarged

__all__ = ["chart", "farthest", "sentences", "show"]

MOST = 20
ROW_PX, FRAME_PX, IMAGE_PX = 30, 56, 168


def show(scene: Scene, picture: Compared) -> None:
    """A pair of bars a class; the visitor chooses the image, first the one on which the two differ most."""
    names = [scene.name(place) for place in range(len(scene.portrait.index_N))]
    if st.session_state.get("seen") not in names:
        st.session_state.pop("seen", None)
    left, right = st.columns([1, 3], gap="medium")
    with left:
        name = st.selectbox("Test image", names, farthest(picture), key="seen", bind="query-params")
        place = names.index(name) if name in names else 0
        st.image(_large(scene, place), width=IMAGE_PX, alt=f"Test image: {scene.name(place)}")
    with right:
        st.markdown(f"**What is compared**: {picture.what}")
        moving.show(chart(scene, picture, place), key="compared")
    moving.say(sentences(scene, picture, place))


def farthest(picture: Compared) -> int:
    """The image on which student and target differ most, summed over the classes."""
    return int(np.nansum(np.abs(picture.student_NC - picture.target_NC), axis=1).argmax())


def sentences(scene: Scene, picture: Compared, place: int) -> tuple[str, ...]:
    """The class with the largest gap on this image, and the gap over all images."""
    student_C, target_C = picture.student_NC[place], picture.target_NC[place]
    most = int(np.nanargmax(np.abs(student_C - target_C)))
    name, write = words.plain(scene.classes[most]), _writer(picture)
    gap = float(np.nanmean(np.abs(picture.student_NC - picture.target_NC)))
    lines = [
        f"On {words.plain(scene.name(place))} they differ most about **{name}**: {picture.target} "
        f"**{write(target_C[most])}**, student **{write(student_C[most])}**.",
        f"Over all {len(picture.student_NC)} images and classes the gap is {_gap(picture, gap)} on average.",
    ]
    if picture.note_N is not None:
        lines.append(f"The {picture.note}: **{picture.note_N[place]:.2f}** (mean {picture.note_N.mean():.2f}).")
    return tuple(lines)


def _gap(picture: Compared, gap: float) -> str:
    return f"{fixed(100 * gap, 1)} {words.POINTS}" if picture.share else fixed(gap, 2)


def _writer(picture: Compared) -> Any:
    return (lambda value: words.percent(float(value))) if picture.share else (lambda value: fixed(float(value), 2))


def chart(scene: Scene, picture: Compared, place: int) -> Moving:
    """Classes in the order of the target, 20 at most."""
    tones = {picture.target: scene.colours.text, "student": scene.student}
    pairs = {picture.target: picture.target_NC[place], "student": picture.student_NC[place]}
    by_target = np.argsort(-pairs[picture.target], kind="stable")
    order = [int(index) for index in by_target if not np.isnan(pairs["student"][index])]
    write = _writer(picture)
    rows = [
        {
            "class": scene.classes[index],
            "place": number,
            "who": network,
            "value": float(values_C[index]),
            "said": write(values_C[index]),
        }
        for number, index in enumerate(order[:MOST])
        for network, values_C in pairs.items()
    ]
    spec = {
        "height": FRAME_PX + ROW_PX * len(order[:MOST]),
        "mark": {"type": "bar", "height": {"band": 0.92}},
        "encoding": {
            "x": moving.across("value", picture.what, _ends(picture), **_axis(picture)),
            "x2": {"datum": 0},
            "y": moving.classes("", "place"),
            "yOffset": {"field": "who", "type": "nominal", "scale": {"domain": list(tones), "paddingOuter": 0.2}},
            "color": moving.colour("who", tones),
            "tooltip": moving.tip(**{"class": "Class", "who": "Whose", "said": picture.what.capitalize()}),
        },
    }
    unit = " (0 to 1)" if picture.share else ""
    table = pd.DataFrame({"Class": [scene.classes[index] for index in order]})
    for network, values_C in pairs.items():
        table[f"{network.capitalize()}{unit}"] = [float(values_C[index]) for index in order]
    return Moving(
        spec=spec,
        data=pd.DataFrame(rows),
        alt=f"{picture.what.capitalize()} of each class: {picture.target} and student, for the chosen image",
        table=table,
        legend=moving.legend(*(("bar", tone, network) for network, tone in tones.items())),
    )


def _ends(picture: Compared) -> tuple[float, float]:
    values = np.concatenate([picture.student_NC, picture.target_NC])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if picture.share and high <= 1:
        return 0.0, 1.0
    return (-moving.round_up(-low) if low < 0 else 0.0), moving.round_up(high)


def _axis(picture: Compared) -> dict[str, Any]:
    return {"labelExpr": moving.PERCENT} if picture.share else {}


def _large(scene: Scene, place: int) -> str:
    return kept(("seen image", *scene.stamp, place), lambda: enlarged(scene.image(place), IMAGE_PX))
