"""Reads teachers that ship with the lab."""

from distill_core.assets import read_asset
from distill_core.execution.teacher_sources.base import LoadedModel, TeacherContext, TeacherLoader
from distill_core.networks.weights import from_bytes
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.planning.teacher_sources.shipped import shipped_manifest
from distill_core.spec import ShippedTeacher


def _load(known: ResolvedTeacher, _context: TeacherContext) -> LoadedModel:
    assert isinstance(known.choice, ShippedTeacher)
    assert known.blueprint is not None
    manifest = shipped_manifest(known.choice.name)
    recipe = manifest.details["recipe"]
    return LoadedModel(
        model=from_bytes(known.blueprint, read_asset("teachers", manifest)),
        updates=recipe["budget"]["updates"],
        seconds=manifest.measured["seconds"],
        seed=recipe["seed"],
    )


LOADER = TeacherLoader(name="shipped", load=_load)
