"""A small comparison that trains in seconds, shared by the tests of the pipeline, the lab and the pages."""

import functools

from distill_core.experiment import Budget, Experiment, Student, TrainedTeacher
from distill_core.export import measure

__all__ = ["QUICK_TIMER", "experiment", "student"]

QUICK_TIMER = functools.partial(measure, warmup_runs=1, warmup_seconds=0.0, runs=5, seconds=0.0)


def student(name: str = "KD", **changes: object) -> Student:
    return Student.model_validate(
        {"name": name, "architecture": "plain_cnn", "width": 0.5, "labels": 100, "seeds": (0,), **changes}
    )


def experiment(*students: Student, updates: int = 8, **changes: object) -> Experiment:
    chosen = students or (student(), student("KD, all", transfer="all"))
    return Experiment.model_validate(
        {
            "task": "digits",
            "teacher": TrainedTeacher(architecture="plain_cnn", budget=Budget(updates=30, batch_size=32)).model_dump(),
            "students": [one.model_dump() for one in chosen],
            "budget": {"updates": updates, "batch_size": 16},
            **changes,
        }
    )
