"""What can be learnt: one file a source, one line here."""

from distill_core.registry import Registry
from distill_core.tasks import digits, fashion_mnist
from distill_core.tasks.base import IGNORE, Dataset, InputSpec, Split, TargetSpec, Task, TaskData, null_sink
from distill_core.tasks.pixels import normalised
from distill_core.tasks.splits import load_task, stratified

__all__ = [
    "IGNORE",
    "TASKS",
    "Dataset",
    "InputSpec",
    "Split",
    "TargetSpec",
    "Task",
    "TaskData",
    "load_task",
    "normalised",
    "null_sink",
    "stratified",
]

TASKS: Registry[Task] = Registry("task")
TASKS.add(*fashion_mnist.ENTRIES)
TASKS.add(*digits.ENTRIES)
