"""The specification of an experiment: frozen, validated, JSON both ways, with a fingerprint.

Ranges and shapes are checked here; names are resolved by the lab, which knows the registries.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from distill_core.specification import Several, Specification, fingerprint, readable


def _no_boolean(stride: object) -> object:
    # To a literal, true is 1.
    if isinstance(stride, bool):
        raise ValueError(f"expected 1 or 2, got {str(stride).lower()}; change it")
    return stride


Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), AfterValidator(readable)]
Width = Annotated[float, Field(ge=0.1, le=4.0)]
Stride = Annotated[Literal[1, 2], BeforeValidator(_no_boolean)]
Precision = Literal["auto", "float32", "bfloat16"]
# Events and curves of a teacher that is trained first are filed under this name.
TEACHER_NAME = "teacher"
MOST_RUNS = 400
# T as sliders and sweeps offer it, evenly spaced on a logarithmic scale: Renard's series R10 (ISO 3).
TEMPERATURES = (
    *(0.5, 0.63, 0.8, 1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0),
    *(6.3, 8.0, 10.0, 12.5, 16.0, 20.0, 25.0, 31.5, 40.0, 50.0),
)


class Budget(Specification):
    """Optimiser updates and batch size, the same for every member of an experiment."""

    updates: int = Field(480, ge=1, le=200_000, description="optimiser updates")
    batch_size: int = Field(125, ge=2, le=1024, description="images a batch")


class Optimiser(Specification):
    """SGD with Nesterov momentum; linear warm-up, then a cosine to zero. Tuned for the control on validation."""

    learning_rate: float = Field(0.2, gt=0, le=10, description="highest learning rate")
    weight_decay: float = Field(5e-3, ge=0, le=1)
    momentum: float = Field(0.9, ge=0, lt=1)
    warmup_fraction: float = Field(0.1, ge=0, le=0.9, description="share of the updates with a rising rate")


class ShippedTeacher(Specification):
    """A trained teacher from ``assets/teachers``."""

    kind: Literal["shipped"] = "shipped"
    name: Name


class StoredTeacher(Specification):
    """A finished run of this lab."""

    kind: Literal["run"] = "run"
    run: Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")]


class TrainedTeacher(Specification):
    """A network that is trained on all labels first, once, and then kept."""

    kind: Literal["train"] = "train"
    architecture: Name
    width: Width = 1.0
    stem_stride: Stride = 1
    budget: Budget = Budget()
    # A long training on all labels wants less decay than a short one on few.
    optimiser: Optimiser = Optimiser(learning_rate=0.1, weight_decay=5e-4)
    seed: Seed = 0


MemberChoice = Annotated[ShippedTeacher | StoredTeacher | TrainedTeacher, Field(discriminator="kind")]


class EnsembleTeacher(Specification):
    """Several teachers that answer as one, with the mean of their probabilities."""

    kind: Literal["ensemble"] = "ensemble"
    members: Several[MemberChoice] = Field(min_length=2, max_length=5)

    @model_validator(mode="after")
    def _distinct_members(self) -> Self:
        if len({fingerprint(member) for member in self.members}) < len(self.members):
            raise ValueError("members: expected each once, got one twice; remove it, or choose another one")
        return self


TeacherChoice = Annotated[
    ShippedTeacher | StoredTeacher | TrainedTeacher | EnsembleTeacher, Field(discriminator="kind")
]


class AddedMethod(Specification):
    """A method that comes on top of a student's own: its term that asks the teacher, without the one for labels."""

    method: Name
    weight: float = Field(
        1.0, gt=0, le=1000, description="times the weight that its term has alone (KD's with alpha 1)"
    )
    temperature: float | None = Field(None, ge=0.1, le=100, description="T; None: the method's default")
    parameters: Mapping[str, float] = Field(default_factory=dict, description="the method's own parameters")
    standardize: bool = Field(False, exclude_if=lambda value: not value, description="as a student's")


class Change(Specification):
    """One step of compression, by its name among the steps."""

    step: Name
    parameters: Mapping[str, float] = Field(default_factory=dict, description="the step's own numbers")
    choices: Mapping[str, str] = Field(default_factory=dict, description="the step's own choices")


class Start(Specification):
    """Where a student's network comes from, seed by seed: the teacher, or another student once that is finished."""

    source: Name
    change: Change | None = Field(None, description="what is done to that network first")


class CorruptionSpec(Specification):
    """What has happened to every image that a student sees."""

    corruption: Name
    severity: int = Field(3, ge=1, le=5)


