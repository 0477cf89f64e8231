"""Do the teacher's confidences mean what they say, and which temperature makes them?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from distill_core.decimals import fixed
from distill_core.evaluation.calibration import Bin, expected_calibration_error, log_softmax_NC, reliability
from distill_core.evaluation.softening import fit_temperature, soften_NC
from distill_core.evaluation.statistics import interval
from distill_core.spec import TEMPERATURES
from ui.charts import moving
from ui.charts.moving import Moving
from ui.findings import sureness as facts
from ui.findings.facts import Estimate
from ui.findings.sentences import say
from ui.kept import kept
from ui.networks import style
from ui.networks.style import Theme
from ui.screens.temperature.lens import Lens
from ui.text import words
from ui.text.language import N_, _, by_kind

__all__ = ["BINS", "Sureness", "compared", "diagram", "fitted", "known", "over", "sentences", "show", "sureness"]

BINS = 15
LEAST = 1e-9  # an error of 0 stands at the lower end of a logarithmic axis
DIAGRAM_PX, CURVE_PX = 460, 172
SAME = N_(
    "It is the same T as in distillation, chosen for another end: here it makes confidences honest, and as no T "
    "changes an answer, accuracy stays as it is."
)
UNIT, CHOSEN, FITTED = "T = 1", "T", "fitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sureness:
    """How honest the confidences on the test images are at one temperature."""

    temperature: float
    bins: tuple[Bin, ...]
    ece: float
    nll_N: np.ndarray

    @property
    def nll_nats(self) -> float:
        """Mean over the images."""
        return float(self.nll_N.mean())


def show(lens: Lens) -> None:
    """The reliability diagram beside both measures over T."""
    colours = style.theme(style.dark())
    found, at = known(lens), compared(lens)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(_("**Reliability**: on the diagonal, confidences come true"))
        moving.show(diagram(at, colours), key="reliability")
    with right:
        st.markdown(_("**Calibration error (ECE) over T**"))
        moving.show(over(found, at, "ece", colours), key="ece")
        st.markdown(_("**Negative log-likelihood (NLL) over T**"))
        moving.show(over(found, at, "nll_nats", colours), key="nll")
    moving.say([*sentences(at), _(SAME)])
    st.caption(
        by_kind(
            lens.test.task.kind,
            "{teacher} on {images} test {examples}, {bins} bins of equal width; T fitted to the lowest NLL on "
            "{validation} validation {examples}.",
            teacher=words.plain(lens.teacher.title),
            images=words.number(len(lens.labels_N), grouped=True),
            bins=BINS,
            validation=words.number(len(lens.valid_labels_N), grouped=True),
        )
    )


def fitted(lens: Lens) -> float:
    """The temperature with the lowest NLL on the validation images."""
    return kept(("fitted", *lens.stamp), lambda: fit_temperature(lens.teacher.valid_logits_NC, lens.valid_labels_N))


def known(lens: Lens) -> dict[float, Sureness]:
    """Bins, ECE and NLL of the test images at 1, at every temperature of the slider and at the fitted one."""
    temperatures = (1.0, *TEMPERATURES, fitted(lens))
    return kept(("sureness", *lens.stamp), lambda: {T: sureness(lens, T) for T in temperatures})


def compared(lens: Lens) -> dict[str, Sureness]:
    """At T = 1, at the fitted temperature and at the slider's."""
    found = known(lens)
    here = found.get(lens.temperature) or sureness(lens, lens.temperature)
    return {UNIT: found[1.0], FITTED: found[fitted(lens)], CHOSEN: here}


def sureness(lens: Lens, temperature: float) -> Sureness:
    logits_NC, labels_N = lens.teacher.test_logits_NC, lens.labels_N
    soft_NC = soften_NC(logits_NC, temperature)
    logs_NC = log_softmax_NC(logits_NC.astype(float) / temperature)
    return Sureness(
        temperature=temperature,
        bins=reliability(soft_NC, labels_N, BINS),
        ece=expected_calibration_error(soft_NC, labels_N, BINS),
        nll_N=-logs_NC[np.arange(labels_N.size), labels_N],
    )


def sentences(at: Mapping[str, Sureness]) -> tuple[str, ...]:
    """What the fitted temperature does, also where it does not help, and what the slider's does."""
    return say(_fitted(at[UNIT], at[FITTED])), say(_chosen(at[CHOSEN]))


def _fitted(before: Sureness, after: Sureness) -> facts.Fitted:
    gain = interval((before.nll_N - after.nll_N).tolist())
    return facts.Fitted(
        temperature=after.temperature,
        ece=(before.ece, after.ece),
        nll_nats=(before.nll_nats, after.nll_nats),
        lower=Estimate(mean=gain.mean, half_width=gain.half_width),
    )


def _chosen(here: Sureness) -> facts.AtSlider:
    if here.temperature == 1:
        return facts.AtSlider(temperature=1.0, ece=here.ece, confidence=None, accuracy=None)
    total = sum(one.count for one in here.bins)
    confidence, accuracy = (
        sum(getattr(one, name) * one.count for one in here.bins if one.count) / total
        for name in ("confidence", "accuracy")
    )
    return facts.AtSlider(temperature=here.temperature, ece=here.ece, confidence=confidence, accuracy=accuracy)


def _tones(colours: Theme) -> dict[str, str]:
    return {UNIT: colours.muted, FITTED: colours.series[2], CHOSEN: colours.series[0]}


def _range(bin_: Bin) -> str:
    return _("{low} to {high}", low=words.percent(bin_.low), high=words.percent(bin_.high))


def _named(kind: str, temperature: float) -> str:
    return {UNIT: UNIT, FITTED: _("fitted T = {temperature}", temperature=words.number(temperature, 2))}.get(
        kind, f"T = {words.short(temperature)}"
    )


