"""The specification of an experiment.

Ranges and shapes are checked here; names are resolved by planning, which knows the registries.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from distill_core.errors import Names, said
from distill_core.spec.base import Several, Specification
from distill_core.spec.fields import Budget, Name, Optimiser, Seed
from distill_core.spec.student import RUN_KEY, Student
from distill_core.spec.teacher import TEACHER_NAME, TeacherChoice

Precision = Literal["auto", "float32", "bfloat16"]
Device = Literal["auto", "cpu", "cuda", "mps"]
MOST_RUNS = 400


class Experiment(Specification):
    """One task, one teacher, a budget, and a cohort of students. The lab adds the controls."""

    task: Name = Field(title="Task", description="The data, and what is to be told of them.")
    teacher: TeacherChoice = Field(title="Teacher", description="The network, or several, from which students learn.")
    students: Several[Student] = Field(min_length=1, max_length=200, title="Students")
    budget: Budget = Budget()
    optimiser: Optimiser = Optimiser()
    views: int = Field(
        8,
        ge=1,
        le=64,
        title="Augmented views per example",
        description="V: changed forms of each example, as crops and flips of an image, of which the teacher's outputs "
        "are stored, in cached mode.",
    )
    mode: Literal["cached", "consistent"] = Field(
        "cached",
        title="Teacher outputs",
        description="Precomputed: the teacher answers once for a fixed number of augmented views of each example. Per "
        "batch: fresh views, and the teacher runs at every batch.",
    )
    data_seed: Seed = Field(
        0, title="Data seed", description="Draws which examples have labels, and their augmented views."
    )
    precision: Precision = Field(
        "auto", title="Precision", description="Auto is bfloat16 where the processor really has it, else float32."
    )
    device: Device = Field(
        "auto",
        exclude_if=lambda value: value == "auto",
        title="Device",
        description="Auto is a graphics card where torch finds one. The CPU is the reference: results of another "
        "device are filed apart.",
    )

    @model_validator(mode="after")
    def _distinct_students(self) -> Self:
        names = [student.name for student in self.students]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(
                said("students: expected a name each, got {repeated} more than once; rename one", Names(repeated))
            )
        if TEACHER_NAME in names:
            raise ValueError(
                said("students: expected other names than the teacher's, got {teacher_name}; rename it", TEACHER_NAME)
            )
        keys = [name for name in names if RUN_KEY.fullmatch(name)]
        if keys:
            raise ValueError(
                said("students: expected other names than keys of runs, got {keys}; rename them", Names(keys))
            )
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
            raise ValueError(
                said("students times seeds: expected at most {most} runs, got {runs}; split it in two", MOST_RUNS, runs)
            )
        return self


def direct_dependencies(student: Student) -> tuple[str, ...]:
    """The names of the students that a student needs finished: its teacher and its source."""
    started = student.start.student if student.start else None
    return tuple(dict.fromkeys(name for name in (student.taught_by, started) if name is not None))


def dependencies(student: Student, students: Sequence[Student]) -> tuple[Student, ...]:
    """All students that have to be finished before ``student``, sorted topologically. Raises ValueError for a cycle."""
    by_name = {other.name: other for other in students}
    finished: dict[str, Student] = {}

    def visit(name: str, waiting: tuple[str, ...]) -> None:
        if name in finished:
            return
        if name in waiting:
            cycle = " after ".join(map(repr, (*waiting[waiting.index(name) :], name)))
            raise ValueError(
                said(
                    "students: expected no cycle of dependencies, got a cycle ({cycle}); leave taught_by or start out "
                    "for one of them",
                    cycle,
                )
            )
        for needed in direct_dependencies(by_name[name]):
            visit(needed, (*waiting, name))
        finished[name] = by_name[name]

    visit(student.name, ())
    return tuple(finished.values())[:-1]


def _check_taught(student: Student, students: Mapping[str, Student]) -> None:
    if student.taught_by is None:
        return
    teacher = students.get(student.taught_by)
    if teacher is None or "control" in (teacher.role, student.role):
        got = "an unknown name" if teacher is None else "a control"
        raise ValueError(
            said(
                "{student!r} taught by {taught_by!r}: expected two students of this experiment, got {got}; choose "
                "another student, or leave taught_by out, then the teacher teaches",
                student.name,
                student.taught_by,
                got,
            )
        )
    _check_seeds(student, teacher, "which it teaches seed by seed")


def _check_started(student: Student, students: Mapping[str, Student]) -> None:
    start = student.start
    if student.untrained and start is None:
        raise ValueError(
            said(
                "{student!r} untrained: expected a network to start as, got none; name one under start, or train it",
                student.name,
            )
        )
    if start is None or start.student is None:
        return
    source = students.get(start.student)
    if source is None:
        key = start.source.startswith("run:")
        got = "other signs or another length than run: and 8 to 64 of 0-9 and a-f" if key else "an unknown name"
        raise ValueError(
            said(
                "{student!r} starts as {source!r}: expected {teacher_name!r}, a student of this experiment or the key "
                "of a run, got {got}; choose another one",
                student.name,
                start.source,
                TEACHER_NAME,
                got,
            )
        )
    _check_seeds(student, source, "which starts as it seed by seed")


def _check_seeds(student: Student, needed: Student, why: str) -> None:
    lacking = sorted(set(student.seeds) - set(needed.seeds))
    if lacking:
        raise ValueError(
            said(
                "seeds of {needed!r}: expected all of {student!r}, {why}, got none of {lacking}; add them there, or "
                "remove them here",
                needed.name,
                student.name,
                why,
                lacking,
            )
        )
