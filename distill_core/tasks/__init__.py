"""Tasks: one file for each source, one line in ``catalog``."""

from distill_core.tasks.base import (
    IGNORE,
    Dataset,
    InputSpec,
    Kind,
    OfficialTest,
    Split,
    TargetSpec,
    Task,
    TaskData,
    null_sink,
)
from distill_core.tasks.catalog import TASKS, TaskCatalog, Tasks
from distill_core.tasks.images import normalised
from distill_core.tasks.splits import class_ranks, load_task, stratified

__all__ = [
    "IGNORE",
    "TASKS",
    "Dataset",
    "InputSpec",
    "Kind",
    "OfficialTest",
    "Split",
    "TargetSpec",
    "Task",
    "TaskCatalog",
    "TaskData",
    "Tasks",
    "class_ranks",
    "load_task",
    "normalised",
    "null_sink",
    "stratified",
]
