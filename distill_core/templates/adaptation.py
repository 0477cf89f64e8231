"""Experiments that adapt a student to corrupted images without labels, beside a control run that trains as long on
plain ones: the gain of more training alone is no adaptation."""

import re
from collections.abc import Sequence

from distill_core.errors import InvalidSetting, Names, UnknownName, said
from distill_core.methods import METHODS
from distill_core.robustness.corruptions import CORRUPTIONS
from distill_core.spec import CorruptionSpec, Experiment, Start, Student

LONGEST_NAME = 64
TRAINED_ON = ", trained on"
_END = re.compile(rf"(?:, adapted to .+ [1-5]|{TRAINED_ON})$")


def adaptation_experiment(
    experiment: Experiment, student: str, scene: CorruptionSpec, updates: int | None = None
) -> Experiment:
    """The experiment with two more students, which start as ``student`` and are distilled again: one on plain images,
    then one on images of a scene.

    KD with alpha 1 on all images, so that no label enters; their teacher is the experiment's own. ``updates``: of the
    whole experiment, where they should be others; its students are then trained anew.
    Raises: UnknownName; InvalidSetting where that student cannot start another one.
    """
    corruption = CORRUPTIONS.get(scene.corruption)
    source = _source(experiment, student)
    control = Student(
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
    adapted = control.model_copy(
        update={"name": adapted_name(student, corruption.title, scene.severity), "scene": scene}
    )
    students = [joined.model_dump() for joined in _joined(_joined(experiment.students, control), adapted)]
    budget = experiment.budget.model_dump() | ({} if updates is None else {"updates": updates})
    return Experiment.of({**experiment.model_dump(), "students": students, "budget": budget})


def control_run_of(students: Sequence[Student], source: str) -> Student | None:
    """The student that trains on from ``source`` on plain images, whatever its name; None without one."""
    return _on_from(students, source, None)


def adapted_of(students: Sequence[Student], source: str, scene: CorruptionSpec) -> Student | None:
    """The student that trains on from ``source`` on images of a scene, whatever its name; None without one."""
    return _on_from(students, source, scene)


def is_control_run(student: Student) -> bool:
    """Whether a student is trained on from another one on plain images, by KD alone and without labels."""
    return student.scene is None and _is_distilled_on(student)


def _on_from(students: Sequence[Student], source: str, scene: CorruptionSpec | None) -> Student | None:
    started = (student for student in students if student.start and student.start.source == source)
    return next((student for student in started if student.scene == scene and _is_distilled_on(student)), None)


def _is_distilled_on(student: Student) -> bool:
    if student.start is None or student.start.change is not None:
        return False
    kd = METHODS.get("kd")
    # Completing an experiment fills in the temperature, and says "labelled" where every image has its label.
    same = {"method": kd.name, "alpha": 1.0, "also": (), "untrained": False, "int8_aware": False, "standardize": False}
    return (
        all(getattr(student, name) == value for name, value in same.items())
        and student.temperature in (None, kd.temperature)
        and (student.transfer == "all" or student.labels is None)
        and (student.role, student.taught_by, student.missing_class) == ("student", None, None)
    )


def adapted_name(student: str, title: str, severity: int) -> str:
    """The name of an adapted student."""
    return _called(student, f", adapted to {title} {severity}")


def trained_on_name(student: str) -> str:
    """The name of a student's control run on plain images."""
    return _called(student, TRAINED_ON)


def goes_on(name: str) -> bool:
    """Whether the name is that of an adapted student or of a control run."""
    return _END.search(name) is not None


def _joined(students: Sequence[Student], added: Student) -> list[Student]:
    """The students and ``added``. An equal student keeps its place and name, so that the experiment is the same; where
    another student has its name, since names are cut, it gets a number."""
    assert added.start is not None
    equal = _on_from(students, added.start.source, added.scene)
    if equal is not None:
        return [other.model_copy(update={"seeds": added.seeds}) if other is equal else other for other in students]
    taken, end = {other.name for other in students}, _END.search(added.name)
    name, number = added.name, 2
    while name in taken:
        name, number = _called(added.start.source, f" ({number}){end[0] if end else ''}"), number + 1
    return [*students, added.model_copy(update={"name": name})]


def _called(student: str, end: str) -> str:
    return f"{student[: LONGEST_NAME - len(end)]}{end}"


def _source(experiment: Experiment, name: str) -> Student:
    by_name = {student.name: student for student in experiment.students}
    if name not in by_name:
        raise UnknownName(said("no student named {name!r} in this experiment; known: {names}.", name, Names(by_name)))
    source = by_name[name]
    if source.scene is not None:
        got = said("one that adapted to {corruption} {severity}", source.scene.corruption, source.scene.severity)
        hint = "choose the student that it came from"
        raise InvalidSetting("a student to adapt", expected="one that saw plain images", got=got, hint=hint)
    return source
