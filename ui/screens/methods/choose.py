"""Which method to look at, by family, and which pair of trained networks it is shown on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from distill_core.lab import Lab
from distill_core.methods import FAMILIES, Method
from distill_core.spec import ShippedTeacher, StoredTeacher
from distill_core.templates.presets import default_experiment
from ui.forms import defined, fields
from ui.jobs import first, pick, unreadable, waiting
from ui.networks import exported, style
from ui.networks.exported import Network
from ui.text import titles, words
from ui.text.language import N_, _

__all__ = ["EXPLORE", "Couple", "address", "couple", "families", "family", "method", "named", "take"]

# The tab that shows one method.
EXPLORE = "explore"
# Families as addresses have them, in English.
WORDS = {
    "labels": N_("without a teacher"),
    "logits": N_("logits"),
    "relations": N_("relations and graphs"),
    "features": N_("features"),
    "schemes": N_("schemes"),
}
HELP = N_(
    "without a teacher: labels alone; logits: the teacher's answers; relations and graphs: what it says about pairs of "
    "examples; features: what its stages look like inside; schemes: which network teaches which."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Couple:
    """A teacher and a student by their keys, as ``Reports.method_view`` takes them; ``colour`` is the student's."""

    task: str
    teacher: str
    student: str
    colour: str
    shipped: bool


def families(methods: Sequence[Method]) -> Mapping[str, tuple[Method, ...]]:
    """The methods of each family, by what addresses call it; an unknown one comes last, under its own name."""
    known = [*FAMILIES, *dict.fromkeys(one.family for one in methods if one.family not in FAMILIES)]
    found = {WORDS.get(name, name): tuple(one for one in methods if one.family == name) for name in known}
    return {name: them for name, them in found.items() if them}


def family(method: Method) -> str:
    """What addresses call the family of a method."""
    return WORDS.get(method.family, method.family)


def named() -> bool:
    """Whether the address asks for a method, or for a pair, without saying which part of the page shows it."""
    asked = [key for key in st.query_params if key in ("family", "job", "pupil", "seen") or key.startswith("of_")]
    return bool(asked) and "part" not in st.query_params


def take(method: Method) -> None:
    """Show a method; for callbacks, before the page is drawn."""
    st.session_state["part"] = EXPLORE
    st.session_state["family"] = family(method)
    st.session_state[_key(family(method))] = method.name


def method(methods: Sequence[Method]) -> Method:
    """The chosen one. Each family remembers its own choice."""
    by_family = families(methods)
    default = WORDS["logits"] if WORDS["logits"] in by_family else next(iter(by_family))
    chosen_family = st.segmented_control(
        _("Family"),
        list(by_family),
        default=default,
        required=True,
        key="family",
        bind="query-params",
        help=_(HELP),
        **fields.titled("family", {name: _(name) for name in by_family}),
    )
    shown = chosen_family or default
    them = {one.name: one for one in by_family[shown]}
    chosen = st.pills(
        _("Method"),
        list(them),
        default=next(iter(them)),
        required=True,
        key=_key(shown),
        bind="query-params",
        **fields.titled(_key(shown), titles.methods()),
    )
    return them.get(chosen or "", next(iter(them.values())))


def address(found: Method) -> dict[str, str]:
    """What the address holds of the choice."""
    shown = {key: st.session_state[key] for key in ("job", "pupil", "seen") if st.session_state.get(key)}
    return {"family": family(found), _key(family(found)): found.name, **shown}


def _key(family: str) -> str:
    return f"of_{family.replace(' ', '_')}"


def couple(lab: Lab, method: Method) -> Couple:
    """A finished experiment's teacher and one of its students, first of a task that the method is for; before there is
    one, two networks that ship."""
    jobs = sorted(pick.latest(lab), key=lambda job: bool(defined.never(lab, job.experiment.task, method)))
    if not jobs:
        stand_in = _shipped(lab)
        st.markdown(
            _("{said} The first comparison trains students, which can then be chosen here.", said=_said(lab, stand_in))
        )
        first.offer(lab)
        return stand_in
    with st.grid(2, min_column_width=220):
        notes = st.container()
        job = pick.experiment(lab, jobs, help=_("Whose teacher and students the picture shows."), notes=notes)
        them = exported.offered(lab, job)
        lost = lab.reports.left_out([job.id], "weights")
        student = _student([one for one in them if one.role != "teacher" and one.run_id not in lost])
    teacher = next((one for one in them if one.role == "teacher"), None)
    waiting.wait(lab, [job], shown=bool(student))
    unreadable.runs(lab, [job])
    shipped = job.experiment.teacher if isinstance(job.experiment.teacher, ShippedTeacher) else None
    if student is None or (teacher is None and shipped is None):
        stand_in = _shipped(lab)
        st.markdown(_("No student of this experiment is finished. {said}", said=_said(lab, stand_in)))
        return stand_in
    colour = exported.looks(them, dark=style.dark())[student.name].colour
    return Couple(
        task=student.task,
        # One that came without weights, or without a file, is a teacher that ships.
        teacher=(
            job.experiment.teacher if teacher is None or teacher.run_id in lost else StoredTeacher(run=teacher.run_id)
        ).key,
        student=StoredTeacher(run=student.run_id).key,
        colour=colour,
        shipped=False,
    )


def _student(them: Sequence[Network]) -> Network | None:
    by_label = {one.label: one for one in sorted(them, key=lambda one: one.role)}
    if st.session_state.get("pupil") not in by_label:
        st.session_state.pop("pupil", None)
    # The last one was taught; a control comes first.
    place = len(by_label) - 1 if by_label else None
    label = st.selectbox(
        _("Student"),
        list(by_label),
        place,
        key="pupil",
        **fields.titled("pupil", titles.numberless(by_label)),
        bind="query-params",
        placeholder=_("none yet"),
    )
    return by_label.get(label or "")


def _shipped(lab: Lab) -> Couple:
    task = default_experiment().task
    keys = [option.key for option in lab.catalog.teachers(task) if isinstance(option.choice, ShippedTeacher)]
    colour = style.theme(style.dark()).series[0]
    return Couple(task=task, teacher=keys[0], student=keys[-1], colour=colour, shipped=True)


def _said(lab: Lab, stand_in: Couple) -> str:
    titles = {option.key: option.title for option in lab.catalog.teachers(stand_in.task)}
    teacher, student = (words.plain(titles[key]) for key in (stand_in.teacher, stand_in.student))
    return _(
        "Two networks that ship with the lab stand in: **{teacher}** as the teacher and **{student}** in "
        "the place of the student. Both are trained.",
        teacher=teacher,
        student=student,
    )
