"""The loss as a mixture of two terms, as alpha moves from the labels to the teacher."""

import pandas as pd
import streamlit as st

from distill_core.evaluation.softening import loss_terms
from distill_core.spec import TEMPERATURES
from distill_core.tasks.base import Kind
from ui.charts import moving
from ui.charts.moving import Moving
from ui.findings import mixture as facts
from ui.findings.sentences import say
from ui.kept import kept
from ui.networks import style
from ui.networks.style import Theme
from ui.screens.temperature.lens import Lens
from ui.text import words
from ui.text.language import N_, _, by_kind, ngettext_by_kind

__all__ = ["Pair", "chart", "formula", "of_image", "of_lens", "of_set", "sentences", "show"]

CURVE_PX = 300
HARD, SOFT, TOTAL = "hard", "soft", "total"
TICKS = [0, 0.25, 0.5, 0.75, 1]

Pair = tuple[float, float]


def show(lens: Lens) -> None:
    """The terms over alpha, for the chosen image beside the mean over the test images."""
    colours = style.theme(style.dark())
    pairs = of_image(lens, lens.temperature), of_set(lens, lens.temperature)
    many = len(lens.labels_N)
    kind = lens.test.task.kind
    mean = ngettext_by_kind(
        kind, "**The mean over {count} test {example}**", "**The mean over {count} test {examples}**", many
    )
    for column, pair, name, drawn, images in zip(
        st.columns(2, gap="medium"),
        pairs,
        (by_kind(kind, "**This {example}**"), mean),
        of_lens(lens, colours),
        (None, many),
        strict=True,
    ):
        with column:
            st.markdown(name)
            moving.show(drawn, key="mixture_set" if images else "mixture_image")
            st.markdown(f"$\\displaystyle {formula(pair, lens.temperature, lens.alpha)}$")
            moving.say(sentences(pair, lens.alpha, kind, images))
    st.caption(
        by_kind(
            kind,
            "{student} learning from {teacher}, T = {temperature}, both as they are now: hard is the "
            "cross-entropy with the labels at T = 1, soft is T² times the KL divergence from the teacher. Test "
            "{example} {index} ({classes}).",
            student=words.plain(lens.student.title),
            teacher=words.plain(lens.teacher.title),
            temperature=words.short(lens.temperature),
            index=lens.called,
            classes=words.plain(lens.classes[lens.label]),
        )
    )


def of_lens(lens: Lens, colours: Theme) -> tuple[Moving, Moving]:
    """The chosen image beside the test images: each with an axis that holds at every T."""
    single = chart(
        of_image(lens, lens.temperature),
        lens.alpha,
        colours,
        top=_top_of_image(lens),
        alt=_("Hard term, soft term and total of the loss over alpha, of one example"),
    )
    every = chart(
        of_set(lens, lens.temperature),
        lens.alpha,
        colours,
        top=_top_of_set(lens),
        alt=_("Hard term, soft term and total of the loss over alpha, mean of all examples"),
    )
    return single, every


def of_image(lens: Lens, temperature: float) -> Pair:
    """Hard and soft term of the chosen image, in nats."""
    terms = loss_terms(lens.student_1C, lens.teacher_1C, lens.label_1, temperature=temperature)
    return float(terms.hard_N[0]), float(terms.soft_N[0])


def of_set(lens: Lens, temperature: float) -> Pair:
    """Both terms, mean over the test images."""
    known = kept(("mixture", *lens.stamp), lambda: {T: _mean(lens, T) for T in TEMPERATURES})
    return known.get(temperature) or _mean(lens, temperature)


def _mean(lens: Lens, temperature: float) -> Pair:
    logits = (lens.student.test_logits_NC, lens.teacher.test_logits_NC)
    terms = loss_terms(*logits, lens.labels_N, temperature=temperature)
    return float(terms.hard_N.mean()), float(terms.soft_N.mean())


def _top_of_image(lens: Lens) -> float:
    def build() -> float:
        return moving.round_up(max(max(of_image(lens, temperature)) for temperature in TEMPERATURES))

    return kept(("mixture top", *lens.stamp, lens.index), build)


def _top_of_set(lens: Lens) -> float:
    return moving.round_up(max(max(of_set(lens, temperature)) for temperature in TEMPERATURES))


