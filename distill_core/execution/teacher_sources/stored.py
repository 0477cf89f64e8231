"""Reads finished runs as teachers."""

from distill_core.execution.teacher_sources.base import LoadedModel, TeacherContext, TeacherLoader
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes
from distill_core.planning.teacher_sources import ResolvedTeacher
from distill_core.spec import StoredTeacher


def _load(known: ResolvedTeacher, context: TeacherContext) -> LoadedModel:
    assert isinstance(known.choice, StoredTeacher)
    run = context.store.run(known.choice.run)
    return LoadedModel(model=from_bytes(blueprint_of(run), context.store.read_artifact(run.id, "weights")))


LOADER = TeacherLoader(name="run", load=_load)
