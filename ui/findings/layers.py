"""What a pipeline did to the layers of its first network."""

from collections.abc import Sequence
from dataclasses import dataclass

from distill_core.networks.layers import LayerPair

__all__ = ["Layers", "found", "parameters"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """From the ``first`` network to the ``last``: how many of the ``layers`` are ``changed``, and their parameters."""

    first: str
    last: str
    layers: int
    changed: int
    before: int
    after: int


def found(pairs: Sequence[LayerPair], first: str, last: str) -> Layers:
    before, after = zip(*((parameters(pair.before), parameters(pair.after)) for pair in pairs), strict=True)
    changed = sum(pair.step is not None for pair in pairs)
    return Layers(first=first, last=last, layers=len(pairs), changed=changed, before=sum(before), after=sum(after))


def parameters(layers: Sequence) -> int:
    """Those of all layers at one place."""
    return sum(layer.parameters for layer in layers)
