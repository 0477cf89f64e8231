"""Latency of a network in eager torch, which dispatches one operator after the other from Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from distill_core.deployment.latency import BackendTiming, Timing, all_counts, measure
from distill_core.lazy_torch import nn, torch
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.example import example_input

EAGER = "torch eager"


def measure_eager(
    network: nn.Module,
    blueprint: Blueprint,
    *,
    batch_sizes: Sequence[int] = (1, 32),
    threads: Sequence[int] | None = None,
    checkpoint: Callable[[], object] | None = None,
    timer: Callable[..., tuple[Timing, ...]] = measure,
) -> tuple[BackendTiming, ...]:
    """Time a network in float32 and eval mode as ``measure_onnx`` times its file: no gradients, channels last, nothing
    folded or compiled.

    Changes the network to eval mode and channels last. Torch's thread count is set meanwhile and then restored.
    Raises: InvalidSetting if a number is under 1.
    """
    ready = network.to("cpu", torch.float32).to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
    pairs = all_counts(batch_sizes, threads)
    return tuple(_timing(ready, blueprint, batch_size, count, checkpoint, timer) for count, batch_size in pairs)


def _timing(
    network: nn.Module,
    blueprint: Blueprint,
    batch_size: int,
    threads: int,
    checkpoint: Callable[[], object] | None,
    timer: Callable[..., tuple[Timing, ...]],
) -> BackendTiming:
    batch = example_input(blueprint, batch_size)
    # torch's own rule: the order of channels is one of four dimensions.
    batch = batch.to(memory_format=torch.channels_last) if batch.dim() == 4 else batch
    with _torch_threads(threads), torch.inference_mode():
        (timing,) = timer(lambda: network(batch), checkpoint=checkpoint)
    return BackendTiming(batch_size=batch_size, threads=threads, provider=EAGER, timing=timing)


@contextmanager
def _torch_threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
