"""A changed scene: a student is distilled again on images of it, and the teacher is its only label; a control run goes
on as long on clean images."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from distill_core.errors import DistillError
from distill_core.lab import JobView, Lab
from distill_core.lab.views import Plan
from distill_core.robustness.corruptions import CORRUPTIONS, corrupted, corruptions_of
from distill_core.spec import CorruptionSpec, Experiment, Student
from distill_core.tasks import Task
from distill_core.tasks.base import Kind
from distill_core.tasks.images import IMAGE
from distill_core.templates.adaptation import is_control_run
from ui.forms import fields
from ui.jobs import actions, expected, experiment, pick, plan
from ui.kept import kept
from ui.screens.robustness import adapted
from ui.screens.robustness.trials import SEVERITIES, Trials
from ui.text import times, words
from ui.text.language import Texts, _, by_kind
from ui.thumbnails import enlarged

__all__ = ["show"]

STUDENT, CORRUPTION, SEVERITY = "s_student", "s_corruption", "s_severity"
SHOWN, WIDE_PX = 8, 72
FIRST = ("fog", "scene_fog")
MOST_OTHERS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the pickers say; ``title`` is the corruption's."""

    student: str
    scene: CorruptionSpec
    title: str

    @property
    def place(self) -> str:
        return _("{corruption}, severity {severity}", corruption=self.title, severity=self.scene.severity)


def show(lab: Lab, tested: Trials | None) -> None:
    """The pickers, how the scene looks, what would run, and what came of it."""
    st.markdown(
        by_kind(
            tested.kind if tested else IMAGE,
            "The camera fogs up, the light changes: the new {examples} have no labels, but the teacher still answers "
            "them. The student is distilled again on such {examples}, and no label enters. A control run trains "
            "equally long on clean {examples}, since more training may bring something too.",
        )
    )
    students = [] if tested is None else _students(tested)
    if tested is None or not students:
        st.info(_("As soon as an experiment has a finished student, it can be adapted here."))
        return
    own = adapted.student(tested.job)
    asked = _pickers(tested.task, students, own)
    _look(lab, tested.task, asked)
    if own and (own.start.source, own.scene) == (asked.student, asked.scene):
        _ended(lab, tested.job, asked)
    else:
        _planned(lab, tested.job, asked)
    _others(lab, tested.job)


def _students(tested: Trials) -> list[str]:
    """What can be adapted: finished students of a method, not those adapted already, nor their control runs."""
    there = tested.job.experiment.students
    gone_on = {student.name for student in there if student.scene or is_control_run(student)}
    return [name for name in tested.finished if tested.roles[name] == "student" and name not in gone_on]


def _planned(lab: Lab, job: JobView, asked: Asked) -> None:
    try:
        wanted = lab.catalog.adaptation_experiment(job.id, asked.student, asked.scene)
        found = expected.planned(lab, wanted)
    except DistillError as error:
        st.warning(words.sentence(error), title=_("This cannot run yet"))
        return
    if found.job_id is None:
        _offer(wanted, found, lab.tasks.get(wanted.task).kind)
    else:
        _ended(lab, lab.job(found.job_id), asked)


def _pickers(task: Task, students: list[str], own: Student | None) -> Asked:
    """First what the experiment itself adapted, where it did."""
    about = {corruption.name: corruption for corruption in corruptions_of(task)}
    titles = Texts({name: corruption.title for name, corruption in about.items()})
    if st.session_state.get(STUDENT) not in students:
        st.session_state.pop(STUDENT, None)
    first = students.index(own.start.source) if own and own.start.source in students else len(students) - 1
    usual = CorruptionSpec(corruption=next(name for name in FIRST if name in about), severity=4)
    scene = own.scene if own and own.scene.corruption in about else usual
    with st.grid(3, min_column_width=200):
        student = st.selectbox(_("Student"), students, first, key=STUDENT, bind="query-params")
        name = st.selectbox(
            by_kind(task.kind, "What happens to the {examples}"),
            list(about),
            list(about).index(scene.corruption),
            key=CORRUPTION,
            bind="query-params",
            **fields.titled(CORRUPTION, titles),
        )
        severity = st.segmented_control(
            _("Severity"), list(SEVERITIES), default=scene.severity, required=True, key=SEVERITY, bind="query-params"
        )
    corruption = about[str(name)]
    st.caption(_(corruption.teaches))
    wanted = CorruptionSpec(corruption=corruption.name, severity=int(severity or scene.severity))
    return Asked(student=str(student), scene=wanted, title=titles[corruption.name])


def _others(lab: Lab, chosen: JobView) -> None:
    """Adaptations of this lab, a button each."""
    titles = {corruption.name: corruption.title for corruption in CORRUPTIONS}
    jobs = [job for job in pick.latest(lab) if job.id != chosen.id]
    found = [(job, student) for job in jobs if (student := adapted.student(job)) and student.scene.corruption in titles]
    if not found:
        return
    st.markdown(_("**Adapted before**"))
    with st.container(horizontal=True, gap="small"):
        for job, student in found[:MOST_OTHERS]:
            scene = student.scene
            st.button(
                _(
                    "{student}: {corruption} {severity}",
                    student=words.plain(student.start.source),
                    corruption=_(titles[scene.corruption]),
                    severity=scene.severity,
                ),
                key=f"adapted_{job.id}",
                on_click=_open,
                args=(job,),
                wrap=True,
            )


def _open(job: JobView) -> None:
    for key in (STUDENT, CORRUPTION, SEVERITY):
        st.session_state.pop(key, None)
    st.session_state["job"] = actions.place(job)


def _look(lab: Lab, task: Task, asked: Asked) -> None:
    """The first test image of each of some classes, or the first scenes, as they are and in the scene."""
    plain, scene = kept(("scene", task.name, asked.scene), lambda: _pairs(lab, task, asked.scene))
    with st.container(horizontal=True, gap="small"):
        for number, (image, other) in enumerate(zip(plain, scene, strict=True)):
            with st.container(width=WIDE_PX, gap="xsmall"):
                alt = by_kind(task.kind, "Test {example} {number} as it is", number=number)
                st.image(image, width=WIDE_PX, alt=alt)
                st.image(other, width=WIDE_PX, alt=_("The same under {place}", place=asked.place))


def _pairs(lab: Lab, task: Task, scene: CorruptionSpec) -> tuple[list[str], list[str]]:
    split = lab.catalog.images(task.name)[1]
    first_C = np.arange(SHOWN) if task.target.positions else np.unique(split.labels_N, return_index=True)[1]
    images_NHWC = split.images_NHWC[first_C[:SHOWN]]
    spoiled_NHWC = corrupted(images_NHWC, scene.corruption, scene.severity, 0)
    return [enlarged(image, WIDE_PX) for image in images_NHWC], [enlarged(image, WIDE_PX) for image in spoiled_NHWC]


def _offer(wanted: Experiment, found: Plan, kind: Kind) -> None:
    plan.offer(
        wanted,
        found,
        by_kind(kind, "Distil again on these {examples} · {time}", time=times.about(found.expected_seconds)),
        key="adapt_start",
        icon=":material/foggy:",
        help=_("Every seed of the student goes on from where it ended, twice. Its other networks are there already."),
    )


def _ended(lab: Lab, job: JobView, asked: Asked) -> None:
    if not experiment.ready(lab, job):
        return
    adapted.show(lab, job, asked.student, asked.scene, asked.place)
    st.page_link(
        "../pages/compare.py",
        label=_("Open in Compare"),
        icon=":material/scatter_plot:",
        query_params={"task_of": job.experiment.task, "experiments": actions.place(job)},
    )
