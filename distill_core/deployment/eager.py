"""Latency of a network in eager torch, which dispatches one operator after the other from Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from distill_core.deployment.latency import BackendTiming, Timing, measure
from distill_core.lazy_torch import nn, torch
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.example import example_input

EAGER = "torch eager"


def measure_eager(
    network: nn.Module,
    blueprint: Blueprint,
    *,
    batch_size: int = 1,
    threads: int = 1,
    checkpoint: Callable[[], object] | None = None,
    timer: Callable[..., tuple[Timing, ...]] = measure,
) -> BackendTiming:
    """Time a network in float32 and eval mode as ``measure_round`` times its file: no gradients, channels last, nothing
    folded or compiled.

    Changes the network to eval mode and channels last. Torch's thread count is set meanwhile and then restored.
    """
    ready = network.to("cpu", torch.float32).to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
    batch = example_input(blueprint, batch_size)
    # torch's own rule: the order of channels is one of four dimensions.
    batch = batch.to(memory_format=torch.channels_last) if batch.dim() == 4 else batch
    with _torch_threads(threads), torch.inference_mode():
        (timing,) = timer(lambda: ready(batch), checkpoint=checkpoint)
    return BackendTiming(batch_size=batch_size, threads=threads, provider=EAGER, timing=timing)


@contextmanager
def _torch_threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
