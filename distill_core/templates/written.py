"""Whether a template writes an experiment that is there: then its form can make another one like it."""

import json
from collections.abc import Mapping
from typing import Any

from distill_core.errors import DistillError
from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import Experiment, Student
from distill_core.tasks import Tasks


def is_alike(experiment: Experiment, other: Experiment, tasks: Tasks) -> bool:
    """Whether both train the same students in the same way, whatever these are called, and on whatever device."""
    try:
        return _said(resolve_experiment(experiment, tasks)) == _said(resolve_experiment(other, tasks))
    except DistillError:
        return False


def _said(experiment: Experiment) -> tuple[dict[str, Any], list[str]]:
    """What all share, and each student. One that starts as another, or is taught by it, holds it instead of its name:
    a stage of a chain is called after its step, whose title may have been another one."""
    named = {student.name: student for student in experiment.students}
    taught = [_whole(student, named) for student in experiment.students if student.role == "student"]
    shared = experiment.model_dump(mode="json", exclude={"students", "precision", "device"})
    return shared, sorted(json.dumps(student, sort_keys=True) for student in taught)


def _whole(student: Student, named: Mapping[str, Student]) -> dict[str, Any]:
    said = student.model_dump(mode="json", exclude={"name"})
    source = named.get((student.start and student.start.student) or "")
    teacher = named.get(student.taught_by or "")
    if source:
        said["start"]["source"] = _whole(source, named)
    if teacher:
        said["taught_by"] = _whole(teacher, named)
    return said
