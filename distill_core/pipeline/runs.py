"""A complete experiment as single runs, each with the fingerprint that it is filed under."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from distill_core.architectures import Blueprint
from distill_core.errors import InvalidSetting, explain
from distill_core.experiment import TEACHER_NAME, Experiment, Student, lineage
from distill_core.export import device_name
from distill_core.methods import METHODS, Method
from distill_core.pipeline.circles import Circle, circles, content
from distill_core.pipeline.complete import student_blueprint
from distill_core.pipeline.machine import machine_parts
from distill_core.pipeline.starting import Origin, begin, step_of
from distill_core.pipeline.teachers import KnownTeacher
from distill_core.specification import fingerprint
from distill_core.tasks import TASKS, Task
from distill_core.training import scene_version

__all__ = ["PlannedStudent", "expand", "job_fingerprint", "methods_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedStudent:
    """One student with one seed. ``key`` names it in events, ``fingerprint`` in the store; ``circle`` are the keys of
    all who teach each other, this one among them, in their own order.

    ``teacher_blueprint`` is that of who teaches it: the experiment's teacher, or the network with the key
    ``taught_by``. ``start_of`` is the key of the network that it starts as, or the teacher's name; ``origin`` is what
    it is then. All that it needs is of an earlier ``generation``.
    """

    key: str
    student: Student
    seed: int
    blueprint: Blueprint
    fingerprint: str
    missing_index: int | None
    teacher_blueprint: Blueprint
    circle: tuple[str, ...] = ()
    generation: int = 0
    taught_by: str | None = None
    start_of: str | None = None
    origin: Origin | None = None

    @property
    def role(self) -> Literal["student", "control"]:
        return self.student.role

    @property
    def methods(self) -> tuple[Method, ...]:
        """The student's own, and those on top."""
        return methods_of(self.student)

    @property
    def uses_teacher(self) -> bool:
        return any(method.uses_teacher for method in self.methods)

    @property
    def ships(self) -> bool:
        """Whether the network ends in an adapter and the teacher's head."""
        return any(method.ships for method in self.methods)

    @property
    def mixes(self) -> bool:
        """Whether it looks at mixtures of images."""
        return any(method.mixes for method in self.methods)

    @property
    def features(self) -> bool:
        """Whether one of the methods looks at stages."""
        return any(method.features for method in self.methods)

    @property
    def trains(self) -> bool:
        return not self.student.untrained


def expand(experiment: Experiment, teacher: KnownTeacher) -> tuple[PlannedStudent, ...]:
    """Every student with every seed of a complete experiment, in its order.

    Raises: InvalidSetting where a method on features would have to learn from an ensemble.
    """
    found: dict[str, PlannedStudent] = {}
    peers = circles(experiment.students)
    for student in sorted(experiment.students, key=lambda one: len(lineage(one, experiment.students))):
        for seed in student.seeds:
            above = None if student.taught_by is None else found[_key(student.taught_by, seed)]
            found[_key(student.name, seed)] = _planned(
                experiment, student, seed, above or teacher, _origin(student, seed, teacher, found), peers
            )
    return tuple(found[_key(student.name, seed)] for student in experiment.students for seed in student.seeds)


def _origin(
    student: Student, seed: int, teacher: KnownTeacher, found: Mapping[str, PlannedStudent]
) -> tuple[str, Origin] | None:
    """The key of the network that a student starts as, and what that is."""
    if student.start is None:
        return None
    if student.start.source == TEACHER_NAME:
        known = Origin(name=TEACHER_NAME, blueprint=teacher.blueprint, fingerprint=teacher.fingerprint)
        return TEACHER_NAME, known
    above = found[_key(student.start.source, seed)]
    plain = Origin(
        name=above.student.name,
        blueprint=above.blueprint,
        fingerprint=above.fingerprint,
        generation=above.generation,
        trainings=1,
    )
    return above.key, above.origin or plain


