"""The layers of a network with their shapes, and what compression made of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from distill_core.lazy_torch import nn, torch
from distill_core.networks import Blueprint, build
from distill_core.networks.example import example_input


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """A layer with weights, by its name in the network: ``kernel`` of a convolution, else empty; ``output_shape`` is
    that for one example. ``outputs`` are channels or features."""

    name: str
    kind: str
    inputs: int
    outputs: int
    kernel: tuple[int, ...]
    output_shape: tuple[int, ...]
    parameters: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerPair:
    """What stands at one place of two networks: a layer, nothing, or the factors that took its place; ``step`` names
    what changed it first, None where it is as before."""

    name: str
    before: tuple[Layer, ...]
    after: tuple[Layer, ...]
    step: str | None


@lru_cache(maxsize=256)
def layers(blueprint: Blueprint) -> tuple[Layer, ...]:
    """The convolutions and linear layers in the order in which an example passes them; norms, which have two numbers a
    channel, count with no layer. An ensemble's are those of its members."""
    found: list[Layer] = []
    with torch.device("meta"), torch.inference_mode(False), torch.enable_grad():
        network = build(blueprint).eval()
        handles = [
            part.register_forward_hook(_noting(found, name)) for name, part in network.named_modules() if _counts(part)
        ]
        network(example_input(blueprint).to("meta"))
        for handle in handles:
            handle.remove()
    return tuple({layer.name: layer for layer in found}.values())


def layer_pairs(stages: Sequence[tuple[str, Blueprint]]) -> tuple[LayerPair, ...]:
    """The first network's layers beside the last one's, place by place; each stage has the name of what made it.

    A layer that a step replaced by factors has the place of these; layers are told apart by their names, so networks of
    another family share none.
    """
    made = [(step, _by_place(layers(blueprint), layers(stages[0][1]))) for step, blueprint in stages]
    (_, first), (_, last) = made[0], made[-1]
    return tuple(
        LayerPair(name=name, before=first.get(name, ()), after=last.get(name, ()), step=_changed_by(name, made))
        for name in dict.fromkeys((*first, *last))
    )


def _by_place(found: Sequence[Layer], places: Sequence[Layer]) -> Mapping[str, tuple[Layer, ...]]:
    """Layers by the name of the layer in whose place they stand; their own where there is none."""
    known = {layer.name for layer in places}
    by: dict[str, tuple[Layer, ...]] = {}
    for layer in found:
        parent = layer.name.rpartition(".")[0]
        place = parent if layer.name not in known and parent in known else layer.name
        by[place] = (*by.get(place, ()), layer)
    return by


def _changed_by(name: str, made: Sequence[tuple[str, Mapping[str, tuple[Layer, ...]]]]) -> str | None:
    for (_, before), (step, after) in pairwise(made):
        if before.get(name, ()) != after.get(name, ()):
            return step
    return None


def _counts(part: nn.Module) -> bool:
    return isinstance(part, nn.Conv1d | nn.Conv2d | nn.Linear)


def _noting(found: list[Layer], name: str) -> Any:
    def note(part: Any, _inputs: Any, output: Any) -> None:
        convolution = hasattr(part, "kernel_size")
        found.append(
            Layer(
                name=name,
                kind="depthwise" if convolution and part.groups > 1 else "convolution" if convolution else "linear",
                inputs=part.in_channels if convolution else part.in_features,
                outputs=part.out_channels if convolution else part.out_features,
                kernel=tuple(part.kernel_size) if convolution else (),
                output_shape=tuple(output.shape[1:]),
                parameters=sum(weight.numel() for weight in part.parameters()),
            )
        )

    return note
