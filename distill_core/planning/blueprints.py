"""The network that a specification asks for, for the input and classes of a task."""

from distill_core.networks import Blueprint
from distill_core.spec import Student, TrainedTeacher
from distill_core.tasks import Task


def task_blueprint(network: Student | TrainedTeacher, task: Task) -> Blueprint:
    """The blueprint of a student or a teacher to train, without what compression and its teacher change."""
    return Blueprint(
        architecture=network.architecture,
        classes=len(task.classes),
        input=task.input,
        positions=task.target.positions,
        options=(("width", network.width), ("stem_stride", network.stem_stride)),
    )
