"""A student that adapts to a changed scene, with the teacher's answers as its only labels, and its twin that goes on as
long on plain images: what more training brings is no adaptation."""

import re

from distill_core.errors import InvalidSetting, UnknownName, explain
from distill_core.evaluation.corruptions import CORRUPTIONS
from distill_core.experiment import Experiment, Scene, Start, Student

__all__ = ["adaptation_experiment", "adapted_name", "goes_on", "trained_on_name"]

LONGEST_NAME = 64
TRAINED_ON = ", trained on"
_GOES_ON = re.compile(rf"(?:, adapted to .+ [1-5]|{TRAINED_ON})$")


def adaptation_experiment(experiment: Experiment, student: str, scene: Scene, updates: int | None = None) -> Experiment:
    """The experiment with two more students, which start as ``student`` and are distilled again: one on plain images,
    then one on images of a scene.

    KD with alpha 1 on all images, so that no label enters; their teacher is the experiment's own. ``updates``: of the
    whole experiment, where they should be others; its students are then trained anew.
    Raises: UnknownName; InvalidSetting where that student cannot start another one.
    """
    wanted = CORRUPTIONS.get(scene.corruption)
    source = _source(experiment, student)
    twin = Student(
        name=trained_on_name(student),
        architecture=source.architecture,
        width=source.width,
        stem_stride=source.stem_stride,
        method="kd",
        alpha=1.0,
        labels=source.labels,
        transfer="all",
        start=Start(source=source.name),
        seeds=source.seeds,
    )
    adapted = twin.model_copy(update={"name": adapted_name(student, wanted.title, scene.severity), "scene": scene})
    # Whoever is there already stays in its place: the experiment is then the same.
    everybody = {one.name: one for one in (*experiment.students, twin, adapted)}
    students = [one.model_dump() for one in everybody.values()]
    budget = experiment.budget.model_dump() | ({} if updates is None else {"updates": updates})
    return Experiment.of({**experiment.model_dump(), "students": students, "budget": budget})


def adapted_name(student: str, title: str, severity: int) -> str:
    """How a student is called once it has adapted."""
    return _called(student, f", adapted to {title} {severity}")


def trained_on_name(student: str) -> str:
    """How its twin is called, which went on on plain images."""
    return _called(student, TRAINED_ON)


def goes_on(name: str) -> bool:
    """Whether a student is called like one that adapted, or like a twin."""
    return _GOES_ON.search(name) is not None


def _called(student: str, end: str) -> str:
    return f"{student[: LONGEST_NAME - len(end)]}{end}"


def _source(experiment: Experiment, name: str) -> Student:
    by_name = {one.name: one for one in experiment.students}
    if name not in by_name:
        raise UnknownName(f"no student named {name!r} in this experiment; known: {', '.join(by_name)}.")
    found = by_name[name]
    if found.scene is not None:
        came = f"one that adapted to {found.scene.corruption} {found.scene.severity}"
        do = "choose the student that it came from"
        raise InvalidSetting(explain("a student to adapt", wanted="one that saw plain images", came=came, do=do))
    return found
