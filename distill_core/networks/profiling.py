"""Parameters, multiply-accumulates and stage features of a network.

Shape suffixes: B batch, C channels or classes, H height, W width.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from distill_core.networks.base import Profile, Tap
from distill_core.networks.blueprint import Blueprint

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["forward_features", "measure"]


def measure(blueprint: Blueprint, build: Callable[[Blueprint], nn.Module]) -> Profile:
    """Build without memory for weights, run one image through, and count.

    torch's generators stay as they are, so that a page may ask while a training runs.
    """
    import torch

    with torch.device("meta"), torch.no_grad():
        network = build(blueprint).eval()
        images_BCHW = torch.empty(1, blueprint.channels, blueprint.size_px, blueprint.size_px)
        counts: list[int] = []
        handles = [part.register_forward_hook(_counter(counts)) for part in network.modules()]
        _, outputs = forward_features(network, images_BCHW)
        for handle in handles:
            handle.remove()
    taps = tuple(Tap(name=name, stage=i, shape=tuple(out.shape[1:])) for i, (name, out) in enumerate(outputs.items()))
    return Profile(parameters=sum(p.numel() for p in network.parameters()), macs=sum(counts), taps=taps)


def forward_features(network: nn.Module, images_BCHW: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """Logits (batch, classes) and the output of each part that ``network.taps`` names, in that order.

    Gradients flow through both, and the hooks are gone afterwards, also where the forward pass raises.
    """
    found: dict[str, Tensor] = {}
    taps: tuple[str, ...] = network.taps  # type: ignore[assignment]
    handles = [network.get_submodule(tap).register_forward_hook(_keeper(found, tap)) for tap in taps]
    try:
        logits_BC: Tensor = network(images_BCHW)
    finally:
        for handle in handles:
            handle.remove()
    return logits_BC, {tap: found[tap] for tap in taps}


def _keeper(found: dict[str, Tensor], tap: str) -> Callable[[nn.Module, Any, Tensor], None]:
    def keep(_part: nn.Module, _inputs: Any, output: Tensor) -> None:
        found[tap] = output

    return keep


def _counter(counts: list[int]) -> Callable[[nn.Module, Any, Any], None]:
    def count(part: nn.Module, inputs: Any, output: Any) -> None:
        counts.append(_macs(part, inputs, output))

    return count


def _macs(part: nn.Module, inputs: Any, output: Any) -> int:
    from torch import nn

    if isinstance(part, nn.Conv2d):
        return int(output[0].numel()) * part.weight[0].numel()
    if isinstance(part, nn.Linear):
        return int(output[0].numel()) * part.in_features
    if isinstance(part, nn.MultiheadAttention):
        tokens, wide = inputs[0].shape[-2:]
        # Queries, keys, values and the projection, then scores and their weighted sum.
        return int(4 * tokens * wide * wide + 2 * tokens * tokens * wide)
    return 0
