"""Tab Disagreements: test images to which teacher and student give different answers."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from distill_core.lab import Lab
from distill_core.reports.images import Disagreement
from distill_core.tasks.base import Kind
from distill_core.tasks.graph import QUESTION
from ui.examples import Examples
from ui.kinds import seen
from ui.screens.compare.cohort import Cohort
from ui.text import words
from ui.text.language import N_, _, by_kind, ngettext_by_kind

__all__ = ["pair", "show"]

SHOWN, WIDE_PX = 24, 112
FILTERED = N_("Other known facts of a question are left out, as MRR leaves them out.")


def show(lab: Lab, cohort: Cohort, rows: pd.DataFrame) -> None:
    """A grid of images with the true class and both answers, the surest pairs first."""
    task = lab.tasks.get(cohort.task())
    if not seen(task):
        return
    chosen = pair(cohort, rows)
    if chosen is None:
        return
    found = lab.reports.disagreements(*chosen, limit=SHOWN)
    st.caption(_told(task.kind, found, len(cohort.runs(str(st.session_state["doubts_of"])))))
    classes = lab.catalog.classes(cohort.task())
    test = Examples(task=task, part=lab.catalog.parts(task.name).test)
    with st.grid(6, min_column_width=150, gap="small"):
        for image in found:
            with st.container(border=True, gap="xsmall", height="stretch"):
                _card(image, test, classes)


def pair(cohort: Cohort, rows: pd.DataFrame) -> tuple[str, str] | None:
    """Draw the pickers of a student and its teacher. Returns their runs, of one seed where there is one; None, and says
    so, where one of them is missing."""
    teachers = rows[rows["role"] == "teacher"]
    others = list(rows[rows["role"] != "teacher"].sort_values("test_accuracy", ascending=False)["student"])
    if teachers.empty or not others:
        st.caption(_("This needs a finished teacher and a finished student."))
        return None
    left, right = st.columns(2)
    with left:
        name = st.selectbox(_("Student"), others, key="doubts_of", bind="query-params")
    run = cohort.runs(name)[0]
    return run, _beside(cohort, _teacher(teachers, rows, name, right), run)


def _teacher(teachers: pd.DataFrame, rows: pd.DataFrame, name: str, place: DeltaGenerator) -> str:
    student = rows[rows["student"] == name].iloc[0]
    names = list(teachers["student"])
    own = list(teachers.loc[teachers["job_id"] == student["job_id"], "student"])
    if isinstance(student["taught_by"], str):
        names, own = [student["taught_by"], *names], [student["taught_by"]]
    if len(names) == 1:
        return names[0]
    return place.selectbox(
        _("Teacher"), names, names.index(own[0]) if own else 0, key="doubts_teacher", bind="query-params"
    )


def _beside(cohort: Cohort, teacher: str, run: str) -> str:
    """The teacher's run of the student's seed, where it has one."""
    seeds = dict(zip(cohort.results["run_id"], cohort.results["seed"], strict=True))
    runs = cohort.runs(teacher)
    return next((other for other in runs if seeds.get(other) == seeds.get(run)), runs[0])


def _told(kind: Kind, found: tuple[Disagreement, ...], seeds: int) -> str:
    if not found:
        return by_kind(kind, "They give the same answer to every test {example}.")
    right = sum(image.teacher_class == image.label for image in found)
    student = sum(image.student_class == image.label for image in found)
    all_of_them = len(found) < SHOWN
    places = {"teacher": right, "student": student, "neither": len(found) - right - student}
    if all_of_them:
        told = ngettext_by_kind(
            kind,
            "{count} test {example} on which they differ: the teacher is right on {teacher}, the student on "
            "{student}, neither on {neither}.",
            "{count} test {examples} on which they differ: the teacher is right on {teacher}, the student on "
            "{student}, neither on {neither}.",
            len(found),
            **places,
        )
    else:
        told = ngettext_by_kind(
            kind,
            "{count} test {example} on which they differ, where both are surest: the teacher is right on {teacher}, "
            "the student on {student}, neither on {neither}.",
            "{count} test {examples} on which they differ, those where both are surest: the teacher is right on "
            "{teacher}, the student on {student}, neither on {neither}.",
            len(found),
            **places,
        )
    told = f"{told} {_('The student is that of its first seed.')}" if seeds > 1 else told
    return f"{told} {_(FILTERED)}" if kind == QUESTION else told


def _card(image: Disagreement, test: Examples, classes: tuple[str, ...]) -> None:
    alt = by_kind(test.task.kind, "Test {example} {index}: {classes}", index=image.index, classes=classes[image.label])
    if text := test.text(image.index):
        st.markdown(words.plain(text))
    else:
        st.image(test.source(image.index, WIDE_PX), width=WIDE_PX, alt=alt)
    answers = (
        ("Teacher", image.teacher_class, image.teacher_probability),
        ("Student", image.student_class, image.student_probability),
    )
    lines = [f"**{words.plain(classes[image.label])}**"]
    for network, answer, probability in answers:
        sign = "✓" if answer == image.label else "✗"
        text = f"{words.plain(classes[answer])} {words.percent(probability, digits=0)}"
        text = text.replace(" ", "\u00a0").replace("-", "\u2011")  # neither a number nor "T-shirt" is torn apart
        lines.append(f":small[{network} {sign} {text}]")
    st.markdown("  \n".join(lines))
