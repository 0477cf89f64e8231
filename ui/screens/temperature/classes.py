"""Which classes the teacher takes to be alike: its softened answers, averaged by true class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from plotly.colors import sample_colorscale

from distill_core.decimals import adding_up, fixed
from distill_core.evaluation.softening import class_similarity_CC
from ui.charts import circle, labels, moving
from ui.charts.moving import Moving
from ui.kept import kept
from ui.networks import style
from ui.networks.style import Theme
from ui.screens.temperature.lens import Lens
from ui.text import words
from ui.text.language import N_, _, ngettext_by_kind

LINKS, MOST_NUMBERS = 12, 16
# Classes that a map and a circle have room for: as many as the strongest links can have.
MOST = 2 * LINKS
CELL_PX, FRAME_PX = 30, 112
BRIGHTEST = 0.3
STOPS = (0.0, 0.02, 0.05, 0.1, 0.2, BRIGHTEST)


def show(lens: Lens) -> None:
    """The map beside the graph of its strongest links."""
    colours, dark = style.theme(style.dark()), style.dark()
    drawn_CC, classes = _drawn(found_CC := similar_CC(lens), lens.classes)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(_("**What the teacher says about each class**, in percent"))
        moving.show(map_of(drawn_CC, classes, colours, dark=dark), key="similar")
    with right:
        st.markdown(_("**The {links} strongest links**: thicker is more alike", links=LINKS))
        moving.show(graph(drawn_CC, classes, colours), key="links")
    moving.say(sentences(found_CC, lens.classes, lens.temperature))
    if len(classes) < len(lens.classes):
        count = words.number(len(lens.classes))
        st.caption(_("Of {count} classes those of the strongest links are drawn.", count=count))
    st.caption(
        ngettext_by_kind(
            lens.test.task.kind,
            "Mean probabilities of {teacher} at T = {T}, by true class, over {count} test {example}. Grey is the true "
            "class itself; colours end at {most} at every T.",
            "Mean probabilities of {teacher} at T = {T}, by true class, over {count} test {examples}. Grey is the true "
            "class itself; colours end at {most} at every T.",
            len(lens.labels_N),
            teacher=words.plain(lens.teacher.title),
            T=words.short(lens.temperature),
            most=words.percent(BRIGHTEST, digits=0),
        )
    )


def _drawn(shares_CC: np.ndarray, classes: Sequence[str]) -> tuple[np.ndarray, Sequence[str]]:
    """All classes, or those of the strongest links where there are too many."""
    if len(classes) <= MOST:
        return shares_CC, classes
    chosen = sorted({end for link in links(shares_CC) for end in (link.first, link.other)})
    return shares_CC[np.ix_(chosen, chosen)], [classes[place] for place in chosen]


def similar_CC(lens: Lens) -> np.ndarray:
    """Mean softened probabilities of the teacher by true class."""
    return kept(
        ("similar", *lens.stamp, lens.temperature),
        lambda: class_similarity_CC(lens.teacher.test_logits_NC, lens.labels_N, lens.temperature),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two classes, what images of each give to the other, and the mean of both."""

    first: int
    other: int
    there: float
    back: float

    @property
    def strength(self) -> float:
        return (self.there + self.back) / 2


def links(shares_CC: np.ndarray, most: int = LINKS) -> list[Link]:
    """The strongest pairs first; classes without images have none."""
    found = [
        Link(first=first, other=other, there=float(shares_CC[first, other]), back=float(shares_CC[other, first]))
        for first in range(len(shares_CC))
        for other in range(first + 1, len(shares_CC))
        if not np.isnan(shares_CC[first, other] + shares_CC[other, first])
    ]
    return sorted(found, key=lambda link: -link.strength)[:most]


