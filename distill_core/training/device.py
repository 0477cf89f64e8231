"""Where training computes: moves tensors and networks to a device, and keeps the states of its random generators.

What depends on the device stands here and in ``precision``; the rest of the loop is the same on each. Datasets and
cached teacher logits stay in the memory of the CPU, and a batch is moved once for all of its readers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from distill_core.lazy_torch import Tensor, nn, torch

if TYPE_CHECKING:
    # A device of ``distill_core.accelerator``; tests also train on "meta", which has shapes and no numbers.
    Device = str | torch.device
    Part = TypeVar("Part", Tensor, nn.Module)

# States of torch's generators: the CPU's, then the device's own where it has one.
RngState = tuple["Tensor", ...]
WITH_GENERATOR = frozenset({"cuda", "mps"})
WITH_FUSED_STEPS = frozenset({"cpu", "cuda", "mps"})


def moved(part: Part, device: Device) -> Part:
    """A tensor on the device, or a module whose weights are moved there in place; as it is where it is there."""
    return part.to(device)


def network_device(network: nn.Module) -> torch.device:
    """The device of a network's weights; the CPU where it has none."""
    return next((weight.device for weight in network.parameters()), torch.device("cpu"))


@contextmanager
def repeatable(device: str) -> Iterator[None]:
    """On cuda: convolutions whose sums have one order, and float32 that is not rounded to TF32, as on the CPU."""
    if device == "cuda":
        with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False):
            yield
    else:
        yield


def rng_state(device: str) -> RngState:
    """The states of the generators that a step on this device draws from."""
    on_device = (torch.get_device_module(device).get_rng_state(),) if device in WITH_GENERATOR else ()
    return (torch.get_rng_state(), *on_device)


def set_rng_state(state: RngState, device: str) -> None:
    """Set the generators to states that ``rng_state`` returned for the same device."""
    torch.set_rng_state(state[0])
    for device_state in state[1:]:
        torch.get_device_module(device).set_rng_state(device_state)


@contextmanager
def rng_kept(device: str) -> Iterator[None]:
    """Restore the states of the generators afterwards."""
    outside = rng_state(device)
    try:
        yield
    finally:
        set_rng_state(outside, device)
