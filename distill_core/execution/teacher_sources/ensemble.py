"""Puts the networks of several teachers together."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from distill_core.execution.teacher_sources.base import LoadedModel, TeacherContext, TeacherLoader
from distill_core.lazy_torch import nn
from distill_core.networks.ensemble import ensemble_of
from distill_core.planning.teacher_sources.base import ResolvedTeacher


def _load(known: ResolvedTeacher, context: TeacherContext) -> LoadedModel:
    """The weights of members that are made here are stored in the ensemble's only."""
    count = len(known.members)
    members = [
        context.load(member, replace(context, part=(place, count), name=f"{context.name} (member {place + 1})")).model
        for place, member in enumerate(known.members)
    ]
    return LoadedModel(model=ensemble_of([cast("nn.Module", member) for member in members]))


LOADER = TeacherLoader(name="ensemble", load=_load)
