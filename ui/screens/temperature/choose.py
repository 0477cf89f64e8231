"""Whose answers to look at: the task, a teacher, and a student; all that was computed once and kept."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
import streamlit as st

from distill_core.errors import CorruptFile, NotFound
from distill_core.lab import Lab
from distill_core.reports.prediction_sources import RUN, Predictions, PredictionSource
from distill_core.reports.predictions import LOGITS
from distill_core.spec import Student
from distill_core.templates.presets import default_experiment
from ui.examples import Examples
from ui.forms import fields, task_picker
from ui.jobs import sheets
from ui.kept import kept
from ui.networks import style
from ui.screens.temperature import pixels
from ui.screens.temperature.lens import Lens
from ui.text import titles, words
from ui.text.language import _

__all__ = ["answers", "labels", "lens", "pickers"]

SHIPPED = "shipped:"


def pickers(lab: Lab) -> tuple[str, PredictionSource | None, PredictionSource | None]:
    """Task, teacher and student; None where no network of that kind has answered the task yet."""
    with st.grid(3, min_column_width=200):
        task = task_picker.bound(lab, list(titles.tasks(lab)), "task_seen")
        known = sheets.answerers(lab, task)
        teacher = _pick(lab, task, _("Teacher"), [one for one in known if one.role == "teacher"], "teacher_seen")
        student = _pick(lab, task, _("Student"), [one for one in known if one.role != "teacher"], "student_seen")
    return task, teacher, student


def _pick(lab: Lab, task: str, label: str, offered: Sequence[PredictionSource], key: str) -> PredictionSource | None:
    by_label = labels(offered)
    given = st.session_state.get(key)
    if given not in by_label and sheets.older(lab, task, given) is None:
        st.session_state.pop(key, None)
    # Beside its teacher a distilled one, where there is one, and not the control.
    first = next((place for place, source in enumerate(offered) if source.role == "student"), 0)
    chosen = st.selectbox(
        label,
        list(by_label),
        first if offered else None,
        key=key,
        **fields.titled(key, _shown(by_label)),
        bind="query-params",
        accept_new_options=True,
        placeholder=_("no predictions yet"),
        help=_(
            "Whose answers to the test examples the pictures show: networks that ship with the lab, and those "
            "that were trained here last. For an older one write the number of its run."
        ),
    )
    return by_label.get(chosen) or sheets.older(lab, task, chosen) or next(iter(offered[first:]), None)


def labels(offered: Sequence[PredictionSource]) -> Mapping[str, PredictionSource]:
    """By what a picker and the address call them."""
    ids = [source.key.rpartition(":")[2] for source in offered]
    names = [f"{source.title} · {words.percent(source.test_accuracy)}" for source in offered]
    return {f"{name} #{found}": source for name, found, source in zip(names, ids, offered, strict=True)}


def _shown(by_label: Mapping[str, PredictionSource]) -> dict[str, str]:
    """What a picker shows: of what ships the number is an id, and is left out."""
    told = {label: label.replace(source.title, words.shown(source.title), 1) for label, source in by_label.items()}
    ships = {label for label, source in by_label.items() if source.key.startswith(SHIPPED)}
    return titles.unique({label: text.rpartition(" #")[0] if label in ships else text for label, text in told.items()})


def lens(
    lab: Lab, task: str, teacher: PredictionSource, student: PredictionSource, temperature: float, alpha: float
) -> Lens:
    """All that the pictures look at; the chosen image is the one of the gallery."""
    data, described = lab.catalog.parts(task), lab.tasks.get(task)
    asked = answers(lab, teacher, student)
    valid_labels_N, test_labels_N = (
        labels[:count].reshape(-1)
        for labels, count in (
            (data.valid.labels_N, len(asked[0].valid_logits_NC)),
            (data.test.labels_N, len(asked[0].test_logits_NC)),
        )
    )
    if described.target.positions:
        asked, described = (pixels.by_pixel(asked[0]), pixels.by_pixel(asked[1])), pixels.of_pixels(described)
    for predictions in asked:
        if not np.array_equal(predictions.test_labels_N, test_labels_N):
            what, do = _("the answers of {network}", network=predictions.title), _("choose another network")
            raise CorruptFile(what, expected="these examples", got="others", hint=do)
    image = st.session_state.get("image", 0)
    index = int(image) if isinstance(image, int | float) and 0 <= image < len(test_labels_N) else 0
    beside = _beside(lab, student)
    return Lens(
        stamp=(str(lab.home), task, teacher.key, student.key),
        teacher=asked[0],
        student=asked[1],
        student_name=student.student,
        roles={one.name: one.role for one in beside} | {student.student: student.role},
        settings={one.name: style.setting(one.model_dump()) for one in beside},
        classes=lab.catalog.classes(task),
        test=Examples(task=described, part=data.test),
        labels_N=test_labels_N,
        valid_labels_N=valid_labels_N,
        index=index,
        temperature=temperature,
        alpha=alpha,
    )


def answers(lab: Lab, teacher: PredictionSource, student: PredictionSource) -> tuple[Predictions, Predictions]:
    """Those of both to the examples that both have answered: of some that ship the first ones alone are kept."""
    both = lab.reports.predictions(teacher.key), lab.reports.predictions(student.key)
    valid, test = (min(len(getattr(one, part)) for one in both) for part in LOGITS)
    cut = [
        replace(
            one,
            valid_logits_NC=one.valid_logits_NC[:valid],
            test_logits_NC=one.test_logits_NC[:test],
            test_labels_N=one.test_labels_N[:test],
        )
        for one in both
    ]
    return cut[0], cut[1]


def _beside(lab: Lab, student: PredictionSource) -> tuple[Student, ...]:
    """The students of a student's experiment, controls included; the default comparison's for one that ships."""
    kind, _, run_id = student.key.partition(":")
    own: tuple[Student, ...] = default_experiment().students
    if kind == RUN:
        with suppress(NotFound):  # it was deleted meanwhile
            stamp = str(lab.home), run_id, lab.reports.runs_version()
            own = kept(("student roles", *stamp), lambda: lab.shown_in(run_id).experiment.students)
    return own
