"""Where a student's gradient comes from: the labels or the teacher, and what T does to each."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from distill_core.evaluation import Gradient, Law, gradient_law, loss_gradient, soften_NC
from distill_core.experiment import TEMPERATURES
from ui import moving, style, words
from ui.kept import kept
from ui.moving import Moving
from ui.style import Theme
from ui.temperature.lens import Lens
from ui.temperature.probabilities import scientific

__all__ = ["bars", "formula", "law_sentence", "laws", "limit", "limit_sentence", "sentences", "show", "strength"]

MOST = 20
ROW_PX, FRAME_PX, CURVE_PX = 30, 60, 300
HARD, SOFT, TOTAL = "hard", "soft", "total"


def show(lens: Lens) -> None:
    """Hard part, soft part and their total a class; under them the 1/T² law and the limit of high temperatures."""
    colours = style.theme(style.dark())
    squared = st.toggle(
        "times T²",
        True,
        key="t_squared",
        bind="query-params",
        help="The soft part fades like 1/T². Hinton and others multiply it by T², so that alpha means the same at "
        "every temperature.",
    )
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Gradient of the loss for each student logit**")
        moving.show(bars(lens, colours, squared=squared), key="gradient")
    with right:
        st.markdown(f"For the true class, **{words.plain(lens.classes[lens.label])}**:")
        st.markdown(f"$\\displaystyle {formula(lens, squared=squared)}$")
        moving.say(sentences(lens, squared=squared))
    st.caption(_seen(lens))
    known, here = laws(lens)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**The 1/T² law**")
        moving.show(strength(known, here, colours), key="law")
        moving.say([law_sentence(here)])
    with right:
        st.markdown("**High temperatures match logits**")
        moving.show(limit(known, here, colours), key="limit")
        moving.say([limit_sentence(known, here)])
    st.caption(
        f"Soft part alone (alpha = 1) of {words.plain(lens.student.title)} against {words.plain(lens.teacher.title)}: "
        f"mean length over {words.plural(len(lens.labels_N), 'test image')}."
    )


def _seen(lens: Lens) -> str:
    return (
        f"{words.plain(lens.student.title)} learning from {words.plain(lens.teacher.title)}: test image {lens.index}, "
        f"T = {lens.temperature:g}, alpha = {lens.alpha:g}."
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
    ps_1, ps_t = (float(soften_NC(lens.student_1C, one)[0, place]) for one in (1.0, lens.temperature))
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
    raised, lowered = int(total_C.argmin()), int(total_C.argmax())
    hard, soft = (float(np.sqrt((part**2).sum())) for part in (found.hard_NC, found.soft_NC))
    said = "A bar to the left raises the logit when the student trains, one to the right lowers it."
    if not np.any(total_C):
        return said, "Nothing pulls here: every part is 0."
    return (
        said,
        f"Most raised is **{words.plain(lens.classes[raised])}** ({_signed(total_C[raised])}), "
        f"most lowered **{words.plain(lens.classes[lowered])}** ({_signed(total_C[lowered])}).",
        _weights(hard, soft),
    )


def _weights(hard: float, soft: float) -> str:
    both = f"hard part {_short(hard)}, soft part {_short(soft)} long"
    if not hard or not soft:
        return f"Only the {SOFT if soft else HARD} part pulls: {both}."
    more, factor = (SOFT, soft / hard) if soft >= hard else (HARD, hard / soft)
    if factor < 1.05:
        return f"Both parts pull alike: {both}."
    return f"The **{more} part pulls {factor:,.{1 if factor < 10 else 0}f} times as hard**: {both}."


def _short(value: float) -> str:
    return f"{value:.3f}" if value >= 0.0095 or not value else scientific(value)


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


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
            "class": lens.classes[one],
            "place": int(one),
            "gradient": float(values_C[one]),
            "text": _signed(float(values_C[one])),
        }
        for name, values_C in parts.items()
        for one in shown
    )
    end = _extent(lens)
    x = moving.across("gradient", "gradient (nats per unit of logit)", (-end, end), format="~g")
    y, tips = moving.classes("", "place"), moving.tip(**{"class": "Class", "kind": "Part", "text": "Gradient"})
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
        alt="Gradient of the loss for each student logit of the chosen image: hard part, soft part and total",
        table=pd.DataFrame(
            {"Class": list(lens.classes)}
            | {f"{name.capitalize()} (nats)": values_C for name, values_C in parts.items()}
        ),
        legend=moving.legend(
            ("bar", tones[HARD], "hard part (labels)"),
            ("bar", tones[SOFT], "soft part (teacher)"),
            ("diamond", tones[TOTAL], "total"),
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


def laws(lens: Lens) -> tuple[tuple[Law, ...], tuple[Law, Law]]:
    """The law over all temperatures of the slider, and at T and twice T."""
    pair = (lens.student.test_logits_NC, lens.teacher.test_logits_NC)
    known = kept(("law", *lens.stamp), lambda: gradient_law(*pair, TEMPERATURES))
    here = kept(
        ("law at", *lens.stamp, lens.temperature),
        lambda: gradient_law(*pair, (lens.temperature, 2 * lens.temperature)),
    )
    return known, here


def strength(known: Sequence[Law], here: Sequence[Law], colours: Theme) -> Moving:
    """How long the soft part's gradient is over T, without and with T², beside 1/T²."""
    plain, scaled, reference = "without T²", "with T²", "1/T²"
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
    y = moving.up("length", "mean length of the soft gradient (log)", domain, **moving.powers(*domain))
    return _curves(
        rows,
        y,
        "length",
        tones,
        here[0].temperature,
        colours,
        dashed=reference,
        alt="Mean length of the soft part's gradient over temperature, without and with the factor T²",
        table=pd.DataFrame(
            {
                "T": [law.temperature for law in known],
                "Without T² (nats)": [law.plain for law in known],
                "With T² (nats)": [law.scaled for law in known],
            }
        ),
    )