def _planned(
    experiment: Experiment,
    student: Student,
    seed: int,
    teaches: KnownTeacher | PlannedStudent,
    start: tuple[str, Origin] | None,
    peers: Mapping[tuple[str, int], Circle],
) -> PlannedStudent:
    task, circle = TASKS.get(experiment.task), peers.get((student.name, seed), ())
    _check_stages(student, teaches)
    teacher, generation = _teacher_of(teaches)
    own = _blueprint(student, task, teacher)
    mark = _run_fingerprint(experiment, student, seed, task.sha256, teaches.fingerprint, circle, start)
    here = _made_here(experiment, student, circle, own if start is None else start[1].blueprint, teacher)
    mark = fingerprint(mark, *here) if here else mark
    planned = PlannedStudent(
        key=_key(student.name, seed),
        student=student,
        seed=seed,
        blueprint=own,
        fingerprint=mark,
        missing_index=None if student.missing_class is None else task.classes.index(student.missing_class),
        teacher_blueprint=teacher,
        generation=generation,
        taught_by=teaches.key if isinstance(teaches, PlannedStudent) else None,
        circle=tuple(_key(peer.name, seed) for peer in circle),
    )
    if start is None:
        return planned
    key, origin = start
    begun = begin(student, own, origin, mark)
    last = max(generation, begun.generation)
    return replace(
        planned, blueprint=begun.blueprint, start_of=key, origin=replace(begun, generation=last), generation=last
    )


def _teacher_of(teaches: KnownTeacher | PlannedStudent) -> tuple[Blueprint, int]:
    """The form of who teaches, and the generation of those who learn from it."""
    return teaches.blueprint, teaches.generation + 1 if isinstance(teaches, PlannedStudent) else 0


def _check_stages(student: Student, teaches: KnownTeacher | PlannedStudent) -> None:
    featured = next((method for method in methods_of(student) if method.features), None)
    if featured and teaches.blueprint.members:
        raise InvalidSetting(
            explain(
                f"the teacher of {student.name!r}",
                wanted=f"one network, since {featured.name} looks at its stages",
                came="an ensemble, which has no stages of its own",
                do="choose a method on logits, as kd, or one of its members as the teacher",
            )
        )


def methods_of(student: Student) -> tuple[Method, ...]:
    """The student's own, and those on top."""
    return tuple(METHODS.get(name) for name in (student.method, *(one.method for one in student.also)))


def _blueprint(student: Student, task: Task, teacher: Blueprint) -> Blueprint:
    own = student_blueprint(student, task)
    return replace(own, graft=teacher) if METHODS.get(student.method).ships else own


def _key(name: str, seed: int) -> str:
    return f"{name}/{seed}"


def job_fingerprint(experiment: Experiment, teacher: KnownTeacher) -> str:
    """Speaks of a complete experiment: its specification, the hashes of data and teacher, the precision, and what the
    machine adds."""
    task = TASKS.get(experiment.task)
    peers = [one for one in experiment.students if METHODS.get(one.method).mutual]
    here = [
        _made_here(experiment, one, tuple(peers) if one in peers else (), _form(one, task, teacher), teacher.blueprint)
        for one in experiment.students
    ]
    return fingerprint(experiment, task.sha256, teacher.fingerprint, *(here if any(here) else []))


def _form(student: Student, task: Task, teacher: KnownTeacher) -> Blueprint:
    return teacher.blueprint if student.start else student_blueprint(student, task)


def _run_fingerprint(
    experiment: Experiment,
    student: Student,
    seed: int,
    data_sha256: str,
    teacher_fingerprint: str,
    circle: Circle,
    start: tuple[str, Origin] | None,
) -> str:
    # Names, roles and the other seeds change nothing in what is trained, so an equal run is found again.
    shared = experiment.model_dump(mode="json", exclude={"students", "teacher"})
    parts = ["run", content(student), seed, shared, data_sha256, teacher_fingerprint]
    # What its peers are, and the network that it starts as, do change it.
    parts += [list(map(content, circle))] if circle else []
    parts += ["starts as", start[1].fingerprint] if start else []
    parts += ["in scene", scene_version(student.scene)] if student.scene else []
    # What is pruned until it is fast enough depends on the machine.
    return fingerprint(*parts, *([device_name()] if _is_timed(student) else []))


def _is_timed(student: Student) -> bool:
    change = student.start.change if student.start else None
    return change is not None and change.choices.get("target") == "latency"


def _made_here(
    experiment: Experiment, student: Student, circle: Circle, form: Blueprint, teacher: Blueprint
) -> list[object]:
    """What this machine and the memory order add to a fingerprint; ``form`` is that of the network it starts as, or its
    own."""
    task, line = TASKS.get(experiment.task), (*lineage(student, experiment.students), student)
    methods = [method for one in (student, *circle) for method in methods_of(one)]
    return machine_parts(
        [form, *(student_blueprint(peer, task) for peer in (student, *circle))],
        methods,
        teacher=teacher if any(method.uses_teacher for method in methods) else None,
        batch_size=experiment.budget.batch_size,
        pruned=any(step is not None and step.family == "pruning" for step in map(step_of, line)),
    )
