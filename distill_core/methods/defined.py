"""Where a method is defined: for which examples and targets, and for which networks. Free of torch.

What a pair of networks has to be like beyond that (equal batches, squares of tokens) tells ``Method.check``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from distill_core.methods.base import Method
from distill_core.networks.base import Architecture
from distill_core.tasks.base import InputSpec, TargetSpec

Why = Literal["mixing", "positions", "embedding", "maps"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Undefined:
    """Why a method is not defined: "mixing" where the examples are ids, of which no mixture is one; "positions" where
    they have one label each, and the method compares positions; "embedding" where they have a label at each position,
    and networks no embedding of a whole example; "maps" where ``network`` (a title) has no stages that are maps, as
    another network for these examples may."""

    why: Why
    network: str = ""


def can_be_mixed(given: InputSpec) -> bool:
    """Whether a mixture of two examples is an example: that of two ids is none."""
    return given.dtype == "float32"


def _fits_adapter(student: Architecture, given: InputSpec) -> bool:
    """Whether a student ends in a map, or in tokens that make a square, which the adapter to a teacher's head takes."""
    tokens = given.shape[0]
    whole = given.is_image or math.isqrt(tokens) ** 2 == tokens
    return student.stages == "maps" or (student.stages == "tokens" and whole)


def undefined_for(method: Method, given: InputSpec, target: TargetSpec) -> Undefined | None:
    """Why a method is not defined for examples of this form with these targets, whatever the networks; None where
    nothing of that kind stands in its way."""
    if method.uses_mixup and not can_be_mixed(given):
        return Undefined(why="mixing")
    if method.needs_positions and not target.positions:
        return Undefined(why="positions")
    return Undefined(why="embedding") if method.reads_embedding and target.positions else None


def undefined(
    method: Method, given: InputSpec, target: TargetSpec, networks: Sequence[Architecture]
) -> Undefined | None:
    """The same with these networks, student and teacher.

    A teacher that is no single network has no entry among them; ``Method.check`` refuses it for features.
    """
    if found := undefined_for(method, given, target):
        return found
    # The tokens of an image lie in a square, and so make a map.
    bare = (one for one in networks if one.stages == "none" or (one.stages == "tokens" and not given.is_image))
    network = next(bare, None) if method.reads_maps else None
    if method.reuses_teacher_head and networks and not _fits_adapter(networks[0], given):
        network = networks[0]
    return Undefined(why="maps", network=network.title) if network else None