def sentences(shares_CC: np.ndarray, classes: Sequence[str], temperature: float) -> tuple[str, ...]:
    """The strongest pairs at this T, and how much is left for the true classes."""
    strongest = links(shares_CC, 3)
    if not strongest:
        return ()
    named = [
        _(
            "{first} and {other} ({share})",
            first=words.plain(classes[link.first]),
            other=words.plain(classes[link.other]),
            share=words.percent(link.strength),
        )
        for link in strongest
    ]
    own = float(np.nanmean(np.diag(shares_CC)))
    places = {"T": words.short(temperature), "pair": named[0]}
    first = _("Most alike at T = {T}: **{pair}**.", **places)
    if named[1:]:
        first = _("Most alike at T = {T}: **{pair}**, then {others}.", others=words.join(named[1:]), **places)
    second = _(
        "The true class keeps **{own}** on average; if T made all classes alike, each would have {alike}.",
        own=words.percent(own),
        alike=words.percent(1 / len(classes)),
    )
    return first, second


def map_of(shares_CC: np.ndarray, classes: Sequence[str], colours: Theme, *, dark: bool) -> Moving:
    """Rows are true classes; only what goes to other classes is coloured."""
    tones = _tones(dark)
    percents = [adding_up((100 * np.nan_to_num(shares_C)).tolist(), 0) for shares_C in shares_CC]
    frame = pd.DataFrame(
        {
            "part": "own" if true == answer else "other",
            "class": classes[true],
            "place": true,
            "answer": labels.shorten(classes[answer], 12),
            "to": classes[answer],
            "column": answer,
            "share": float(shares_CC[true, answer]),
            "text": words.percent(float(shares_CC[true, answer]), digits=2),
            "number": fixed(percents[true][answer], 0) if percents[true][answer] else "",
            "ink": colours.text if true == answer else _ink(float(shares_CC[true, answer]), tones),
        }
        for true in range(len(classes))
        for answer in range(len(classes))
        if not np.isnan(shares_CC[true, answer])
    )
    x = {
        "field": "answer",
        "type": "nominal",
        "sort": {"field": "column", "op": "min"},
        "axis": {
            "title": _("class that the teacher says"),
            "labelAngle": -45,
            "labelOverlap": False,
            "domain": False,
            "grid": False,
            "minExtent": 64,
            "maxExtent": 64,
        },
    }
    y = moving.classes(_("true class"), "place")
    tips = moving.tip(**{"class": _("True class"), "to": _("Teacher says"), "text": _("Mean probability")})
    scale = {"domain": list(STOPS), "range": tones, "clamp": True, "type": "linear"}
    cell = {"type": "rect", "stroke": colours.background, "strokeWidth": 1}
    layers = [
        moving.layer("own", {**cell, "fill": colours.line}, x=x, y=y, tooltip=tips),
        moving.layer(
            "other",
            cell,
            x=x,
            y=y,
            tooltip=tips,
            fill={"field": "share", "type": "quantitative", "legend": None, "scale": scale},
        ),
    ]
    if len(classes) <= MOST_NUMBERS:
        number = {"text": {"field": "number"}, "color": {"field": "ink", "type": "nominal", "scale": None}}
        layers.append(
            {"mark": {"type": "text", "fontSize": 12}, "encoding": {"x": x, "y": y, "tooltip": tips, **number}}
        )
    table = pd.DataFrame(100 * shares_CC, columns=[f"{name} (%)" for name in classes])
    table.insert(0, _("True class"), list(classes))
    return Moving(
        spec={"height": FRAME_PX + CELL_PX * len(classes), "layer": layers},
        data=frame,
        alt=_("Mean probability that the teacher gives to each class, by true class, at the chosen T"),
        table=table,
    )


def _tones(dark: bool) -> list[str]:
    """The sequential scale from the background up: what is least is faintest in both appearances."""
    stops = np.linspace(0, 1, len(STOPS)).tolist()
    found = sample_colorscale(style.SEQUENTIAL if dark else f"{style.SEQUENTIAL}_r", stops, colortype="tuple")
    ground = style.theme(dark).background
    shares = (0.0, 0.35, 0.7, 1.0, 1.0, 1.0)
    return [_mixed(colour, ground, share) for colour, share in zip(found, shares, strict=True)]


def _mixed(colour: tuple[float, ...], ground: str, share: float) -> str:
    behind = (int(ground[i : i + 2], 16) / 255 for i in (1, 3, 5))
    parts = (share * part + (1 - share) * back for part, back in zip(colour, behind, strict=True))
    return "#" + "".join(f"{round(255 * part):02X}" for part in parts)


