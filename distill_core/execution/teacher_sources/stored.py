"""Reads finished runs as teachers."""

from typing import cast

from distill_core.execution.teacher_sources.base import LoadedModel, TeacherContext, TeacherLoader
from distill_core.networks import Blueprint
from distill_core.networks.weights import from_bytes
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.spec import StoredTeacher


def _load(known: ResolvedTeacher, context: TeacherContext) -> LoadedModel:
    choice, blueprint = cast(StoredTeacher, known.choice), cast(Blueprint, known.blueprint)
    return LoadedModel(model=from_bytes(blueprint, context.store.read_artifact(choice.run, "weights")))


LOADER = TeacherLoader(name="run", load=_load)
