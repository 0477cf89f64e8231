"""Where a student's gradient comes from: the labels or the teacher, and what T does to each."""

import numpy as np
import pandas as pd
import streamlit as st

from distill_core.evaluation.softening import Gradient, loss_gradient, soften_NC
from distill_core.spec import TEMPERATURES
from ui.charts import moving
from ui.charts.moving import Moving
from ui.findings import gradient as facts
from ui.findings.sentences import say
from ui.kept import kept
from ui.networks import style
from ui.networks.style import Theme
from ui.screens.temperature import gradient_law
from ui.screens.temperature.lens import Lens
from ui.text import words
from ui.text.language import _, by_kind

__all__ = ["bars", "formula", "sentences", "show"]

MOST = 20
ROW_PX, FRAME_PX = 30, 60
HARD, SOFT, TOTAL = "hard", "soft", "total"


def show(lens: Lens) -> None:
    """Hard part, soft part and their total a class; under them what T does to the soft part on all images."""
    colours = style.theme(style.dark())
    squared = st.toggle(
        _("times T²"),
        True,
        key="t_squared",
        bind="query-params",
        help=_(
            "The soft part fades like 1/T². Hinton and others multiply it by T², so that alpha means the same "
            "at every temperature."
        ),
    )
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(_("**Gradient of the loss for each student logit**"))
        moving.show(bars(lens, colours, squared=squared), key="gradient")
    with right:
        st.markdown(_("For the true class, **{classes}**:", classes=words.plain(lens.classes[lens.label])))
        st.markdown(f"$\\displaystyle {formula(lens, squared=squared)}$")
        moving.say(sentences(lens, squared=squared))
    st.caption(_seen(lens))
    gradient_law.show(lens)


def _seen(lens: Lens) -> str:
    return by_kind(
        lens.test.task.kind,
        "{student} learning from {teacher}: test {example} {index}, T = {temperature}, alpha = {alpha}.",
        student=words.plain(lens.student.title),
        teacher=words.plain(lens.teacher.title),
        index=lens.called,
        temperature=words.short(lens.temperature),
        alpha=words.short(lens.alpha),
    )


def _gradient(lens: Lens, squared: bool) -> Gradient:
    return loss_gradient(
        lens.student_1C,
        lens.teacher_1C,
        lens.label_1,
        temperature=lens.temperature,
        alpha=lens.alpha,
        with_t_squared=squared,
    )


def formula(lens: Lens, *, squared: bool) -> str:
    """The gradient of the true class's logit, with the numbers put in."""
    found, place = _gradient(lens, squared), lens.label
    ps_1, ps_t = (float(soften_NC(lens.student_1C, T)[0, place]) for T in (1.0, lens.temperature))
    pt_t = float(soften_NC(lens.teacher_1C, lens.temperature)[0, place])
    weight = "T" if squared else r"\tfrac{1}{T}"
    number = f"{lens.temperature:g}" if squared else rf"\tfrac{{1}}{{{lens.temperature:g}}}"
    hard, soft, total = (float(part[0, place]) for part in (found.hard_NC, found.soft_NC, found.total_NC))
    return (
        rf"\begin{{aligned}}\tfrac{{\partial L}}{{\partial z}} &= (1-\alpha)\,(p^s_1 - 1)\\"
        rf"&\quad + \alpha {weight}\,(p^s_T - p^t_T)\\"
        rf"&= {1 - lens.alpha:.2f}\,({ps_1:.3f} - 1)\\"
        rf"&\quad + {lens.alpha:.2f} \cdot {number}\,({ps_t:.3f} - {pt_t:.3f})\\"
        rf"&= {_tex(hard, '.4f')} {_tex(soft, '+.4f')} = {_tex(total, '.3f')}\end{{aligned}}"
    )


def _tex(value: float, form: str) -> str:
    # Rounded first: there is no minus before a zero.
    return format(round(value, int(form[-2])) + 0.0, form)


