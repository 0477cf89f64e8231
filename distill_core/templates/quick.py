"""A comparison on own pictures or scenes that ends in about a minute, its teacher included, on two cores."""

from distill_core.spec import Budget, Experiment, TrainedTeacher
from distill_core.tasks import Task

__all__ = ["QUICK", "QUICK_SCENES", "quick"]

QUICK, QUICK_SCENES = Budget(updates=250, batch_size=64), Budget(updates=150, batch_size=16)


def quick(first: Experiment, task: Task) -> Experiment:
    """The comparison that a task begins with, with fewer and smaller updates of the teacher, where that is trained
    first, and of the students; a task of one label an example with a comparison of its own keeps that."""
    if task.default is not None and not task.target.positions:
        return first
    budget, teacher = QUICK_SCENES if task.target.positions else QUICK, first.teacher
    if isinstance(teacher, TrainedTeacher):
        teacher = teacher.model_copy(update={"budget": budget})
    return first.model_copy(update={"teacher": teacher, "budget": budget})
