"""Builds networks from a blueprint and a state dict, without using torch's random generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from distill_core.networks import Blueprint, build

if TYPE_CHECKING:
    from torch import Tensor, nn


def on_meta(blueprint: Blueprint) -> nn.Module:
    """The network on the meta device, in eval mode: names and shapes without memory for weights."""
    import torch

    with torch.device("meta"):
        return build(blueprint).eval()


def with_state(blueprint: Blueprint, state: Mapping[str, Tensor]) -> nn.Module:
    """The network with copies of these tensors, in eval mode. Raises RuntimeError where names or shapes differ."""
    import torch

    network = on_meta(blueprint)
    copies = {name: _own(tensor) for name, tensor in state.items()}
    with torch.no_grad():
        network.load_state_dict(copies, strict=True, assign=True)
    return network


def _own(tensor: Tensor) -> Tensor:
    import torch

    return tensor.detach().clone(memory_format=torch.contiguous_format)
