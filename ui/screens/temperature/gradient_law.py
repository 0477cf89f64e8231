"""How long the soft part's gradient is over T, and what it becomes: the 1/T² law and the limit of high temperatures."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from distill_core.evaluation.softening import GradientScaling, gradient_scaling
from distill_core.spec import TEMPERATURES
from ui.charts import moving
from ui.charts.moving import Moving
from ui.findings import gradient as facts
from ui.findings.sentences import say
from ui.kept import kept
from ui.networks import style
from ui.networks.style import Theme
from ui.screens.temperature.lens import Lens
from ui.text import words
from ui.text.language import N_, _, ngettext

__all__ = ["laws", "limit", "limit_sentence", "sentence", "show", "strength"]

CURVE_PX = 300


def show(lens: Lens) -> None:
    """Both over all test images, each with a sentence about T."""
    colours = style.theme(style.dark())
    known, here = laws(lens)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(_("**The 1/T² law**"))
        moving.show(strength(known, here, colours), key="law")
        moving.say([sentence(here)])
    with right:
        st.markdown(_("**High temperatures match logits**"))
        moving.show(limit(known, here, colours), key="limit")
        moving.say([limit_sentence(known, here)])
    st.caption(
        ngettext(
            "Soft part alone (alpha = 1) of {student} against {teacher}: mean length over {count} test example.",
            "Soft part alone (alpha = 1) of {student} against {teacher}: mean length over {count} test examples.",
            len(lens.labels_N),
            student=words.plain(lens.student.title),
            teacher=words.plain(lens.teacher.title),
        )
    )


def laws(lens: Lens) -> tuple[tuple[GradientScaling, ...], tuple[GradientScaling, GradientScaling]]:
    """The law over all temperatures of the slider, and at T and twice T."""
    pair = (lens.student.test_logits_NC, lens.teacher.test_logits_NC)
    known = kept(("law", *lens.stamp), lambda: gradient_scaling(*pair, TEMPERATURES))
    here = kept(
        ("law at", *lens.stamp, lens.temperature),
        lambda: gradient_scaling(*pair, (lens.temperature, 2 * lens.temperature)),
    )
    return known, here


def strength(known: Sequence[GradientScaling], here: Sequence[GradientScaling], colours: Theme) -> Moving:
    """How long the soft part's gradient is over T, without and with T², beside 1/T²."""
    plain, scaled, reference = _("without T²"), _("with T²"), "1/T²"
    tones = {plain: colours.series[0], scaled: colours.series[2], reference: colours.control}
    last = known[-1]
    rows = [
        {"part": name, "kind": name, "temperature": law.temperature, "length": length}
        for law in known
        for name, length in (
            (plain, law.plain),
            (scaled, law.scaled),
            (reference, last.plain * (last.temperature / law.temperature) ** 2),
        )
        if length > 0
    ]
    rows += [
        {"part": "now", "kind": name, "temperature": here[0].temperature, "length": length}
        for name, length in ((plain, here[0].plain), (scaled, here[0].scaled))
        if length > 0
    ]
    # The reference may leave the picture where T is small: the axis is for the two lines.
    domain = moving.decades(length for law in known for length in (law.plain, law.scaled))
    y = moving.up("length", _("mean length of the soft gradient (log)"), domain, **moving.powers(*domain))
    return _curves(
        rows,
        y,
        _("Length"),
        tones,
        here[0].temperature,
        colours,
        dashed=reference,
        alt=_("Mean length of the soft part's gradient over temperature, without and with the factor T²"),
        table=pd.DataFrame(
            {
                "T": [law.temperature for law in known],
                N_("Without T² (nats)"): [law.plain for law in known],
                N_("With T² (nats)"): [law.scaled for law in known],
            }
        ),
    )


def limit(known: Sequence[GradientScaling], here: Sequence[GradientScaling], colours: Theme) -> Moving:
    """How far the soft part's gradient is from plain logit matching over T."""
    name = _("distance to matching logits")
    rows = [
        {"part": part, "kind": name, "temperature": law.temperature, "length": law.distance}
        for part, found in ((name, known), ("now", here[:1]))
        for law in found
        if law.distance > 0
    ]
    domain = moving.decades(law.distance for law in known)
    y = moving.up("length", _("relative distance to the limit (log)"), domain, **moving.powers(*domain))
    return _curves(
        rows,
        y,
        _("Distance"),
        {name: colours.series[0]},
        here[0].temperature,
        colours,
        dashed=None,
        alt=_("Relative distance between the soft part's gradient and the difference of logits, over temperature"),
        table=pd.DataFrame(
            {
                "T": [law.temperature for law in known],
                N_("Relative distance (0 is equal)"): [law.distance for law in known],
            }
        ),
    )


def _curves(
    rows: list[dict],
    y: dict,
    what: str,
    tones: dict[str, str],
    temperature: float,
    colours: Theme,
    *,
    dashed: str | None,
    alt: str,
    table: pd.DataFrame,
) -> Moving:
    """Lines over T with points where the slider is."""
    for row in rows:
        row["at"], row["text"] = words.short(row["temperature"]), words.short(row["length"], 3)
    drawn = [row for row in (*rows, {"part": "rule", "temperature": temperature}) if moving.on_axis(row["temperature"])]
    frame = pd.DataFrame(drawn)
    tips = moving.tip(kind=_("Line"), at="T", text=what)
    shared = {"x": moving.temperatures(), "y": y, "color": moving.colour("kind", tones), "tooltip": tips}
    lines = [
        moving.layer(
            name,
            {"type": "line", "strokeWidth": 2.5, "clip": True}
            | ({"strokeDash": [5, 4]} if name == dashed else {"point": {"size": 25, "opacity": 1}}),
            **shared,
        )
        for name in tones
    ]
    entries = [("dashed" if name == dashed else "line", tone, name) for name, tone in tones.items()]
    rule = {"type": "rule", "color": colours.text, "strokeDash": [4, 3]}
    point = {"type": "point", "filled": True, "size": 110, "opacity": 1}
    return Moving(
        spec={
            "height": CURVE_PX,
            "layer": [
                moving.layer("rule", rule, x=moving.temperatures()),
                *lines,
                moving.layer("now", point, **shared),
            ],
        },
        data=frame,
        alt=alt,
        table=table,
        legend=moving.legend(*entries, ("upright", colours.text, f"T = {words.short(temperature)}")),
    )


def sentence(here: Sequence[GradientScaling]) -> str:
    """What doubling T costs the soft gradient here."""
    now, twice = here
    return say(facts.Doubled(temperature=now.temperature, plain=now.plain, scaled=now.scaled, twice=twice.plain))


def limit_sentence(known: Sequence[GradientScaling], here: Sequence[GradientScaling]) -> str:
    """How close T brings the gradient to matching logits."""
    now, last = here[0], known[-1]
    end = None if last.temperature == now.temperature else (last.temperature, last.distance)
    return say(facts.Limit(temperature=now.temperature, distance=now.distance, last=end))