def limit(known: Sequence[Law], here: Sequence[Law], colours: Theme) -> Moving:
    """How far the soft part's gradient is from plain logit matching over T."""
    name = "distance to matching logits"
    rows = [
        {"part": part, "kind": name, "temperature": law.temperature, "length": law.distance}
        for part, found in ((name, known), ("now", here[:1]))
        for law in found
        if law.distance > 0
    ]
    domain = moving.decades(law.distance for law in known)
    y = moving.up("length", "relative distance to the limit (log)", domain, **moving.powers(*domain))
    return _curves(
        rows,
        y,
        "distance",
        {name: colours.series[0]},
        here[0].temperature,
        colours,
        dashed=None,
        alt="Relative distance between the soft part's gradient and the difference of logits, over temperature",
        table=pd.DataFrame(
            {"T": [law.temperature for law in known], "Relative distance (0 is equal)": [law.distance for law in known]}
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
        row["at"], row["text"] = f"{row['temperature']:g}", f"{row['length']:.3g}"
    drawn = [row for row in (*rows, {"part": "rule", "temperature": temperature}) if moving.on_axis(row["temperature"])]
    frame = pd.DataFrame(drawn)
    tips = moving.tip(kind="Line", at="T", text=what.capitalize())
    shared = {"x": moving.TEMPERATURE, "y": y, "color": moving.colour("kind", tones), "tooltip": tips}
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
                moving.layer("rule", rule, x=moving.TEMPERATURE),
                *lines,
                moving.layer("now", point, **shared),
            ],
        },
        data=frame,
        alt=alt,
        table=table,
        legend=moving.legend(*entries, ("upright", colours.text, f"T = {temperature:g}")),
    )


def law_sentence(here: Sequence[Law]) -> str:
    """What doubling T costs the soft gradient here."""
    now, twice = here
    if not now.plain or not twice.plain:
        return "Both networks give the same answers: there is no soft gradient at any T."
    return (
        f"At T = {now.temperature:g} the soft gradient is **{_short(now.plain)}** long; multiplied by T² it is "
        f"**{_short(now.scaled)}**. "
        f"Twice that temperature divides it by **{now.plain / twice.plain:.1f}**; 1/T² alone would divide it by 4."
    )


def limit_sentence(known: Sequence[Law], here: Sequence[Law]) -> str:
    """How close T brings the gradient to matching logits."""
    now, last = here[0], known[-1]
    if not now.distance:
        return "Both networks give the same answers: their logits match already."
    end = "" if last.temperature == now.temperature else f", {words.percent(last.distance)} at T = {last.temperature:g}"
    return (
        f"As T grows, T · (pˢ − pᵗ) becomes the difference of the centred logits divided by the number of classes: "
        f"**{words.percent(now.distance)} away at T = {now.temperature:g}**{end}."
    )
