"""Whether a computation takes random numbers from torch's generator, which the whole process shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from distill_core.lazy_torch import nn, torch
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.example import example_input

# Tagged as random by torch; it draws only for a dropout above 0, its fourth input.
ATTENTION = "aten::_scaled_dot_product_flash_attention_for_cpu"


def measure_rng_use(blueprint: Blueprint, build: Callable[[Blueprint], nn.Module]) -> bool:
    """Whether a forward pass in training mode draws random numbers, in any layer or function.

    The pass runs on the meta device, so it takes no memory and draws nothing. The operators of this thread are recorded
    instead of the generator's state, so other threads that draw do not matter.
    """
    with torch.device("meta"), torch.no_grad():
        network = build(blueprint).train()
        # Two examples: batch normalisation refuses to train on one.
        examples = example_input(blueprint, batch=2).to("meta")
        with random_operators() as drawn:
            network(examples)
    return bool(drawn)


@contextmanager
def random_operators() -> Iterator[list[str]]:
    """The names of torch's random operators that this thread calls in the block."""
    from torch import Tag
    from torch.utils._python_dispatch import TorchDispatchMode

    drawn: list[str] = []

    class Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            dropout = args[3] if len(args) > 3 else kwargs.get("dropout_p", 0.0)
            if Tag.nondeterministic_seeded in func.tags and (func.name() != ATTENTION or dropout > 0):
                drawn.append(func.name())
            return func(*args, **kwargs)

    with Watch():  # type: ignore[no-untyped-call]
        yield drawn
