"""Loaders of teachers: a file a kind, as in ``planning/teacher_sources``."""

from distill_core.execution.teacher_sources import ensemble, shipped, stored, trained
from distill_core.execution.teacher_sources.base import LoadedModel, TeacherContext, TeacherLoader
from distill_core.registry import Registry

__all__ = ["TEACHER_LOADERS", "LoadedModel", "TeacherContext", "TeacherLoader"]

TEACHER_LOADERS = Registry[TeacherLoader]("kind of teacher")
for module in (shipped, stored, trained, ensemble):
    TEACHER_LOADERS.add(module.LOADER)
