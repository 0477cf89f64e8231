"""Which arithmetic a training uses and on how many threads, and the contexts that switch it on."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from distill_core.machine import ResolvedPrecision

if TYPE_CHECKING:
    from torch import nn


def autocast(precision: ResolvedPrecision) -> "AbstractContextManager[object]":
    import torch

    return torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16")


def channels_last(network: "nn.Module") -> "nn.Module":
    import torch

    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


@contextmanager
def one_thread() -> Iterator[None]:
    """torch's work inside is done by the calling thread alone."""
    import torch

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
    """From now on torch's work of the calling thread is done by it alone.

    Setting the number makes torch forget the convolutions that it prepared, so who steps again and again sets it once.
    """
    import torch

    torch.set_num_threads(1)
