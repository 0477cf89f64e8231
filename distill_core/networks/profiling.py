"""Parameters, multiply-accumulates and stage features of a network.

Shape suffixes: B batch, C classes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.networks.base import Profile, Tap
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.example import example_input


def measure(blueprint: Blueprint, build: Callable[[Blueprint], nn.Module]) -> Profile:
    """Build on the meta device, run one example through, and count.

    torch's generators are not used, so that a page may ask while a network trains. Gradients are on: without them
    torch's attention runs as one operator, which cannot be counted.
    """
    with torch.device("meta"), torch.inference_mode(False), torch.enable_grad(), _counter() as counter:
        network = build(blueprint).eval()
        counter.flops = 0  # what a constructor computes is no part of a forward pass
        _, outputs = forward_features(network, example_input(blueprint).to("meta"))
    taps = tuple(Tap(name=name, stage=i, shape=tuple(out.shape[1:])) for i, (name, out) in enumerate(outputs.items()))
    parameters = sum(weight.numel() for weight in network.parameters())
    return Profile(parameters=parameters, macs=counter.flops // 2, taps=taps)


def forward_features(network: nn.Module, batch: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """Logits (batch, classes) and the output of each part that ``network.taps`` names, in that order; a stage (batch,
    channels, length) of a network that is ``channels_first`` as a map of height 1.

    Gradients flow through both. The hooks are removed afterwards, also where the forward pass raises.
    """
    outputs: dict[str, Tensor] = {}
    taps: tuple[str, ...] = network.taps  # type: ignore[assignment]
    handles = [network.get_submodule(tap).register_forward_hook(_keeper(outputs, tap)) for tap in taps]
    try:
        logits_BC: Tensor = network(batch)
    finally:
        for handle in handles:
            handle.remove()
    if getattr(network, "channels_first", False):
        outputs |= {tap: outputs[tap].unsqueeze(2) for tap in taps[:-1] if outputs[tap].ndim == 3}
    return logits_BC, {tap: outputs[tap] for tap in taps}


def _keeper(outputs: dict[str, Tensor], tap: str) -> Callable[[nn.Module, Any, Tensor], None]:
    def keep(_part: nn.Module, _inputs: Any, output: Tensor) -> None:
        outputs[tap] = output

    return keep


def _counter() -> Any:
    """Sums torch's own counts of the operators that this thread runs; ``FlopCounterMode`` would hook all modules."""
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils.flop_counter import flop_registry

    class Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]
        flops = 0

        def __torch_dispatch__(self, operator: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            output = _output(operator, args, kwargs or {})
            formula = flop_registry.get(operator.overloadpacket)
            self.flops += formula(*args, **(kwargs or {}), out_val=output) if formula else 0
            return output

    return Counter()  # type: ignore[no-untyped-call]


def _output(operator: Any, args: Any, kwargs: Any) -> Any:
    """The output on the meta device. torch works out that of a normalisation and of an activation or initialisation in
    place in Python, which takes most of the time, and it has the input's shape."""
    if operator.overloadpacket in (torch.ops.aten.native_batch_norm, torch.ops.aten.native_layer_norm):
        return torch.empty_like(args[0]), *(args[0].new_empty(0) for _ in range(2))
    in_place = torch.Tag.inplace in operator.tags and torch.Tag.inplace_view not in operator.tags
    if in_place and not any(isinstance(arg, torch.Tensor) for arg in args[1:]):
        return args[0]
    return operator(*args, **kwargs)
