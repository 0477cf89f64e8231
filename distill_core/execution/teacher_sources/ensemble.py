"""Puts the networks of several teachers together."""

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from distill_core.execution.teacher_sources.base import LoadedModel, TeacherContext, TeacherLoader
from distill_core.networks.ensemble import ensemble_of
from distill_core.networks.weights import from_bytes
from distill_core.planning.teacher_sources import ResolvedTeacher

if TYPE_CHECKING:
    from torch import nn


def _load(known: ResolvedTeacher, context: TeacherContext) -> LoadedModel:
    count = len(known.members)
    members = [
        _member(member, replace(context, part=(place, count), name=f"{context.name} (member {place + 1})"))
        for place, member in enumerate(known.members)
    ]
    return LoadedModel(model=ensemble_of(members))


def _member(known: ResolvedTeacher, context: TeacherContext) -> "nn.Module":
    """The network of a member: read where its run is stored, else loaded or trained; its weights are stored in the
    ensemble's only."""
    run = context.store.whole_runs([known.fingerprint]).get(known.fingerprint)
    if run is not None and known.blueprint is not None:
        return from_bytes(known.blueprint, context.store.read_artifact(run.id, "weights"))
    return cast("nn.Module", context.load(known, context).model)  # every member has a blueprint


LOADER = TeacherLoader(name="ensemble", load=_load)
