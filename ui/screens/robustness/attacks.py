"""FGSM and PGD: small changes of the pixels, each made for the network that it should fool."""

from collections.abc import Sequence

import streamlit as st

import ui
from distill_core.lab import Lab
from ui import charts
from ui.kept import kept
from ui.networks import style
from ui.screens.robustness import corruptions, findings, testing
from ui.screens.robustness.trials import CLEAN, Trials, of_strengths
from ui.text import story, times, words
from ui.text.language import N_, _

__all__ = ["ATTACKS", "EPS", "cells", "show"]

ATTACKS = {
    "fgsm": ("FGSM", N_("one step along the sign of the gradient"), "1412.6572"),
    "pgd": ("PGD", N_("ten small steps from a random start"), "1706.06083"),
}
EPS = (0.5, 1, 2, 4, 8, 16)
EPSILON = N_("Perturbation ε (× 1/255, L∞)")
DEFAULT = (1, 2, 4, 8)
IMAGES, FIRST = (200, 500, 1000, 2000), 500


def show(lab: Lab, tested: Trials | None) -> None:
    """The test, a chart an attack, and what they show."""
    st.markdown(
        _(
            "An attack knows the network and moves every pixel by at most ε, out of 255 steps from black to "
            "white, so that the answer becomes wrong. Each network is attacked with its own gradients."
        )
    )
    if tested is None or not tested.run_ids:
        st.info(_("As soon as an experiment has a finished network, it can be attacked here."))
        return
    tested, eps = _test(lab, tested)
    known = tested.rows[tested.rows["disturbance"].isin(ATTACKS)]
    if known.empty:
        st.markdown(_("Not attacked yet. FGSM moves each pixel once; PGD takes ten smaller steps and finds more."))
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
    """Clean images, then each attack at each eps."""
    return [(CLEAN, 0), *((attack, strength) for attack in ATTACKS for strength in eps)]


def _test(lab: Lab, tested: Trials) -> tuple[Trials, list[float]]:
    """Which eps and how many images; the button that attacks who was not attacked with them."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = st.pills(
            _(EPSILON),
            list(EPS),
            selection_mode="multi",
            default=list(DEFAULT),
            key="eps",
            bind="query-params",
            help=_("How far each pixel may move. None chosen: 1, 2, 4 and 8. See [epsilon](glossary#epsilon)."),
        )
        eps = sorted(chosen or DEFAULT)
        tested = testing.images(tested, cells(EPS), IMAGES, FIRST, key="attack_images")
    lacking = tested.lacking(cells(eps), testing.attackable(tested))
    images, runs = tested.images, lacking or tested.run_ids
    testing.show(
        lab,
        lambda: ui.lab().robustness.test(runs, images=images, corruptions=(), attacks=tuple(ATTACKS), eps=tuple(eps)),
        _("Attack these networks · {time}", time=times.about(testing.attack_seconds(tested, lacking, cells(eps)))),
        key="attack",
        offered=bool(lacking),
        help=_("Gradients of every image, ten times for PGD: slow for a large teacher."),
    )
    return tested, eps


def _pictures(tested: Trials, eps: Sequence[float]) -> None:
    places = ["0", *(f"{strength:g}" for strength in eps)]
    for (name, (title, does, paper)), column in zip(ATTACKS.items(), st.columns(2, gap="medium"), strict=True):
        with column:
            st.markdown(f"**[{title}](https://arxiv.org/abs/{paper})**: {_(does)}")
            chart = kept(
                ("attack", name, *eps, *tested.stamp, style.dark()),
                lambda name=name: charts.along(
                    of_strengths(tested, name, eps),
                    places,
                    title=_(EPSILON),
                    measure=_("Test accuracy"),
                    dark=style.dark(),
                    bands=True,
                ),
            )
            charts.show(chart, key=name)


def _fine_print(tested: Trials) -> str:
    return " · ".join(
        (
            _("{images}, pixels stay within black and white", images=tested.counted),
            _("attacks on the network itself in float32, as it is stored, whatever the scale of its logits"),
            findings.judged(tested),
            *story.place(tested.results),
        )
    )
