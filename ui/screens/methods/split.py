"""KD taken apart: the right class against all others, and the others among themselves, image by image."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from distill_core.decimals import rounded
from distill_core.methods.pictures import DecoupledTerms
from ui.charts import moving
from ui.charts.moving import Moving
from ui.findings import portrait
from ui.findings.sentences import say
from ui.screens.methods.scene import Scene
from ui.text import words
from ui.text.language import N_, _, ngettext

__all__ = ["chart", "sentences", "show"]

ROW_PX, FRAME_PX = 34, 60
TARGET, OTHERS = N_("target class (TCKD)"), N_("other classes (NCKD)")


def show(scene: Scene, picture: DecoupledTerms) -> None:
    """A pair of bars an image, with what the teacher says about the right class."""
    st.markdown(
        _(
            "**Both parts of KD at T = {temperature}**; p is what the teacher gives the right class",
            temperature=words.short(picture.temperature),
        )
    )
    moving.show(chart(scene, picture), key="split")
    moving.say(sentences(scene, picture))


def sentences(scene: Scene, picture: DecoupledTerms) -> tuple[str, ...]:
    """The parts over all images, and what KD makes of the second where the teacher is surest."""
    surest = int(np.argmax(picture.sure_N))
    heard = portrait.OthersWeight(
        image=scene.name(surest),
        sure=float(picture.sure_N[surest]),
        others=picture.other_weight,
        target=picture.target_weight,
    )
    return (
        ngettext(
            "Over {count} test example TCKD is **{target} nats** and NCKD **{others} nats** on average. Plain KD is "
            "TCKD + (1 − p) · NCKD, where p is what the teacher gives the right class.",
            "Over {count} test examples TCKD is **{target} nats** and NCKD **{others} nats** on average. Plain KD is "
            "TCKD + (1 − p) · NCKD, where p is what the teacher gives the right class.",
            len(picture.sure_N),
            target=words.number(float(picture.target_N.mean()), 2),
            others=words.number(float(picture.others_N.mean()), 2),
        ),
        say(heard),
    )


def chart(scene: Scene, picture: DecoupledTerms) -> Moving:
    """The few images, spread over the classes."""
    target, others = _(TARGET), _(OTHERS)
    tones = {target: scene.colours.muted, others: scene.colours.series[1]}
    few = [int(place) for place in scene.portrait.few_K]
    most = moving.round_up(max(float(picture.target_N[few].max()), float(picture.others_N[few].max())))
    rows: list[dict[str, Any]] = [
        {
            "part": "bar",
            "class": scene.name(place),
            "place": order,
            "part_of": part,
            "nats": float(values[place]),
            "said": _("{value} nats", value=words.number(values[place], 3)),
        }
        for order, place in enumerate(few)
        for part, values in ((target, picture.target_N), (others, picture.others_N))
    ]
    rows += [
        {"part": "sure", "class": scene.name(place), "place": order, "nats": most}
        | {"sure": f"p {words.percent(float(picture.sure_N[place]), digits=0)}"}
        for order, place in enumerate(few)
    ]
    # Room to the right: what the teacher gives the right class stands behind the bars.
    x = moving.across("nats", _("nats, T² included"), (0, most * 1.22))
    y = moving.classes("", "place", minExtent=110, maxExtent=110, labelLimit=104)
    side = {"field": "part_of", "type": "nominal", "scale": {"domain": list(tones), "paddingOuter": 0.2}}
    tips = moving.tip(**{"class": _("Example"), "part_of": _("Part"), "said": _("Size")})
    bars = {"x": x, "y": y, "yOffset": side, "color": moving.colour("part_of", tones), "tooltip": tips}
    layers = [
        moving.layer("bar", {"type": "bar", "height": {"band": 0.9}}, **bars),
        moving.layer("sure", {"type": "text", "align": "left", "dx": 6}, x=x, y=y, text={"field": "sure"}),
    ]
    spec = {"height": FRAME_PX + ROW_PX * len(few), "layer": layers}
    table = pd.DataFrame(
        {
            N_("Example"): scene.name(place),
            N_("TCKD (nats)"): rounded(float(picture.target_N[place]), 4),
            N_("NCKD (nats)"): rounded(float(picture.others_N[place]), 4),
            N_("p of the right class (%)"): rounded(100 * float(picture.sure_N[place]), 1),
        }
        for place in range(len(picture.sure_N))
    )
    return Moving(
        spec=spec,
        data=pd.DataFrame(rows),
        alt=_("Both parts of the distillation loss of {count} test examples, in nats", count=len(few)),
        table=table,
        legend=moving.legend(*(("bar", tone, name) for name, tone in tones.items())),
    )
