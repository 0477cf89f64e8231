"""Convolutions that must not be trained channels last, and the networks that may have one."""

from __future__ import annotations

from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.networks.base import Architecture
from distill_core.networks.blueprint import Blueprint

# With fewer inputs a strided 1x1 convolution is not trained channels last.
FEWEST_INPUTS = 16


def contiguous_if_narrow(network: nn.Module) -> None:
    """Train narrow strided 1x1 convolutions in the order (batch, channels, height, width), on any number of threads.

    oneDNN's weight gradient of such a convolution, channels last, writes outside of its memory (torch 2.14): with
    fewer than 16 inputs on several threads, with fewer than 8 on one thread of a CPU that has AVX2 only. It ends the
    process, or the gradient is wrong. With inputs and weights both in the other order it is right everywhere.
    Source: https://github.com/uxlfoundation/oneDNN/issues/6035.
    """
    for part in network.modules():
        if isinstance(part, nn.Conv2d) and _is_narrow(part) and _channels_first not in part._forward_pre_hooks.values():
            part.weight.data = part.weight.data.clone(memory_format=torch.contiguous_format)
            part.register_forward_pre_hook(_channels_first)


def may_be_narrow(blueprint: Blueprint, entry: Architecture) -> bool:
    """Whether a network may have such a convolution, without building it."""
    if not entry.shortcut_inputs:
        return False
    return bool(blueprint.changes) or max(1, round(blueprint.width * entry.shortcut_inputs)) < FEWEST_INPUTS


def _is_narrow(part: nn.Conv2d) -> bool:
    strided = part.kernel_size == (1, 1) and part.stride != (1, 1)
    return strided and part.in_channels // part.groups < FEWEST_INPUTS


def _channels_first(_part: nn.Module, given: tuple[Tensor]) -> tuple[Tensor]:
    # ``contiguous`` would leave one channel as it is: both orders fit it, and its strides still say channels last.
    return (given[0].clone(memory_format=torch.contiguous_format),)
