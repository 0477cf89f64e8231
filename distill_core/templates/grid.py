"""Experiments that ask one question many times: a grid of temperatures and alphas, and curves over labels or width.

Each is an ordinary experiment, so it is queued, answered from the store, compared and exported like any other; its
shape is read back from its students.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from distill_core.errors import InvalidSetting, said
from distill_core.methods import METHODS
from distill_core.spec import (
    Budget,
    Experiment,
    Labels,
    Optimiser,
    Several,
    Specification,
    Stride,
    Student,
    TeacherChoice,
    Transfer,
    Width,
)
from distill_core.tasks import TASKS, Tasks
from distill_core.templates.presets import FEW, SAME_NETWORK, SMALL, TASK, TEACHER, Mode, mode_of, optimiser_of
from distill_core.templates.written import is_alike

SEEDS = 3
LABEL_COUNTS = (50, 100, 200, 500, 1_000, 2_000, 5_000, None)
WIDTHS = (0.5, 1.0, 2.0, 4.0)
SMALL_TEACHER = SAME_NETWORK
FEWEST_POINTS = 3
# What all students of a grid have from its specification.
SHARED = ("architecture", "width", "stem_stride", "method", "labels", "transfer")


class GridSpec(Specification):
    """A grid of temperatures and alphas for one kind of student. Alpha 0 is the control, trained once."""

    task: str = TASK
    teacher: TeacherChoice = TEACHER
    architecture: str = "resnet8"
    width: Width = 1.0
    stem_stride: Stride = 2
    method: str = Field("kd", title="Method", description="One with a temperature and an alpha.")
    labels: Labels = FEW
    transfer: Transfer = "labelled"
    temperatures: Several[Annotated[float, Field(ge=0.1, le=100)]] = Field(
        (0.5, 1.0, 2.0, 4.0, 8.0, 20.0),
        min_length=1,
        title="Temperatures",
        description="A student is trained at each with each alpha.",
    )
    alphas: Several[Annotated[float, Field(ge=0, le=1)]] = Field(
        (0.3, 0.6, 0.9, 1.0),
        min_length=1,
        title="Alphas",
        description="Alpha 0 is the control; it is trained once and comes along by itself.",
    )
    seeds: int = Field(SEEDS, ge=1, le=20, title="Seeds", description="Every cell once for each.")
    budget: Budget = Budget(updates=240, batch_size=125)


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """The shape of a grid: its axes, rising, and the student that all cells share (its T and alpha mean nothing)."""

    temperatures: tuple[float, ...]
    alphas: tuple[float, ...]
    seeds: tuple[int, ...]
    student: Student

    def nearest(self, temperature: float, alpha: float) -> tuple[float, float]:
        """The trained cell next to a setting: temperatures are compared by their ratio."""
        near_T = min(self.temperatures, key=lambda T: max(T / temperature, temperature / T))
        return near_T, min(self.alphas, key=lambda a: abs(a - alpha))


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """The shape of a curve: what changes along it, its places rising (None: all labels), and the transfer sets of its
    students."""

    over: Literal["labels", "width"]
    places: tuple[float | None, ...]
    transfers: tuple[str, ...]


def grid_experiment(sweep: GridSpec, tasks: Tasks = TASKS) -> Experiment:
    """The grid as an experiment; the lab adds the control, which stands for alpha 0.

    Raises: InvalidSetting where the method has no temperature or no alpha, or no cell is left.
    """
    method = METHODS.get(sweep.method)
    if method.temperature is None or method.alpha is None:
        known = ", ".join(
            method.name for method in METHODS if method.temperature is not None and method.alpha is not None
        )
        raise InvalidSetting(
            "the method of a grid",
            expected=said("one with T and alpha ({known})", known),
            got=sweep.method,
            hint="choose it",
        )
    alphas = sorted({alpha for alpha in sweep.alphas if alpha > 0})
    if not alphas:
        raise InvalidSetting("alphas", expected="one above 0", got=list(sweep.alphas), hint="add 0.9")
    shared = sweep.model_dump(include=set(SHARED))
    students = [
        {**shared, "name": f"T {T:g}, alpha {alpha:g}", "temperature": T, "alpha": alpha, "seeds": range(sweep.seeds)}
        for alpha in alphas
        for T in sorted(set(sweep.temperatures))
    ]
    task = tasks.get(sweep.task)
    own, mode = optimiser_of(task), mode_of(task)
    return _experiment(sweep.teacher, students, task=sweep.task, budget=sweep.budget, optimiser=own, mode=mode)


def label_curve() -> Experiment:
    """Control and KD with more and more labels; KD on the labelled images, and on all of them."""
    students = [
        {**SMALL, "name": f"KD, {what}, {count or 'all'} labels", "labels": count, "transfer": transfer}
        for count in LABEL_COUNTS
        for what, transfer in (("same images", "labelled"), ("all images", "all"))
        # With every label the two are one.
        if count is not None or transfer == "labelled"
    ]
    return _experiment(TEACHER, students)


def width_curves() -> tuple[Experiment, Experiment]:
    """KD from a small and from a large teacher into students of four widths: the capacity gap."""
    students = [
        {"architecture": "plain_cnn", "stem_stride": 2, "width": width, "name": f"KD, width {width:g}"}
        | {"labels": FEW, "transfer": "all"}
        for width in WIDTHS
    ]
    return _experiment(SMALL_TEACHER, students), _experiment(TEACHER, students)


def grid_of(experiment: Experiment) -> Grid | None:
    """The grid that an experiment is, or None: every T with every alpha, three cells at least."""
    students = [student for student in experiment.students if student.role == "student"]
    cells = Counter((student.temperature, student.alpha) for student in students)
    temperatures, alphas = ({cell[part] for cell in cells} for part in (0, 1))
    whole = len(cells) == len(students) == len(temperatures) * len(alphas)
    alike = _alike(students, "temperature", "alpha") and None not in temperatures | alphas
    if not whole or not alike or len(students) < FEWEST_POINTS:
        return None
    return Grid(
        temperatures=tuple(sorted(T for T in temperatures if T is not None)),
        alphas=tuple(sorted(alpha for alpha in alphas if alpha is not None)),
        seeds=students[0].seeds,
        student=students[0],
    )


def grid_spec(experiment: Experiment, tasks: Tasks) -> GridSpec | None:
    """The specification that writes such an experiment, or None."""
    grid = grid_of(experiment)
    if grid is None:
        return None
    student = grid.student.model_dump(include=set(SHARED))
    shared = experiment.model_dump(include={"task", "teacher", "budget"})
    axes = {"temperatures": grid.temperatures, "alphas": grid.alphas, "seeds": len(grid.seeds)}
    found = GridSpec.of({**shared, **student, **axes})
    return found if is_alike(grid_experiment(found, tasks), experiment, tasks) else None


def curve_of(experiment: Experiment) -> Curve | None:
    """The curve that an experiment is, or None: students that differ in their labels, or in their width, alone."""
    students = [student for student in experiment.students if student.role == "student"]
    labels, widths = {student.labels for student in students}, {student.width for student in students}
    transfers = tuple(dict.fromkeys(student.transfer for student in students))
    if len(widths) == 1 and len(labels) >= FEWEST_POINTS and _alike(students, "labels", "transfer"):
        places = sorted(labels, key=lambda count: (count is None, count))
        return Curve(over="labels", places=tuple(places), transfers=transfers)
    if len(labels) == 1 and len(widths) >= FEWEST_POINTS and _alike(students, "width"):
        return Curve(over="width", places=tuple(sorted(widths)), transfers=transfers)
    return None


def _alike(students: Sequence[Student], *but: str) -> bool:
    return len({_without(student, *but) for student in students}) == 1


def _without(student: Student, *fields: str) -> str:
    return json.dumps(student.model_dump(mode="json", exclude={"name", *fields}), sort_keys=True)


def _experiment(
    teacher: TeacherChoice,
    students: Sequence[dict[str, Any]],
    *,
    task: str = TASK,
    budget: Budget | None = None,
    optimiser: Optimiser = Optimiser(),  # noqa: B008
    mode: Mode = "cached",
) -> Experiment:
    seeded = [{"seeds": range(SEEDS), **student} for student in students]
    chosen = budget or Budget(updates=480, batch_size=125)
    return Experiment.of(
        {
            "task": task,
            "teacher": teacher.model_dump(),
            "students": [{**student, "seeds": list(student["seeds"])} for student in seeded],
            "budget": chosen.model_dump(),
            "optimiser": optimiser.model_dump(),
            "mode": mode,
        }
    )
