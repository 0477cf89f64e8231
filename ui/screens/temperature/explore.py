"""Explore: one picture at a time of what T and alpha do, on real answers to real images."""

import math
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

import ui
from distill_core.lab import Lab
from distill_core.reports.sweeps import Sweep
from distill_core.tasks.segmentation import SCENE
from ui.examples import Examples
from ui.forms import fields
from ui.jobs import expected, unreadable
from ui.jobs.actions import act
from ui.kinds import seen
from ui.screens.temperature import (
    calibration,
    choose,
    classes,
    gallery,
    gradient,
    knobs,
    mixture,
    pixels,
    probabilities,
    trained,
)
from ui.shell import address
from ui.text import times, titles, words
from ui.text.language import N_, Texts, _

__all__ = ["BOTH", "acting", "look", "show"]

LOOKS = {
    "image": probabilities.show,
    "gradient": gradient.show,
    "loss": mixture.show,
    "classes": classes.show,
    "calibration": calibration.show,
}
TITLES = Texts(
    {
        "image": N_("One example"),
        "gradient": N_("Gradients"),
        "loss": N_("Loss terms"),
        "classes": N_("Class similarity"),
        "calibration": N_("Calibration"),
    }
)
RUN = "run:"
OF_AN_IMAGE = ("image", "gradient", "loss")
OF_ALPHA = ("gradient", "loss")
BOTH = ("T", "alpha")


def look() -> str:
    """Which picture is shown."""
    address.reads("look", {"One image": TITLES["image"]})  # as links from before call it
    chosen = st.segmented_control(
        _("Look at"),
        list(LOOKS),
        default="image",
        required=True,
        key="look",
        bind="query-params",
        label_visibility="collapsed",
        help=_(
            "One example: what teacher and student answer to it; Gradients: of the hard and the soft loss; Loss "
            "terms: both; Class similarity: which classes the teacher finds alike; Calibration: whether "
            "confidence is honest."
        ),
        **fields.titled("look", TITLES),
    )
    return chosen or "image"


def acting(chosen: str) -> tuple[str, ...]:
    """Which sliders change this picture."""
    return BOTH if chosen in OF_ALPHA else BOTH[:1]


def show(lab: Lab, studies: Sequence[Sweep], chosen: str, temperature: float, alpha: float) -> None:
    """The chosen picture first; under it the image and the networks that it is of. Where no network has answered a
    task, how to change that."""
    picture, images, details, networks = (st.container() for _ in range(4))
    with networks, st.expander(_("Task, teacher and student"), icon=":material/groups:"):
        task, teacher, student = choose.pickers(lab)
    if teacher is None or student is None:
        with picture:
            _no_answers(lab, task)
        return
    described = lab.tasks.get(task)
    with picture:
        if described.kind != SCENE and not seen(described):
            return
    test = Examples(task=described, part=lab.catalog.parts(task).test)
    keys = [source.key for source in (teacher, student)]
    with networks:
        unreadable.answers(lab, [key.removeprefix(RUN) for key in keys if key.startswith(RUN)])
    if described.kind != SCENE and chosen in OF_AN_IMAGE:
        with images:
            logits_NC = choose.answers(lab, teacher, student)[0].test_logits_NC
            key = (str(lab.home), task, teacher.key, len(logits_NC))
            gallery.choose(logits_NC, test, lab.catalog.classes(task), key)
    found = choose.lens(lab, task, teacher, student, temperature, alpha)
    found = replace(found, temperatures=tuple(knobs.offered(studies)))
    if described.kind == SCENE and chosen in OF_AN_IMAGE:
        with images:
            scenes = len(found.labels_N) // math.prod(described.target.positions)
            scene, row, column = pixels.choose(test, scenes, found.teacher.test_logits_NC)
            gallery.scenes(test, scenes, scene, (str(lab.home), task))
            found = pixels.at_pixel(found, scene, row, column)
            pixels.show(found)
    with picture:
        LOOKS[chosen](found)
    with details:
        if chosen == "image":
            probabilities.details(found)
        if chosen in OF_ALPHA:
            _trained(lab, studies, task, temperature, alpha)


def _trained(lab: Lab, studies: Sequence[Sweep], task: str, temperature: float, alpha: float) -> None:
    """What the trained student next to the sliders reached, where a grid of this task ships."""
    grid = next((sweep for sweep in studies if sweep.key == trained.SHIPPED_GRID), None)
    if grid and grid.experiment.task == task:
        st.markdown(trained.nearest(lab, grid, temperature, alpha))


def _no_answers(lab: Lab, task: str) -> None:
    title = titles.task(lab, task)
    experiment = lab.catalog.first_experiment(task)
    plan = expected.planned(lab, experiment)
    st.info(
        _(
            "No predictions for {title} yet. One small comparison brings a teacher and two students, and their "
            "predictions are kept.",
            title=words.plain(title),
        ),
        title=_("No predictions yet"),
    )
    st.button(
        _("Train them · {time}", time=times.about(plan.expected_seconds)),
        type="primary",
        icon=":material/play_arrow:",
        key="first_answers",
        on_click=act,
        args=(lambda _: expected.submit(ui.lab(), experiment), ""),
    )
    expected.doubts(plan)