def diagram(at: Mapping[str, Sureness], colours: Theme) -> Moving:
    """Accuracy over confidence in bins; a point's area is its number of images."""
    tones = _tones(colours)
    rows = [
        {
            "part": "bin",
            "kind": kind,
            "confidence": bin_.confidence,
            "accuracy": bin_.accuracy,
            "images": bin_.count,
            "count": words.number(bin_.count, grouped=True),
            "temperature": _named(kind, found.temperature),
            "range": _range(bin_),
            "sure": words.percent(bin_.confidence),
            "right": words.percent(bin_.accuracy),
        }
        for kind, found in at.items()
        for bin_ in found.bins
        if bin_.count
    ]
    rows += [{"part": "ideal", "confidence": end, "accuracy": end} for end in (0.0, 1.0)]
    x = moving.across("confidence", _("mean confidence"), (0, 1), labelExpr=moving.PERCENT)
    y = moving.up("accuracy", _("accuracy"), (0, 1), labelExpr=moving.PERCENT)
    most = sum(bin_.count for bin_ in at[UNIT].bins)
    size = {
        "field": "images",
        "type": "quantitative",
        "legend": None,
        "scale": {"type": "sqrt", "domain": [0, most], "range": [14, 700]},
    }
    shared = {"x": x, "y": y, "color": moving.colour("kind", tones)}
    tips = moving.tip(
        temperature=_("At"), range=_("Bin"), sure=_("Confidence"), right=_("Accuracy"), count=_("Examples")
    )
    table = pd.DataFrame({N_("Bin (confidence)"): [_range(bin_) for bin_ in at[UNIT].bins]})
    for kind, found in at.items():
        name = {CHOSEN: _("the slider's T"), FITTED: _("fitted T")}.get(kind, kind)
        table[_("Examples, {name}", name=name)] = [bin_.count for bin_ in found.bins]
        table[_("Confidence, {name} (0 to 1)", name=name)] = [bin_.confidence for bin_ in found.bins]
        table[_("Accuracy, {name} (0 to 1)", name=name)] = [bin_.accuracy for bin_ in found.bins]
    return Moving(
        spec={
            "height": DIAGRAM_PX,
            "layer": [
                moving.layer("ideal", {"type": "line", "color": colours.control, "strokeDash": [5, 4]}, x=x, y=y),
                moving.layer("bin", {"type": "line", "strokeWidth": 1.5, "opacity": 0.8}, **shared),
                moving.layer(
                    "bin",
                    {"type": "point", "filled": True, "opacity": 0.85},
                    **shared,
                    size=size,
                    tooltip=tips,
                ),
            ],
        },
        data=pd.DataFrame(rows),
        alt=_("Accuracy over confidence of the teacher: at T = 1, at its fitted temperature and at the chosen T"),
        table=table,
        legend=moving.legend(
            *(("point", tones[kind], _named(kind, found.temperature)) for kind, found in at.items()),
            ("dashed", colours.control, _("honest; area: examples")),
        ),
    )


def over(found: Mapping[float, Sureness], at: Mapping[str, Sureness], field: str, colours: Theme) -> Moving:
    """ECE or NLL over T, with rules at the fitted and at the slider's T."""
    tones, percent = _tones(colours), field == "ece"
    write = words.percent if percent else lambda value: f"{fixed(value, 3)} nats"
    curve = [found[temperature] for temperature in sorted(found)]
    rows = [
        {"part": "line", "temperature": point.temperature, "value": getattr(point, field), "kind": "teacher"}
        for point in curve
    ]
    rows += [
        {"part": "now", "temperature": point.temperature, "value": getattr(point, field), "kind": kind}
        for kind, point in at.items()
    ]
    for row in rows:
        row["at"], row["text"] = words.short(row["temperature"], 3), write(row["value"])
        row["value"] = max(row["value"], LEAST)
    title, unit = ("ECE", "%") if percent else ("NLL", "nats")
    # Logarithmic, for the difference that matters is at the low end.
    domain = moving.decades(getattr(point, field) for point in curve)
    axis = {**moving.powers(*domain), "labelExpr": moving.PERCENT if percent else "datum.value"}
    y = moving.up(
        "value",
        _("{title} (log)", title=title) if percent else _("{title} ({unit}, log)", title=title, unit=unit),
        domain,
        **axis,
    )
    x, tips = moving.temperatures(), moving.tip(at="T", text=title)
    tone = moving.colour("kind", tones)
    return Moving(
        spec={
            "height": CURVE_PX,
            "layer": [
                moving.layer(
                    "line",
                    {"type": "line", "color": colours.text, "strokeWidth": 2, "clip": True},
                    x=x,
                    y=y,
                    tooltip=tips,
                ),
                moving.layer("now", {"type": "rule", "strokeDash": [4, 3], "clip": True}, x=x, color=tone),
                moving.layer(
                    "now",
                    {"type": "point", "filled": True, "size": 90, "opacity": 1},
                    x=x,
                    y=y,
                    color=tone,
                    tooltip=tips,
                ),
            ],
        },
        data=pd.DataFrame(row for row in rows if moving.on_axis(row["temperature"])),
        alt=_(
            "{title} of the teacher on the test set over temperature, with its fitted temperature and the chosen T",
            title=title,
        ),
        table=pd.DataFrame(
            {
                "T": [point.temperature for point in curve],
                f"{title} ({unit})": [getattr(point, field) * (100 if percent else 1) for point in curve],
            }
        ),
        legend=moving.legend(*(("upright", tones[kind], _named(kind, point.temperature)) for kind, point in at.items()))
        if percent
        else (),
    )
