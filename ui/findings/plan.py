"""What an experiment would do: its teacher, each student and the budget, from the resolved plan."""

from dataclasses import dataclass

from distill_core.methods import METHODS, Method, non_default_settings
from distill_core.networks import ARCHITECTURES
from distill_core.planning.initialization import step_of
from distill_core.planning.method_settings import methods_of
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.robustness.corruptions import CORRUPTIONS
from distill_core.spec import TEACHER_NAME, AddedMethod, Experiment, Student
from distill_core.tasks import Task
from distill_core.tasks.base import Kind

__all__ = ["Begins", "Budget", "Loss", "Network", "Planned", "Sees", "Teacher", "Views", "found"]

Settings = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """``kind`` is network, ensemble, or file where it is no network of this lab; ``labels`` None are all."""

    title: str
    task: str
    kind: str
    labels: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    title: str
    width: float = 1.0
    teachers_head: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Begins:
    """``how`` a student begins: on (goes on from its source), as (it is a stored run), fresh (its form with random
    weights) or step (made of it by a step). ``source`` None is the teacher; ``cut`` to a network; ``settings`` of the
    step in its own words."""

    how: str
    source: str | None
    cut: Network | None = None
    choices: tuple[str, ...] = ()
    settings: Settings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A method with its settings; ``weight`` None is the student's own."""

    method: str
    settings: Settings = ()
    standardised: bool = False
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sees:
    """``labels`` of how many ``examples`` (None: all), without those of the class ``never``; ``how`` it uses examples:
    labels (those alone), among (of all), teacher or peers (their answers to all), mixup (no label)."""

    kind: Kind
    labels: int | None
    examples: int
    how: str
    never: str | None = None
    labelled: bool = False
    taught_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A student; ``trained`` false: only begun. ``passes`` over what it may see, None where that is not known."""

    name: str
    is_control: bool
    trained: bool
    network: Network
    begins: Begins | None
    scene: tuple[str, int] | None
    taught_by: str | None
    losses: tuple[Loss, ...]
    sees: Sees
    passes: float | None
    seeds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    kind: Kind
    updates: int
    batch_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """``how`` the teacher looks: none, fresh (at every batch), cached (once at each of ``views``) or stages (then at
    every batch too)."""

    kind: Kind
    how: str
    views: int = 0


def found(
    experiment: Experiment, teacher: ResolvedTeacher, task: Task
) -> tuple[Teacher | Planned | Budget | Views, ...]:
    """The facts of a resolved experiment: the teacher, each student, the budget and the views."""
    budget = experiment.budget
    return (
        _teacher(teacher, task),
        *(_planned(student, experiment, task) for student in experiment.students),
        Budget(kind=task.kind, updates=budget.updates, batch_size=budget.batch_size),
        _views(experiment, task.kind),
    )


def _teacher(teacher: ResolvedTeacher, task: Task) -> Teacher:
    if teacher.blueprint is None:
        return Teacher(title=teacher.title, task=task.title, kind="file")
    few = [member.labels for member in teacher.members or (teacher,) if member.labels is not None]
    kind = "ensemble" if teacher.members else "network"
    return Teacher(title=teacher.title, task=task.title, kind=kind, labels=min(few) if few else None)


def _views(experiment: Experiment, kind: Kind) -> Views:
    methods = [method for student in experiment.students for method in methods_of(student)]
    if not any(method.uses_teacher for method in methods):
        return Views(kind=kind, how="none")
    if experiment.mode == "consistent":
        return Views(kind=kind, how="fresh")
    how = "stages" if any(method.features for method in methods) else "cached"
    return Views(kind=kind, how=how, views=experiment.views)


def _planned(student: Student, experiment: Experiment, task: Task) -> Planned:
    method, count = METHODS.get(student.method), task.counts.train
    visible = student.labels if student.transfer == "labelled" else None
    passes = experiment.budget.updates * experiment.budget.batch_size / (visible or count)
    scene = student.scene
    return Planned(
        name=student.name,
        is_control=student.role == "control",
        trained=not (student.untrained and student.start),
        network=_network(student, teachers_head=method.reuses_teacher_head),
        begins=_begins(student),
        scene=(CORRUPTIONS.get(scene.corruption).title, scene.severity) if scene else None,
        taught_by=student.taught_by,
        losses=(_loss(student, method), *map(_added, student.also)),
        sees=_sees(student, task),
        # The number of examples without the missing class is unknown before the data are loaded.
        passes=None if student.missing_class else passes,
        seeds=len(student.seeds),
    )


def _network(student: Student, *, teachers_head: bool = False) -> Network:
    title = ARCHITECTURES.get(student.architecture).title
    return Network(title=title, width=student.width, teachers_head=teachers_head)


def _loss(student: Student, method: Method) -> Loss:
    named = (("T", student.temperature), ("alpha", student.alpha), *student.parameters.items())
    settings = tuple((name.replace("_", " "), value) for name, value in named if value is not None)
    return Loss(method=method.title, settings=settings, standardised=student.standardize)


def _added(added: AddedMethod) -> Loss:
    method = METHODS.get(added.method)
    settings = tuple((name.replace("_", " "), value) for name, value in non_default_settings(method, added).items())
    return Loss(method=method.title, settings=settings, weight=added.weight)


def _begins(student: Student) -> Begins | None:
    """The initial network, and the step that changes it."""
    start, step = student.start, step_of(student)
    if start is None:
        return None
    source, change = (None if start.source == TEACHER_NAME else start.run or start.source), start.change
    if step is None or change is None:
        return Begins(how="as" if start.run and student.untrained else "on", source=source)
    if step.resets_weights:
        return Begins(how="fresh", source=source)
    return Begins(
        how="step",
        source=source,
        cut=_network(student) if step.resizes else None,
        choices=tuple(change.choices.values()),
        settings=tuple((name.replace("_", " "), value) for name, value in change.parameters.items()),
    )


def _sees(student: Student, task: Task) -> Sees:
    """The student's labels, and what it uses of examples without a label."""
    methods, labelled = methods_of(student), student.transfer == "labelled"
    if any(method.uses_mixup for method in methods):
        how = "mixup"
    elif labelled:
        how = "labels"
    elif any(method.uses_teacher for method in methods):
        how = "teacher"
    else:
        how = "peers" if any(method.mutual for method in methods) else "among"
    return Sees(
        kind=task.kind,
        labels=student.labels,
        examples=task.counts.train,
        how=how,
        never=student.missing_class,
        labelled=labelled,
        taught_by=student.taught_by,
    )
