"""Attention maps: an image, and where teacher and student look at each paired stage."""

import html
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from distill_core.methods.pictures import Attention, AttentionStage
from ui.charts import footer, moving
from ui.examples import tones
from ui.findings import portrait
from ui.findings.sentences import say
from ui.kept import kept
from ui.screens.methods.scene import Scene
from ui.text.language import N_, _
from ui.thumbnails import thumbnail

__all__ = ["sentences", "show"]

SHOWN = 6
_CSS = """
<style>
.looks {display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1rem;}
.looks figure {margin: 0;}
.looks figcaption {font-size: .875rem; margin-bottom: .25rem;}
.looks table {width: 100%; table-layout: fixed; border-collapse: separate; border-spacing: 3px;}
.looks th {font-size: .75rem; font-weight: 400; text-align: left; opacity: .75;}
.looks td {padding: 0;}
.looks img {display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; border-radius: 3px;}
</style>
"""


def show(scene: Scene, picture: Attention) -> None:
    """A small table of maps for each of some images, and how alike the two look."""
    if picture.of_classes:
        st.markdown(_("**Where they see each class**: brighter is a larger share, each map by its own largest value"))
    else:
        st.markdown(_("**Where they look**: brighter is more attention, each map by its own largest value"))
    st.html(kept(("attention maps", *scene.stamp), lambda: _gallery(scene, picture)))
    moving.say(sentences(scene, picture))
    alt = (
        _("Cosine of both maps for each example and class")
        if picture.of_classes
        else _("Cosine of both attention maps for each example and stage")
    )
    footer.below((), _table(scene, picture), alt=alt, key="looks")


def sentences(scene: Scene, picture: Attention) -> tuple[str, ...]:
    """At which stage the two look alike most and least, and at which image least."""
    stages = [stage for stage in picture.stages if _tells(stage)]
    if not stages:
        return (say(portrait.NoMaps()),)
    means = [float(stage.alike_N.mean()) for stage in stages]
    low, high = int(np.argmin(means)), int(np.argmax(means))
    most, least = ((_both(stages[place]), means[place]) for place in (high, low))
    if picture.of_classes:
        return (say(portrait.ClassesSeen(scenes=len(stages[0].alike_N), most=most, least=least)),)
    worst = int(stages[low].alike_N.argmin())
    alike = portrait.MapsAlike(images=len(stages[0].alike_N), most=most, least=None if low == high else least)
    farthest = portrait.FarthestMaps(image=scene.name(worst), cosine=float(stages[low].alike_N[worst]))
    return say(alike), say(farthest)


def _tells(stage: AttentionStage) -> bool:
    """Not where one of both maps has a single place: scaled to length 1, every such map is the same."""
    return min(math.prod(maps_NHW.shape[1:]) for maps_NHW in (stage.student_NHW, stage.teacher_NHW)) > 1


def _gallery(scene: Scene, picture: Attention) -> str:
    cards = [_card(scene, picture, int(place), tones()) for place in scene.portrait.few_K[:SHOWN]]
    return f'{_CSS}<div class="looks">{"".join(cards)}</div>'


def _card(scene: Scene, picture: Attention, place: int, scale: np.ndarray) -> str:
    name, kind = html.escape(scene.name(place)), html.escape(_(scene.test.task.kind.example))
    named = [_both(stage) for stage in picture.stages]
    heads = "".join(f"<th>{html.escape(head)}</th>" for head in named)
    own = [stage.student_NHW[place] for stage in picture.stages]
    other = [stage.teacher_NHW[place] for stage in picture.stages]
    teacher = _cells(other, named, _("teacher, {name}", name=name), scale)
    student = _cells(own, named, _("student, {name}", name=name), scale)
    image = f'<td><img src="{scene.source(place)}" alt="{name}"></td>'
    return (
        f"<figure><figcaption>{name}</figcaption><table><tr><th></th><th>{kind}</th>{heads}</tr>"
        f"<tr><th>teacher</th>{image}{teacher}</tr><tr><th>student</th><td></td>{student}</tr></table></figure>"
    )


def _both(stage: AttentionStage) -> str:
    """The names of both stages, once where they are the same."""
    return stage.student if stage.student == stage.teacher else f"{stage.teacher} / {stage.student}"


def _cells(maps: Sequence[np.ndarray], heads: Sequence[str], alt: str, scale: np.ndarray) -> str:
    pictures = [thumbnail(scale[np.round(255 * map_HW).astype(int)]) for map_HW in maps]
    return "".join(
        f'<td><img src="{source}" alt="{alt}, {html.escape(head)}"></td>'
        for head, source in zip(heads, pictures, strict=True)
    )


def _table(scene: Scene, picture: Attention) -> pd.DataFrame:
    table = pd.DataFrame({N_("Example"): [scene.name(place) for place in range(len(scene.portrait.index_N))]})
    for stage in picture.stages:
        table[f"{_both(stage)} (cosine)"] = stage.alike_N.astype(float).round(3)
    return table
