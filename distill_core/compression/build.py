"""Builds networks from a blueprint and a state dict, without using torch's random generator."""

from __future__ import annotations

from collections.abc import Mapping

from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.networks import Blueprint, build


def on_meta(blueprint: Blueprint) -> nn.Module:
    """The network on the meta device, in eval mode: names and shapes without memory for weights."""
    with torch.device("meta"):
        return build(blueprint).eval()


def with_state(blueprint: Blueprint, state: Mapping[str, Tensor]) -> nn.Module:
    """The network with copies of these tensors, in eval mode. Raises RuntimeError where names or shapes differ."""
    network = on_meta(blueprint)
    copies = {name: tensor.detach().clone(memory_format=torch.contiguous_format) for name, tensor in state.items()}
    with torch.no_grad():
        network.load_state_dict(copies, strict=True, assign=True)
    return network