def chart(pair: Pair, alpha: float, colours: Theme, *, top: float, alt: str) -> Moving:
    """Three straight lines over alpha, with a point each where the slider is."""
    tones = {HARD: colours.series[1], SOFT: colours.series[0], TOTAL: colours.text}
    rows = [
        {"part": f"{'total' if kind == TOTAL else 'parts'}{when}", "kind": kind, "alpha": at, "loss": loss}
        for when, places in (("", (0.0, 1.0)), (" now", (alpha,)))
        for at in places
        for kind, loss in _at(pair, at).items()
    ]
    frame = pd.DataFrame([*rows, {"part": "rule", "alpha": alpha}])
    frame["text"] = [_("{value} nats", value=words.number(loss, 3)) for loss in frame["loss"]]
    frame["at"] = [words.short(at) for at in frame["alpha"]]
    x = moving.across(
        "alpha", _("alpha (0: labels only, 1: teacher only)"), (0, 1), values=TICKS, labelExpr="datum.value"
    )
    y = moving.up("loss", _("loss (nats)"), (0, top), format="~g")
    shared = {
        "x": x,
        "y": y,
        "color": moving.colour("kind", tones),
        "tooltip": moving.tip(kind=_("Term"), at=_("alpha"), text=_("Weighted")),
    }
    rule = {"type": "rule", "color": colours.text, "strokeDash": [4, 3]}
    point = {"type": "point", "filled": True, "opacity": 1}
    return Moving(
        spec={
            "height": CURVE_PX,
            "layer": [
                moving.layer("rule", rule, x=x),
                # The total is thin and on top: it often runs along one of its parts.
                moving.layer("parts", {"type": "line", "strokeWidth": 4, "clip": True}, **shared),
                moving.layer("total", {"type": "line", "strokeWidth": 1.5, "clip": True}, **shared),
                moving.layer("parts now", {**point, "size": 160}, **shared),
                moving.layer("total now", {**point, "size": 50}, **shared),
            ],
        },
        data=frame,
        alt=alt,
        table=_table(pair, alpha),
        legend=moving.legend(
            ("line", tones[HARD], _("(1 − α) · hard")),
            ("line", tones[SOFT], _("α · soft")),
            ("line", tones[TOTAL], _("total")),
            ("upright", colours.text, f"α = {words.short(alpha)}"),
        ),
    )


def _at(pair: Pair, alpha: float) -> dict[str, float]:
    hard, soft = (1 - alpha) * pair[0], alpha * pair[1]
    return {HARD: hard, SOFT: soft, TOTAL: hard + soft}


def _table(pair: Pair, alpha: float) -> pd.DataFrame:
    places = sorted({*TICKS, alpha})
    rows = [_at(pair, at) for at in places]
    return pd.DataFrame({N_("alpha"): places} | {f"{kind} (nats)": [row[kind] for row in rows] for kind in rows[0]})


def formula(pair: Pair, temperature: float, alpha: float) -> str:
    """The loss with the numbers put in; KL without its T², so that the factor is seen."""
    terms, divergence = _at(pair, alpha), pair[1] / temperature**2
    return (
        rf"\begin{{aligned}}L &= (1-\alpha)\,\mathrm{{CE}} + \alpha\,T^2\,\mathrm{{KL}}\\"
        rf"&= {1 - alpha:.2f} \cdot {pair[0]:.3f} + {alpha:.2f} \cdot {temperature:g}^2 \cdot {_small(divergence)}\\"
        rf"&= {terms[HARD]:.4f} + {terms[SOFT]:.4f} = {terms[TOTAL]:.3f}\end{{aligned}}"
    )


def _small(value: float) -> str:
    if value >= 0.001 or value == 0:
        return f"{value:.4f}"
    head, exponent = f"{value:.2e}".split("e")
    return rf"{head} \cdot 10^{{{int(exponent)}}}"


def sentences(pair: Pair, alpha: float, kind: Kind, images: int | None = None) -> tuple[str, ...]:
    """What each part weighs at this alpha, and where both weigh the same; ``images``: the pair is a mean of so many."""
    (hard, soft), terms = pair, _at(pair, alpha)
    if not terms[TOTAL]:
        return (say(facts.Weight(kind=kind, share=None, alpha=alpha, images=images)),)
    weight = facts.Weight(kind=kind, share=terms[SOFT] / terms[TOTAL], alpha=alpha, images=images)
    return say(weight), say(facts.Equal(alpha=hard / (hard + soft)))
