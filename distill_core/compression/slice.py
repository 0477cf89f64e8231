"""Weight selection: a small network starts as a slice of a large one.

Source: Xu et al. 2024 (arXiv:2311.18823), section 3, and its reference code.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from distill_core.compression.base import CompressionStep, Settings, StepInput, StepResult
from distill_core.compression.build import on_meta, with_state
from distill_core.compression.preconditions import one_network, own_head, refused
from distill_core.errors import said
from distill_core.lazy_torch import Tensor, torch
from distill_core.networks import Blueprint, entry_of

TITLE = "Slice"
DO = "choose a smaller network of the source's own family"


def evenly(many: int, few: int) -> list[int]:
    """``few`` indices of ``many``, evenly spaced: each k-th from 0 where it divides, else from first to last."""
    if many % few == 0:
        return list(range(0, many, many // few))
    # few is 2 at least: 1 divides everything.
    return [round(place * (many - 1) / (few - 1)) for place in range(few)]


def sliced(state: Mapping[str, Tensor], shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Each tensor with evenly spaced indices along each dimension, so that it has its shape of ``shapes``."""
    chosen = {}
    for name, shape in shapes.items():
        tensor = state[name]
        for dimension, few in enumerate(shape):
            indices = torch.tensor(evenly(tensor.shape[dimension], few), device=tensor.device)
            tensor = tensor.index_select(dimension, indices)
        chosen[name] = tensor
    return chosen


def _apply(material: StepInput, settings: Settings) -> StepResult:
    chosen = sliced(material.network.state_dict(), _shapes(material.target))
    network = with_state(material.target, chosen)
    kept = sum(weight.numel() for weight in network.parameters())
    all_of_it = sum(weight.numel() for weight in material.network.parameters())
    return StepResult(network=network, blueprint=material.target, notes={"parameters_share": kept / all_of_it})


def _check(source: Blueprint, target: Blueprint, settings: Settings) -> None:
    for blueprint in (source, target):
        one_network(TITLE, blueprint)
        own_head(TITLE, blueprint)
    sizes = [(*blueprint.input.shape, blueprint.classes) for blueprint in (source, target)]
    if sizes[0] != sizes[1]:
        raise refused(TITLE, said("input and classes of the source, {sizes}", sizes[0]), sizes[1], DO)
    source_shapes = _shapes(source)
    for name, shape in _shapes(target).items():
        if name not in source_shapes:
            got = said("{target}, whose {name} the source does not have", _title(target), name)
            raise refused(TITLE, said("a network that is a part of {source}", _title(source)), got, DO)
        if not _is_part(shape, source_shapes[name]):
            got = said(
                "{target}, whose {name} is {times}, not within {within}",
                _title(target),
                name,
                _times(shape),
                _times(source_shapes[name]),
            )
            raise refused(TITLE, said("a network that is a part of {source}", _title(source)), got, DO)


def _is_part(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    """Whether only channels become fewer; kernel positions and tokens must be equal, since each has its own place."""
    if len(small) != len(large):
        return False
    # Three dimensions are the places of tokens (1, tokens, features), or a kernel of one dimension.
    channels = {2} if len(small) == 3 and small[0] == large[0] == 1 else {0, 1}
    pairs = enumerate(zip(small, large, strict=True))
    return all(few <= many if dimension in channels else few == many for dimension, (few, many) in pairs)


@lru_cache(maxsize=64)
def _shapes(blueprint: Blueprint) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in on_meta(blueprint).state_dict().items()}


def _title(blueprint: Blueprint) -> str:
    return entry_of(blueprint.architecture).title


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "one number"


ENTRIES = (
    CompressionStep(
        name="slice",
        title=TITLE,
        paper="2311.18823",
        teaches="A student need not start from nothing: the first blocks and every second channel of its teacher hold "
        "weights that training has already shaped.",
        family="splitting",
        resizes=True,
        check=_check,
        apply=_apply,
    ),
)
