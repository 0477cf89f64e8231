"""Revisions: a fingerprint covers the code that makes a result, so that a mended loss is not answered by old runs."""

from collections.abc import Iterable

from distill_core.compression import CompressionStep
from distill_core.methods import Method
from distill_core.networks import Blueprint, entry_of
from distill_core.planning.loop import LOOP_REVISION


def revisions(
    blueprints: Iterable[Blueprint] = (),
    methods: Iterable[Method] = (),
    step: CompressionStep | None = None,
    *,
    loop: bool = True,
) -> list[object]:
    """Parts for a fingerprint: the revisions of these networks, methods and step, and of the loop that trains.

    First revisions are left out, and without another one there is no part at all: what was filed before there were
    revisions keeps its fingerprint.
    """
    current = all_revisions(blueprints, methods, [step] if step else [], loop=loop)
    later = {name: revision for name, revision in current.items() if revision != 1}
    return ["revisions", later] if later else []


def all_revisions(
    blueprints: Iterable[Blueprint], methods: Iterable[Method], steps: Iterable[CompressionStep], *, loop: bool = True
) -> dict[str, int]:
    """The revision of each network, method and step, and of the loop that trains, by its kind and name."""
    names = {name for blueprint in blueprints for name in _architectures(blueprint)}
    current = {f"architecture {name}": entry_of(name).revision for name in names}
    current |= {f"method {method.name}": method.revision for method in methods}
    current |= {f"step {step.name}": step.revision for step in steps}
    return current | ({"loop": LOOP_REVISION} if loop else {})


def _architectures(blueprint: Blueprint) -> set[str]:
    """Its own architecture, those of its members, and that of a reused teacher's head."""
    inner = [*blueprint.members, *([blueprint.teacher_head] if blueprint.teacher_head else [])]
    return {blueprint.architecture}.union(*map(_architectures, inner))
