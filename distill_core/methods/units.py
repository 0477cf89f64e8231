"""The units of the loss curves of a run, from the entries of its methods."""

from collections.abc import Iterable

from distill_core.methods.base import Method
from distill_core.methods.sums import ADDED
from distill_core.registry import Registry

# The name of the curve of the weighted sum.
TOTAL = "loss"


def loss_units(methods: Registry[Method], method: str, parts: Iterable[str]) -> dict[str, str]:
    """The unit of each part of a loss, and of their sum where all have the same; parts without a unit are left out.

    ``method`` is the student's own; the parts of an added one are called ``name: part``.
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
