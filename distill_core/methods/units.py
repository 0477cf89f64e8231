"""What the curves of a training are measured in: each method says so of the parts of its loss."""

from collections.abc import Iterable

from distill_core.methods.base import Method
from distill_core.methods.sums import ADDED
from distill_core.registry import Registry

# How the curve of the weighted sum is called.
TOTAL = "loss"


def loss_units(methods: Registry[Method], method: str, parts: Iterable[str]) -> dict[str, str]:
    """The unit of each part of a loss, and of the sum where all its parts have the same; what has none is left out.

    ``method`` is the student's own; parts of one on top of it are called ``name: part``.
    """
    known = {part: _unit(methods, method, part) for part in parts if part != TOTAL}
    together = set(known.values())
    if len(together) == 1:
        known[TOTAL] = together.pop()
    return {part: unit for part, unit in known.items() if unit}


def _unit(methods: Registry[Method], own: str, part: str) -> str | None:
    name, joint, rest = part.partition(ADDED)
    if not joint:
        name, rest = own, part
    return methods.get(name).units.get(rest) if name in methods else None
