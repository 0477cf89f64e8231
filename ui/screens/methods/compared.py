"""What a method on logits holds against each other for one image: the student's numbers and those it should reach."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from distill_core.methods.pictures import Compared
from ui.charts import moving
from ui.charts.moving import Moving
from ui.findings import portrait
from ui.findings.facts import Fact
from ui.findings.sentences import say
from ui.kept import kept
from ui.screens.methods.scene import Scene
from ui.text import words
from ui.text.language import N_, _, by_kind

__all__ = ["chart", "farthest", "sentences", "show"]

MOST = 20
ROW_PX, FRAME_PX, IMAGE_PX = 30, 56, 168


def show(scene: Scene, picture: Compared) -> None:
    """A pair of bars a class; the visitor chooses the image, first the one on which the two differ most."""
    names = [scene.name(place) for place in range(len(scene.portrait.index_N))]
    if st.session_state.get("seen") not in names:
        st.session_state.pop("seen", None)
    left, right = st.columns([1, 3], gap="medium")
    kind = scene.test.task.kind
    with left:
        name = st.selectbox(by_kind(kind, "Test {example}"), names, farthest(picture), key="seen", bind="query-params")
        place = names.index(name) if name in names else 0
        st.image(
            _large(scene, place),
            width=IMAGE_PX,
            alt=by_kind(kind, "Test {example}: {name}", name=scene.name(place)),
        )
    with right:
        st.markdown(_("**What is compared**: {what}", what=_(picture.what)))
        moving.show(chart(scene, picture, place), key="compared")
    moving.say(sentences(scene, picture, place))


def farthest(picture: Compared) -> int:
    """The image on which student and target differ most, summed over the classes."""
    return int(np.nansum(np.abs(picture.student_NC - picture.target_NC), axis=1).argmax())


def sentences(scene: Scene, picture: Compared, place: int) -> tuple[str, ...]:
    """The class with the largest gap on this image, and the gap over all images."""
    student_C, target_C = picture.student_NC[place], picture.target_NC[place]
    most = int(np.nanargmax(np.abs(student_C - target_C)))
    gap = float(np.nanmean(np.abs(picture.student_NC - picture.target_NC)))
    told: list[Fact] = [
        portrait.Farthest(
            image=scene.name(place),
            name=scene.classes[most],
            target=picture.target,
            share=picture.share,
            of_target=float(target_C[most]),
            of_student=float(student_C[most]),
        ),
        portrait.MeanGap(images=len(picture.student_NC), gap=gap, share=picture.share),
    ]
    if picture.note_N is not None:
        here, mean = float(picture.note_N[place]), float(picture.note_N.mean())
        told.append(portrait.ImageWeight(note=picture.note, here=here, mean=mean))
    return tuple(map(say, told))


def _writer(picture: Compared) -> Any:
    return (
        (lambda value: words.percent(float(value))) if picture.share else (lambda value: words.number(float(value), 2))
    )


def chart(scene: Scene, picture: Compared, place: int) -> Moving:
    """Classes in the order of the target, 20 at most."""
    target, student = _(picture.target), _("student")
    tones = {target: scene.colours.text, student: scene.student}
    pairs = {target: picture.target_NC[place], student: picture.student_NC[place]}
    by_target = np.argsort(-pairs[target], kind="stable")
    order = [int(index) for index in by_target if not np.isnan(pairs[student][index])]
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
            "x": moving.across("value", _(picture.what), _ends(picture), **_axis(picture)),
            "x2": {"datum": 0},
            "y": moving.classes("", "place"),
            "yOffset": {"field": "who", "type": "nominal", "scale": {"domain": list(tones), "paddingOuter": 0.2}},
            "color": moving.colour("who", tones),
            "tooltip": moving.tip(**{"class": _("Class"), "who": _("Whose"), "said": _(picture.what)}),
        },
    }
    table = pd.DataFrame({_("Class"): [scene.classes[index] for index in order]})
    heading = N_("According to the {network} (0 to 1)") if picture.share else N_("According to the {network}")
    for network, values_C in pairs.items():
        table[_(heading, network=network)] = [float(values_C[index]) for index in order]
    return Moving(
        spec=spec,
        data=pd.DataFrame(rows),
        alt=_(
            "For the chosen example, {what} of each class: {target} and student",
            what=_(picture.what),
            target=_(picture.target),
        ),
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
    return kept(("seen image", *scene.stamp, place), lambda: scene.source(place, IMAGE_PX))
