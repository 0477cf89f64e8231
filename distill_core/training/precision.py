"""Contexts for the precision of a computation and the number of its threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from distill_core.lazy_torch import nn, torch
from distill_core.machine import ResolvedPrecision


def autocast(precision: ResolvedPrecision, device: str = "cpu") -> AbstractContextManager[object]:
    """With bfloat16 the operators that torch casts on this device compute in bfloat16, else all in float32."""
    return torch.autocast(device, torch.bfloat16) if precision == "bfloat16" else nullcontext()


def channels_last(network: nn.Module) -> nn.Module:
    """The network with the weights of its 2-D convolutions in channels-last memory, changed in place."""
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


@contextmanager
def one_thread() -> Iterator[None]:
    """Inside, the calling thread does all of torch's work; the number of threads is restored afterwards."""
    before = torch.get_num_threads()
    if before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def use_one_thread() -> None:
    """From now on the calling thread does all of torch's work that it asks for.

    Setting the number of threads makes torch discard its prepared convolutions, so a worker thread sets it once.
    """
    torch.set_num_threads(1)
