"""What a user may ask for: the specification of an experiment, frozen, validated, JSON both ways, no torch."""

from distill_core.spec.base import MOST_BYTES, InvalidSpecification, Problem, Several, Specification, fingerprint
from distill_core.spec.experiment import Device, Experiment, Precision, dependencies
from distill_core.spec.fields import Budget, Labels, Name, Optimiser, Stride, Transfer, Width
from distill_core.spec.student import TEMPERATURES, AddedMethod, Change, CorruptionSpec, Start, Student
from distill_core.spec.teacher import (
    TEACHER_NAME,
    EnsembleTeacher,
    ShippedTeacher,
    StoredTeacher,
    TeacherChoice,
    TeacherSpec,
    TrainedTeacher,
    choice_of_key,
    teacher_kind,
)

__all__ = [
    "MOST_BYTES",
    "TEACHER_NAME",
    "TEMPERATURES",
    "AddedMethod",
    "Budget",
    "Change",
    "CorruptionSpec",
    "Device",
    "EnsembleTeacher",
    "Experiment",
    "InvalidSpecification",
    "Labels",
    "Name",
    "Optimiser",
    "Precision",
    "Problem",
    "Several",
    "ShippedTeacher",
    "Specification",
    "Start",
    "StoredTeacher",
    "Stride",
    "Student",
    "TeacherChoice",
    "TeacherSpec",
    "TrainedTeacher",
    "Transfer",
    "Width",
    "choice_of_key",
    "dependencies",
    "fingerprint",
    "teacher_kind",
]