class Student(Specification):
    """One row of a comparison: architecture, method, the data it may see, and its seeds (one run each)."""

    name: Name
    architecture: Name
    width: Width = 1.0
    stem_stride: Stride = 1
    method: Name = "kd"
    temperature: float | None = Field(None, ge=0.1, le=100, description="T; None: the method's default")
    alpha: float | None = Field(None, ge=0, le=1, description="weight of KD's soft term; None: the method's default")
    parameters: Mapping[str, float] = Field(default_factory=dict, description="the method's own parameters")
    # Left out where they say nothing, so that a specification from before there were such fields keeps its fingerprint.
    standardize: bool = Field(
        False, exclude_if=lambda value: not value, description="compare logits after each row was standardised"
    )
    also: Several[AddedMethod] = Field(
        (), max_length=3, exclude_if=lambda value: not value, description="methods on top of the student's own"
    )
    labels: int | None = Field(None, ge=1, description="training images with their label; None: all")
    transfer: Literal["labelled", "all"] = "labelled"
    missing_class: Name | None = Field(
        None, exclude_if=lambda value: value is None, description="a class of which the student never sees an image"
    )
    taught_by: Name | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="another student of the experiment, which teaches instead of its teacher",
    )
    start: Start | None = Field(
        None, exclude_if=lambda value: value is None, description="the network that it starts as; None: random weights"
    )
    untrained: bool = Field(
        False, exclude_if=lambda value: not value, description="it stays as its start left it, and is judged so"
    )
    int8_aware: bool = Field(
        False, exclude_if=lambda value: not value, description="weights and activations have 8 bits while it trains"
    )
    scene: CorruptionSpec | None = Field(
        None, exclude_if=lambda value: value is None, description="what has happened to all images that it sees"
    )
    seeds: Several[Seed] = Field((0,), min_length=1, max_length=20)
    role: Literal["student", "control"] = "student"

    @model_validator(mode="after")
    def _distinct_seeds(self) -> Self:
        if len(set(self.seeds)) != len(self.seeds):
            raise ValueError(f"seeds: expected each once, got {list(self.seeds)}; remove the repeated ones")
        return self

    @model_validator(mode="after")
    def _distinct_methods(self) -> Self:
        names = [self.method, *(one.method for one in self.also)]
        if len(set(names)) != len(names):
            raise ValueError(f"also: expected each method once, got {', '.join(names)}; remove the repeated ones")
        return self


class Experiment(Specification):
    """One task, one teacher, a budget, and a cohort of students. The lab adds the controls."""

    task: Name
    teacher: TeacherChoice
    students: Several[Student] = Field(min_length=1, max_length=200)
    budget: Budget = Budget()
    optimiser: Optimiser = Optimiser()
    views: int = Field(8, ge=1, le=64, description="V: crops and flips stored of each image, in cached mode")
    mode: Literal["cached", "consistent"] = "cached"
    data_seed: Seed = 0
    precision: Precision = "auto"

    @model_validator(mode="after")
    def _distinct_students(self) -> Self:
        names = [student.name for student in self.students]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"students: expected a name each, got {', '.join(repeated)} more than once; rename one")
        if TEACHER_NAME in names:
            raise ValueError(f"students: expected other names than the teacher's, got {TEACHER_NAME}; rename it")
        return self

    @model_validator(mode="after")
    def _taught(self) -> Self:
        by_name = {student.name: student for student in self.students}
        for student in self.students:
            _check_taught(student, by_name)
            _check_started(student, by_name)
        for student in self.students:
            dependencies(student, self.students)
        return self

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        runs = sum(len(student.seeds) for student in self.students)
        if runs > MOST_RUNS:
            raise ValueError(f"students times seeds: expected at most {MOST_RUNS} runs, got {runs}; split it in two")
        return self


def direct_dependencies(student: Student) -> tuple[str, ...]:
    """The names of the students who have to be finished first: who teaches it, and the one that it starts as."""
    started = student.start.source if student.start and student.start.source != TEACHER_NAME else None
    return tuple(dict.fromkeys(name for name in (student.taught_by, started) if name is not None))


def dependencies(student: Student, students: Sequence[Student]) -> tuple[Student, ...]:
    """Everybody who has to be finished before a student, in an order in which they can be; empty where it needs the
    teacher of the experiment alone. Raises ValueError where they wait for each other in a circle."""
    by_name = {one.name: one for one in students}
    found: dict[str, Student] = {}

    def visit(one: Student, waiting: tuple[str, ...]) -> None:
        if one.name in found:
            return
        if one.name in waiting:
            names = " after ".join(repr(name) for name in (*waiting[waiting.index(one.name) :], one.name))
            raise ValueError(
                "students: expected a first one that needs nobody but the experiment's teacher, got a circle "
                f"({names}); leave taught_by or start out for one of them"
            )
        for name in direct_dependencies(one):
            visit(by_name[name], (*waiting, one.name))
        found[one.name] = one

    visit(student, ())
    return tuple(found.values())[:-1]


def _check_taught(student: Student, students: Mapping[str, Student]) -> None:
    if student.taught_by is None:
        return
    above = students.get(student.taught_by)
    if above is None or "control" in (above.role, student.role):
        got = "nobody of this name" if above is None else "a control"
        raise ValueError(
            f"{student.name!r} taught by {student.taught_by!r}: expected two students of this experiment, got {got}; "
            "choose another student, or leave taught_by out, then the teacher teaches"
        )
    _check_seeds(student, above, "whom it teaches seed by seed")


def _check_started(student: Student, students: Mapping[str, Student]) -> None:
    start = student.start
    if student.untrained and start is None:
        raise ValueError(
            f"{student.name!r} untrained: expected a network to start as, got none; name one under start, or train it"
        )
    if start is None or start.source == TEACHER_NAME:
        return
    above = students.get(start.source)
    if above is None:
        raise ValueError(
            f"{student.name!r} starts as {start.source!r}: expected {TEACHER_NAME!r} or a student of this experiment, "
            "got nobody of this name; choose another one"
        )
    _check_seeds(student, above, "which starts as it seed by seed")


def _check_seeds(student: Student, above: Student, why: str) -> None:
    lacking = sorted(set(student.seeds) - set(above.seeds))
    if lacking:
        raise ValueError(
            f"seeds of {above.name!r}: expected all of {student.name!r}, {why}, "
            f"got none of {lacking}; add them there, or remove them here"
        )