def sentences(lens: Lens, *, squared: bool) -> tuple[str, ...]:
    """What moves this image's logits, and which part weighs more."""
    found = _gradient(lens, squared)
    total_C = found.total_NC[0]
    if not np.any(total_C):
        return say(facts.HowToRead()), say(facts.Moved(raised=None, lowered=None))
    raised, lowered = ((lens.classes[place], float(total_C[place])) for place in (total_C.argmin(), total_C.argmax()))
    hard, soft = (float(np.sqrt((part**2).sum())) for part in (found.hard_NC, found.soft_NC))
    told = facts.HowToRead(), facts.Moved(raised=raised, lowered=lowered), facts.Parts(hard=hard, soft=soft)
    return tuple(map(say, told))


def bars(lens: Lens, colours: Theme, *, squared: bool) -> Moving:
    """Two bars a class, in the task's order, and a diamond where they add up."""
    found = _gradient(lens, squared)
    parts = {HARD: found.hard_NC[0], SOFT: found.soft_NC[0], TOTAL: found.total_NC[0]}
    shown = np.sort(np.argsort(-np.abs(found.total_NC[0]), kind="stable")[:MOST])
    tones = {HARD: colours.series[1], SOFT: colours.series[0], TOTAL: colours.text}
    frame = pd.DataFrame(
        {
            "part": TOTAL if name == TOTAL else "bar",
            "kind": name,
            "class": lens.classes[place],
            "place": int(place),
            "gradient": float(values_C[place]),
            "text": words.signed(float(values_C[place]), 3),
        }
        for name, values_C in parts.items()
        for place in shown
    )
    end = _extent(lens)
    x = moving.across("gradient", _("gradient (nats per unit of logit)"), (-end, end), format="~g")
    y, tips = moving.classes("", "place"), moving.tip(**{"class": _("Class"), "kind": _("Part"), "text": _("Gradient")})
    offset = {"field": "kind", "type": "nominal", "scale": {"domain": [HARD, SOFT], "paddingOuter": 0.2}}
    shared = {"y": y, "color": moving.colour("kind", tones), "tooltip": tips}
    zero = {"data": {"values": [{}]}, "mark": {"type": "rule", "color": colours.muted}, "encoding": {"x": {"datum": 0}}}
    spec = {
        "height": FRAME_PX + ROW_PX * len(shown),
        "layer": [
            moving.layer("bar", {"type": "bar", "clip": True}, x=x, yOffset=offset, **shared),
            zero,
            moving.layer(
                TOTAL, {"type": "point", "shape": "diamond", "filled": True, "size": 90, "opacity": 1}, x=x, **shared
            ),
        ],
    }
    return Moving(
        spec=spec,
        data=frame,
        alt=_("Gradient of the loss for each student logit of the chosen example: hard part, soft part and total"),
        table=pd.DataFrame(
            {
                _("Class"): list(lens.classes),
                _("Hard (nats)"): parts[HARD],
                _("Soft (nats)"): parts[SOFT],
                _("Total (nats)"): parts[TOTAL],
            }
        ),
        legend=moving.legend(
            ("bar", tones[HARD], _("hard part (labels)")),
            ("bar", tones[SOFT], _("soft part (teacher)")),
            ("diamond", tones[TOTAL], _("total")),
        ),
    )


def _extent(lens: Lens) -> float:
    """An end of the axis that holds at every T and alpha, so that lengths can be compared while they move."""

    def build() -> float:
        most = [
            np.abs(part).max()
            for alpha in (0.0, 1.0)
            for temperature in TEMPERATURES
            for squared in (True, False)
            for part in (
                loss_gradient(
                    lens.student_1C,
                    lens.teacher_1C,
                    lens.label_1,
                    temperature=temperature,
                    alpha=alpha,
                    with_t_squared=squared,
                ).total_NC,
            )
        ]
        return moving.round_up(float(max(most)))

    return kept(("gradient extent", *lens.stamp, lens.index), build)
