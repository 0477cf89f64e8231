"""What adapting brought: the student before and after, on images of the scene and on clean ones, beside its control
run that went on on clean images, and the teacher."""

from collections.abc import Mapping

import streamlit as st

import ui
from distill_core.evaluation.statistics import compare, holm, interval, verdict
from distill_core.lab import JobView, Lab
from distill_core.spec import CorruptionSpec, Student
from distill_core.tasks.base import Kind
from distill_core.tasks.images import IMAGE
from distill_core.templates.adaptation import adapted_of, control_run_of
from ui import charts
from ui.charts import Point, Series
from ui.findings.facts import Fact, Gap
from ui.findings.robustness import Adapted, AgainstControlRun, ControlRunMissing, TeacherHas, TooFewSeeds
from ui.findings.sentences import say
from ui.networks import style
from ui.screens.robustness import corruptions, findings, testing
from ui.screens.robustness.trials import CLEAN, SEVERITIES, Trials, by_seed, gather
from ui.text import story, times, words
from ui.text.language import _, by_kind

__all__ = ["facts", "sentences", "show", "student"]

Found = Mapping[str, Mapping[str, Mapping[int, float]]]  # by place, network and seed


def show(lab: Lab, job: JobView, before: str, scene: CorruptionSpec, place: str) -> None:
    """The chart with its sentences, or the button that tests what is lacking for them. ``place`` names the scene."""
    tested, name = gather(lab, job), _name(job, before, scene)
    if name not in tested.finished:
        st.caption(_("The adapted student was not finished."))
        return
    cells = [(CLEAN, 0), *((scene.corruption, severity) for severity in SEVERITIES)]
    tested = testing.images(tested, cells, *corruptions.offered(tested), key="test_images")
    places = _places(tested.kind, scene, place)
    asked = [run for student in (name, before, _control_run(job, before)) for run in tested.finished.get(student, ())]
    whole = not tested.lacking([*places.values()], asked)
    if not whole:
        st.markdown(
            by_kind(
                tested.kind,
                "Not tested yet. The test shows all of them the same {examples}, clean ones and corrupted ones.",
            )
        )
    lacking, images = tested.lacking(cells), tested.images
    runs, seconds = lacking or tested.run_ids, testing.seconds(tested, lacking, len(cells))
    testing.show(
        lab,
        lambda: ui.lab().robustness.test(runs, images=images, corruptions=(scene.corruption,), attacks=()),
        _("Test before and after · {time}", time=times.about(seconds)),
        key="test_adapted",
        offered=bool(lacking),
    )
    if whole:
        _shown(tested, {where: by_seed(tested, [cell]) for where, cell in places.items()}, before, name)


def _shown(tested: Trials, found: Mapping[str, Mapping[str, Mapping[int, float]]], before: str, name: str) -> None:
    """The chart with its sentences, once all networks in them are tested."""
    testing.counted(tested)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        charts.show(_chart(tested, found), key="adapted")
    with right:
        st.subheader(_("What this shows"))
        names = before, _control_run(tested.job, before), name, _teacher(tested)
        for sentence in sentences(found, *names, kind=tested.kind):
            st.markdown(words.firm(sentence))
    st.caption(_fine_print(tested))


def student(job: JobView) -> Student | None:
    """The student of a job that was adapted to a scene, the last one; None where none was."""
    found = [student for student in job.experiment.students if student.scene and student.start]
    return found[-1] if found else None


def _name(job: JobView, before: str, scene: CorruptionSpec) -> str:
    """The student that ``before`` became in this scene; empty where there is none."""
    found = adapted_of(job.experiment.students, before, scene)
    return found.name if found else ""


def _control_run(job: JobView, before: str) -> str:
    """The student that went on from ``before`` on plain images; empty where the experiment has none."""
    found = control_run_of(job.experiment.students, before)
    return found.name if found else ""


def _places(kind: Kind, scene: CorruptionSpec, place: str) -> dict[str, tuple[str, float]]:
    return {_clean(kind): (CLEAN, 0), place: (scene.corruption, scene.severity)}


def _clean(kind: Kind) -> str:
    return by_kind(kind, "clean {examples}")


def _teacher(tested: Trials) -> str:
    return next((name for name, role in tested.roles.items() if role == "teacher"), "")


def _chart(tested: Trials, found: Mapping[str, Mapping[str, Mapping[int, float]]]) -> charts.Chart:
    series = []
    for name, look in tested.looks.items():
        points = [_point(place, means[name]) for place, means in enumerate(found.values()) if name in means]
        if points:
            series.append(Series(name=name, look=look, points=tuple(points)))
    measure = words.scored("Test {metric}", tested.metric)
    return charts.along(series, list(found), title="", measure=measure, dark=style.dark(), joined=False)


def _point(place: int, seeds: Mapping[int, float]) -> Point:
    over = interval(list(seeds.values()))
    return Point(place=place, mean=over.mean, half_width=over.half_width)


def sentences(found: Found, *names: str, kind: Kind = IMAGE) -> tuple[str, ...]:
    """The sentences of ``facts``."""
    return tuple(say(fact) for fact in facts(found, *names, kind=kind))


def facts(found: Found, before: str, control: str, name: str, teacher: str, *, kind: Kind = IMAGE) -> tuple[Fact, ...]:
    """The adapted student in each place of ``found``, which holds scores by network and seed: beside the one that
    it was, beside the control run that went on on clean images ("" where the experiment has none), and the teacher's.
    Holm over all of them."""
    pairs = [
        (where, other) for where, means in found.items() for other in (before, control) if {name, other} <= {*means}
    ]
    differences = [compare(found[where][name], found[where][other]) for where, other in pairs]
    verdicts = [
        verdict(difference, p)
        for difference, p in zip(differences, holm([difference.p_value for difference in differences]), strict=True)
    ]
    told: list[Fact] = []
    for (where, other), difference, word in zip(pairs, differences, verdicts, strict=True):
        gap, was = Gap.between(difference, None if word == findings.FEW else word), findings.mean(found[where][other])
        if other == before:
            now = findings.mean(found[where][name])
            told.append(Adapted(place=_place(where, kind), student=before, before=was, after=now, gap=gap, kind=kind))
        else:
            told.append(AgainstControlRun(accuracy=was, gap=gap, kind=kind))
    if control not in {other for _, other in pairs}:
        told.append(ControlRunMissing(asked=bool(control), kind=kind))
    each = [(_place(where, kind), findings.mean(means[teacher])) for where, means in found.items() if teacher in means]
    if each:
        told.append(TeacherHas(places=tuple(each), kind=kind))
    few = [difference.seeds for difference, word in zip(differences, verdicts, strict=True) if word == findings.FEW]
    return (*told, TooFewSeeds(seeds=max(few))) if few else tuple(told)


def _place(where: str, kind: Kind) -> str | None:
    return None if where == _clean(kind) else where


def _fine_print(tested: Trials) -> str:
    parts = [
        by_kind(tested.kind, "{counted}; no {example} that trains is among them", counted=tested.counted),
        _("before, after and control run are paired by seed: t-tests with Holm's correction for both places"),
        *story.place(tested.results),
    ]
    return " · ".join(parts)