def _ink(value: float, tones: Sequence[str]) -> str:
    """Black or white on a cell's colour, by the contrast of WCAG 2."""
    channels = ([int(tone[i : i + 2], 16) / 255 for tone in tones] for i in (1, 3, 5))
    ground = (float(np.interp(value, STOPS, channel)) for channel in channels)
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in ground)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#FFFFFF"


def graph(shares_CC: np.ndarray, classes: Sequence[str], colours: Theme) -> Moving:
    """Classes on a circle, the strongest links between them."""
    spots = [circle.spot(place, len(classes)) for place in range(len(classes))]
    strongest = links(shares_CC)
    rows = [
        {
            "part": "link",
            "x": spots[link.first][0],
            "y": spots[link.first][1],
            "x2": spots[link.other][0],
            "y2": spots[link.other][1],
            "share": link.strength,
            "pair": words.join([classes[link.first], classes[link.other]]),
            "there": _(
                "{there} to {name}, {back} back",
                there=words.percent(link.there),
                name=classes[link.other],
                back=words.percent(link.back),
            ),
        }
        for link in reversed(strongest)
    ]
    rows += [
        {"part": "class", "class": name, "x": x, "y": y, "own": words.percent(float(shares_CC[place, place]))}
        for place, (name, (x, y)) in enumerate(zip(classes, spots, strict=True))
    ]
    # Names stand outside the circle, away from its middle, where no line goes.
    rows += [
        {"part": _side(x), "class": labels.shorten(name, 12), "x": 1.08 * x, "y": 1.13 * y}
        for name, (x, y) in zip(classes, spots, strict=True)
    ]
    x = {**_hidden("x"), "scale": {"domain": [-1.75, 1.75], "nice": False}}
    y = {**_hidden("y"), "scale": {"domain": [-1.2, 1.2], "nice": False}}
    width = {"domain": [0, BRIGHTEST / 2], "range": [0.75, 9], "clamp": True}
    ink = {"domain": [0, BRIGHTEST / 3], "range": [0.25, 0.95], "clamp": True}
    share = {"field": "share", "type": "quantitative", "legend": None}
    layers = [
        moving.layer(
            "link",
            {"type": "rule", "color": colours.series[0], "strokeCap": "round"},
            x=x,
            y=y,
            x2={"field": "x2"},
            y2={"field": "y2"},
            strokeWidth={**share, "scale": width},
            opacity={**share, "scale": ink},
            tooltip=moving.tip(pair=_("Classes"), there=_("Mean probability")),
        ),
        moving.layer(
            "class",
            {"type": "point", "filled": True, "size": 90, "opacity": 1, "color": colours.text},
            x=x,
            y=y,
            tooltip=moving.tip(**{"class": _("Class"), "own": _("Keeps for itself")}),
        ),
        *(
            moving.layer(side, {"type": "text", "align": align, "tooltip": None}, x=x, y=y, text={"field": "class"})
            for side, align in (("left", "right"), ("right", "left"), ("middle", "center"))
        ),
    ]
    return Moving(
        spec={"height": FRAME_PX + CELL_PX * len(classes), "layer": layers},
        data=pd.DataFrame(rows),
        alt=_(
            "The {links} pairs of classes that the teacher takes to be most alike at the chosen T, as a graph",
            links=LINKS,
        ),
        table=pd.DataFrame(
            {
                N_("Pair"): [words.join([classes[link.first], classes[link.other]]) for link in strongest],
                N_("Mean of both ways (%)"): [100 * link.strength for link in strongest],
                N_("First to second (%)"): [100 * link.there for link in strongest],
                N_("Second to first (%)"): [100 * link.back for link in strongest],
            }
        ),
    )


def _side(x: float) -> str:
    return "middle" if abs(x) < 0.1 else "right" if x > 0 else "left"


def _hidden(field: str) -> dict[str, object]:
    return {"field": field, "type": "quantitative", "axis": None}
