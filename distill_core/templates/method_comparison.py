"""A race: methods at their defaults, the same student, plain KD and the control beside them."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from distill_core.methods import CONTROL_METHOD, METHODS, Method
from distill_core.spec import Budget, Experiment, Several, Specification, Stride, Student, TeacherChoice
from distill_core.templates.presets import FEW, TASK, TEACHER

KD = "kd"
MOST_METHODS, MOST_SEEDS = 6, 5


class MethodComparison(Specification):
    """One to six methods beside KD. The student, its labels and its images are those of the default comparison."""

    methods: Several[str] = Field(min_length=1, max_length=MOST_METHODS)
    task: str = TASK
    teacher: TeacherChoice = TEACHER
    architecture: str = "resnet8"
    width: float = 1.0
    stem_stride: Stride = 2
    labels: int | None = FEW
    transfer: Literal["labelled", "all"] = "labelled"
    seeds: Annotated[int, Field(ge=1, le=MOST_SEEDS)] = 3
    budget: Budget = Budget(updates=240, batch_size=125)


def comparable_methods() -> tuple[Method, ...]:
    """Who can be raced: every method but KD and the control's, which always run along, and those that need peers, or
    mixtures that the others do not see."""
    return tuple(
        method
        for method in METHODS
        if method.name not in (KD, CONTROL_METHOD) and not method.mutual and not method.uses_mixup
    )


def comparison_experiment(race: MethodComparison) -> Experiment:
    """The race as an experiment; the lab adds the control. Raises UnknownName, InvalidSetting."""
    student = race.model_dump(include={"architecture", "width", "stem_stride", "labels", "transfer"})
    raced = dict.fromkeys(name for name in race.methods if name not in (KD, CONTROL_METHOD))
    students = [
        {**student, "name": METHODS.get(name).title, "method": name, "seeds": range(race.seeds)}
        for name in (KD, *raced)
    ]
    shared = race.model_dump(include={"task", "teacher", "budget"})
    return Experiment.of({**shared, "students": students})


def table_experiment(transfer: Literal["labelled", "all"], seeds: int) -> Experiment:
    """Every method at its defaults in one race, for the default comparison's student and budget; those that need a peer
    have one."""
    race = MethodComparison(methods=(KD,), transfer=transfer, budget=Budget(updates=480, batch_size=125))
    first = comparison_experiment(race).students[0].model_dump(exclude={"name", "method", "seeds"})
    own = [
        {**first, "name": method.title, "method": method.name, "seeds": range(seeds)}
        for method in METHODS
        if method.name != CONTROL_METHOD and not method.uses_mixup
    ]
    peers = [
        {**one, "name": f"{one['name']}, the peer", "parameters": {"initial": 1.0}}
        for one in own
        if METHODS.get(one["method"]).mutual
    ]
    return Experiment.of({**race.model_dump(include={"task", "teacher", "budget"}), "students": [*own, *peers]})


def is_method_comparison(experiment: Experiment) -> bool:
    """Whether students differ in their methods alone, all of which can be raced, and plain KD is one of several."""
    students = [student for student in experiment.students if student.role == "student"]
    methods = {student.method for student in students}
    raced = methods <= {KD, *(method.name for method in comparable_methods())}
    return KD in methods and raced and len(methods) == len(students) > 1 and _alike(students)


def reference_student(experiment: Experiment) -> str:
    """The name of plain KD in a comparison of methods."""
    return next(student.name for student in experiment.students if student.method == KD)


def _alike(students: Sequence[Student]) -> bool:
    own = ("name", "method", "temperature", "alpha", "parameters")
    first, *others = (student.model_dump(exclude=set(own)) for student in students)
    return all(other == first for other in others)
