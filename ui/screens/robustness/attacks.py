"""FGSM and PGD: small changes of pixels or features, each made for the network that it should fool."""

from collections.abc import Sequence

import streamlit as st

import ui
from distill_core.lab import Lab
from distill_core.robustness.kinds import kind_of
from distill_core.tasks.images import IMAGE
from distill_core.tasks.segmentation import SCENE
from ui import charts
from ui.kept import kept
from ui.networks import style
from ui.screens.robustness import corruptions, findings, testing
from ui.screens.robustness.trials import CLEAN, Trials, of_strengths
from ui.text import story, times, words
from ui.text.language import N_, _, by_kind

__all__ = ["ATTACKS", "EPS", "cells", "show", "strengths"]

ATTACKS = {
    "fgsm": ("FGSM", N_("one step along the sign of the gradient"), "1412.6572"),
    "pgd": ("PGD", N_("ten small steps from a random start"), "1706.06083"),
}
EPS = {"image": (0.5, 1, 2, 4, 8, 16), "scene": (0.5, 1, 2, 4, 8, 16), "sound": (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)}
# Where a page keeps the chosen ones: those of one kind mean nothing for another.
KEYS = {"image": "eps", "scene": "eps", "sound": "eps_deviations"}
EPSILON = {
    "image": N_("Perturbation ε (× 1/255, L∞)"),
    "scene": N_("Perturbation ε (× 1/255, L∞)"),
    "sound": N_("Perturbation ε (standard deviations, L∞)"),
}
MEANS = {
    "image": N_(
        "An attack knows the network and moves every pixel by at most ε, out of 255 steps from black to "
        "white, so that the answer becomes wrong. Each network is attacked with its own gradients."
    ),
    "scene": N_(
        "An attack knows the network and moves every pixel by at most ε, out of 255 steps from black to white, so that "
        "the answers for all pixels of a scene become wrong: it climbs the sum of their losses. Each network is "
        "attacked with its own gradients."
    ),
    "sound": N_(
        "An attack knows the network and moves every feature of a recording by at most ε standard deviations, within "
        "what 8 bits express and where there is sound, so that the answer becomes wrong. Each network is attacked with "
        "its own gradients. Whether a voice could sound like that is not asked."
    ),
}
STAYS = {
    "image": N_("{images}, pixels stay within black and white"),
    "scene": N_("{images}, pixels stay within black and white"),
    "sound": N_("{images}, features stay within 8 bits, silence stays silence"),
}
NO_TEXTS = N_(
    "FGSM and PGD take steps along a gradient, and a text has nowhere to go by a small step: between two characters "
    "there is nothing. So texts are not attacked; the tab Corruptions shows what misspelling does."
)
IMAGES, FIRST = (200, 500, 1000, 2000), 500
SCENES, FIRST_SCENES = (20, 50, 100, 500), 50


def show(lab: Lab, tested: Trials | None) -> None:
    """The test, a chart an attack, and what they show."""
    kind = tested.kind.name if tested else IMAGE.name
    if kind not in EPS:
        st.info(_(NO_TEXTS))
        return
    st.markdown(_(MEANS[kind]))
    if tested is None or not tested.run_ids:
        st.info(_("As soon as an experiment has a finished network, it can be attacked here."))
        return
    tested, eps = _test(lab, tested)
    known = tested.rows[tested.rows["disturbance"].isin(ATTACKS)]
    if known.empty:
        st.markdown(_("Not attacked yet. FGSM takes one step; PGD takes ten smaller ones and finds more."))
        return
    tested, out = tested.whole([cell for cell in cells(eps) if cell[0] != CLEAN], testing.attackable(tested))
    corruptions.left_out(out)
    testing.counted(tested)
    _pictures(tested, eps)
    titles = {name: title for name, (title, *__) in ATTACKS.items()}
    for sentence in (*findings.attacks(tested, titles, eps), *findings.unmoved(tested, titles)):
        st.markdown(words.firm(sentence))
    st.caption(_fine_print(tested))


def cells(eps: Sequence[float]) -> list[tuple[str, float]]:
    """Clean examples, then each attack at each eps."""
    return [(CLEAN, 0), *((attack, strength) for attack in ATTACKS for strength in eps)]


def strengths(tested: Trials) -> tuple[float, ...]:
    """The eps that are tried unless a visitor chooses."""
    reach = kind_of(tested.task).reach
    return reach.usual if reach else ()


def _test(lab: Lab, tested: Trials) -> tuple[Trials, list[float]]:
    """Which eps and how many examples; the button that attacks who was not attacked with them."""
    kind, usual = tested.kind.name, strengths(tested)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = st.pills(
            _(EPSILON[kind]),
            list(EPS[kind]),
            selection_mode="multi",
            default=list(usual),
            key=KEYS[kind],
            bind="query-params",
            help=_(
                "How far each number may move. None chosen: {usual}. See [epsilon](glossary#epsilon).",
                usual=words.join([words.short(one) for one in usual]),
            ),
        )
        eps = sorted(chosen or usual)
        offered, first = (SCENES, FIRST_SCENES) if tested.kind == SCENE else (IMAGES, FIRST)
        tested = testing.images(tested, cells(EPS[kind]), offered, first, key="attack_images")
    lacking = tested.lacking(cells(eps), testing.attackable(tested))
    images, runs = tested.images, lacking or tested.run_ids
    testing.show(
        lab,
        lambda: ui.lab().robustness.test(runs, images=images, corruptions=(), attacks=tuple(ATTACKS), eps=tuple(eps)),
        _("Attack these networks · {time}", time=times.about(testing.attack_seconds(tested, lacking, cells(eps)))),
        key="attack",
        offered=bool(lacking),
        help=by_kind(tested.kind, "Gradients of every {example}, ten times for PGD: slow for a large teacher."),
    )
    return tested, eps


def _pictures(tested: Trials, eps: Sequence[float]) -> None:
    places = ["0", *(words.short(strength) for strength in eps)]
    for (name, (title, does, paper)), column in zip(ATTACKS.items(), st.columns(2, gap="medium"), strict=True):
        with column:
            st.markdown(f"**[{title}](https://arxiv.org/abs/{paper})**: {_(does)}")
            chart = kept(
                ("attack", name, *eps, *tested.stamp, style.dark()),
                lambda name=name: charts.along(
                    of_strengths(tested, name, eps),
                    places,
                    title=_(EPSILON[tested.kind.name]),
                    measure=words.scored("Test {metric}", tested.metric),
                    dark=style.dark(),
                    bands=True,
                ),
            )
            charts.show(chart, key=name)


def _fine_print(tested: Trials) -> str:
    return " · ".join(
        (
            _(STAYS[tested.kind.name], images=tested.counted),
            _("attacks on the network itself in float32, as it is stored, whatever the scale of its logits"),
            findings.judged(tested),
            *story.place(tested.results),
        )
    )
