"""How much of an example a training step keeps in memory until its backward pass."""

from __future__ import annotations

from collections.abc import Callable

from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.example import example_input


def measure_saved_bytes(blueprint: Blueprint, build: Callable[[Blueprint], nn.Module]) -> int:
    """Bytes of float32 that autograd saves of one example. Computed on the meta device, which takes no memory."""
    saved: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        if not (tensor.is_leaf and tensor.requires_grad):  # parameters are there anyway
            storage = tensor.untyped_storage()
            saved[storage._cdata] = storage.nbytes()
        return tensor

    hooks = torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor)
    with torch.device("meta"), torch.inference_mode(False), torch.enable_grad(), hooks:
        build(blueprint).eval()(example_input(blueprint).to("meta"))
    return sum(saved.values())
