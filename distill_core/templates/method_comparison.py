"""Comparisons of methods at their defaults with one student, beside plain KD and the control."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from distill_core.errors import InvalidSetting
from distill_core.methods import CONTROL_METHOD, METHODS, Method
from distill_core.spec import (
    Budget,
    Experiment,
    Labels,
    Several,
    Specification,
    Stride,
    Student,
    TeacherChoice,
    Transfer,
    Width,
)
from distill_core.tasks import TASKS, Tasks
from distill_core.templates.presets import FEW, TASK, TEACHER, default_experiment, mode_of, optimiser_of
from distill_core.templates.written import is_alike

KD = "kd"
MOST_METHODS, MOST_SEEDS = 6, 5
# What all students of a comparison have from its specification.
SHARED = ("architecture", "width", "stem_stride", "labels", "transfer")


class MethodComparison(Specification):
    """One to six methods beside KD. The student, its labels and its images are those of the default comparison."""

    methods: Several[str] = Field(
        min_length=1,
        max_length=MOST_METHODS,
        title=f"Methods, up to {MOST_METHODS}",
        description="Each at its defaults; plain KD and the control always run along.",
    )
    task: str = TASK
    teacher: TeacherChoice = TEACHER
    architecture: str = "resnet8"
    width: Width = 1.0
    stem_stride: Stride = 2
    labels: Labels = FEW
    transfer: Transfer = "labelled"
    seeds: int = Field(
        3,
        ge=1,
        le=MOST_SEEDS,
        title="Seeds",
        description="Each student is trained once for each; three at least for an interval and a verdict over seeds.",
    )
    budget: Budget = Budget(updates=240, batch_size=125)


def comparable_methods() -> tuple[Method, ...]:
    """The methods that can be compared: all but KD and the control's, which are always there, mutual ones, which need
    peers, and those with mixup, which see other images."""
    return tuple(
        method
        for method in METHODS
        if method.name not in (KD, CONTROL_METHOD) and not method.mutual and not method.uses_mixup
    )


def comparison_experiment(comparison: MethodComparison, tasks: Tasks = TASKS) -> Experiment:
    """The comparison as an experiment; planning adds the control. Raises UnknownName, InvalidSetting."""
    student = comparison.model_dump(include=set(SHARED))
    compared = dict.fromkeys(name for name in comparison.methods if name not in (KD, CONTROL_METHOD))
    students = [
        {**student, "name": METHODS.get(name).title, "method": name, "seeds": range(comparison.seeds)}
        for name in (KD, *compared)
    ]
    shared = comparison.model_dump(include={"task", "teacher", "budget"})
    task = tasks.get(comparison.task)
    beside = {"optimiser": optimiser_of(task).model_dump(), "mode": mode_of(task)}
    return Experiment.of({**shared, **beside, "students": students})


def table_experiment(transfer: Literal["labelled", "all"], seeds: int) -> Experiment:
    """All methods for one label an example, at their defaults, with the default comparison's student and budget;
    mutual ones have a peer."""
    comparison = MethodComparison(methods=(KD,), transfer=transfer, budget=Budget(updates=480, batch_size=125))
    first = comparison_experiment(comparison).students[0].model_dump(exclude={"name", "method", "seeds"})
    own = [
        {**first, "name": method.title, "method": method.name, "seeds": range(seeds)}
        for method in METHODS
        if method.name != CONTROL_METHOD and not (method.uses_mixup or method.needs_positions)
    ]
    shared = comparison.model_dump(include={"task", "teacher", "budget"})
    return Experiment.of({**shared, "students": [*own, *_peers(own)]})


def trial_experiment(method: Method) -> Experiment:
    """The default comparison with a student of the method at its defaults, on the same images; with a peer where it is
    mutual. Planning gives the control, and the default comparison has KD: these add no student. A method that compares
    positions is tried on the first task that has them."""
    default = _dense_comparison() if method.needs_positions else default_experiment()
    if method.name in (KD, CONTROL_METHOD):
        return default
    own = {"name", "method", "temperature", "alpha"}
    first, everything = (student.model_dump(exclude=own) for student in default.students)
    # Mixtures of images need no label: few images are no reason to mix these alone.
    like = {**(everything if method.uses_mixup else first), "name": method.title, "method": method.name}
    students = [*(student.model_dump() for student in default.students), like, *_peers([like])]
    mode = "consistent" if method.uses_mixup else default.mode
    return Experiment.of({**default.model_dump(), "mode": mode, "students": students})


def _dense_comparison() -> Experiment:
    """The comparison that the first task with positions begins with."""
    return next(task.default for task in TASKS if task.target.positions and task.default)


def _peers(students: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A peer with other initial weights for each student of a mutual method."""
    return [
        {**student, "name": f"{student['name']}, the peer", "parameters": {"initial": 1.0}}
        for student in students
        if METHODS.get(student["method"]).mutual
    ]


def is_method_comparison(experiment: Experiment) -> bool:
    """Whether students differ in their methods alone, all of which can be compared, and plain KD is one of several."""
    students = [student for student in experiment.students if student.role == "student"]
    methods = {student.method for student in students}
    compared = methods <= {KD, *(method.name for method in comparable_methods())}
    return KD in methods and compared and len(methods) == len(students) > 1 and _alike(students)


def comparison_spec(experiment: Experiment, tasks: Tasks) -> MethodComparison | None:
    """The specification that writes such an experiment, or None."""
    if not is_method_comparison(experiment):
        return None
    students = [student for student in experiment.students if student.role == "student"]
    methods = {"methods": [student.method for student in students if student.method != KD]}
    student = students[0].model_dump(include=set(SHARED))
    shared = experiment.model_dump(include={"task", "teacher", "budget"})
    try:
        found = MethodComparison.of({**shared, **student, **methods, "seeds": len(students[0].seeds)})
    except InvalidSetting:  # more than its form takes
        return None
    return found if is_alike(comparison_experiment(found, tasks), experiment, tasks) else None


def reference_student(experiment: Experiment) -> str:
    """The name of plain KD in a comparison of methods."""
    return next(student.name for student in experiment.students if student.method == KD)


def _alike(students: Sequence[Student]) -> bool:
    own = ("name", "method", "temperature", "alpha", "parameters")
    first, *others = (student.model_dump(exclude=set(own)) for student in students)
    return all(other == first for other in others)
