"""Torch's own speed, measured as that of the file is, and torch left as it was."""

import functools
import threading

import pytest
import torch
from torch import nn

from distill_core.deployment.eager import EAGER, measure_eager
from distill_core.deployment.latency import measure
from distill_core.errors import Stopped
from distill_core.networks import Blueprint

pytestmark = pytest.mark.anywhere

BLUEPRINT = Blueprint.for_images(architecture="small", classes=3, channels=3, size_px=8)
brief = functools.partial(measure, warmup_runs=1, warmup_seconds=0, runs=3, seconds=0)


class Watched(nn.Module):
    """Says in which state it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(3, 3, 3)
        self.seen: set[tuple[object, ...]] = set()

    def forward(self, images_BCHW: torch.Tensor) -> torch.Tensor:
        last = images_BCHW.is_contiguous(memory_format=torch.channels_last)
        state = (self.training, torch.is_inference_mode_enabled(), last, images_BCHW.dtype)
        self.seen.add((tuple(images_BCHW.shape), torch.get_num_threads(), *state))
        return self.layer(images_BCHW)


def test_a_network_is_timed_at_each_batch_on_each_number_of_threads():
    network = Watched().to(torch.bfloat16).train()
    pairs = [{"batch_size": batch, "threads": threads} for threads in (1, 2) for batch in (1, 4)]
    timings = [measure_eager(network, BLUEPRINT, **pair, timer=brief) for pair in pairs]
    assert [(one.threads, one.batch_size, one.provider) for one in timings] == [
        *[(1, 1, EAGER), (1, 4, EAGER), (2, 1, EAGER), (2, 4, EAGER)]
    ]
    assert all(one.timing.p50_ms > 0 and one.timing.runs == 3 and one.session_ms is None for one in timings)
    assert network.seen == {
        ((batch, 3, 8, 8), threads, False, True, True, torch.float32) for batch in (1, 4) for threads in (1, 2)
    }


@pytest.mark.parametrize("before", [1, 2])
def test_torchs_threads_are_put_back(before):
    """On a thread of its own: what is set belongs to the thread that sets it."""
    found = []

    def look() -> None:
        torch.set_num_threads(before)
        measure_eager(Watched(), BLUEPRINT, threads=3, timer=brief)
        found.append(torch.get_num_threads())

    mine = torch.get_num_threads()
    thread = threading.Thread(target=look)
    thread.start()
    thread.join(60)
    assert (found, torch.get_num_threads()) == ([before], mine)
    torch.set_num_threads(mine)


def test_a_gate_can_end_it_and_torch_is_as_before():
    def closed() -> None:
        raise Stopped("stopped")

    before = torch.get_num_threads(), torch.random.get_rng_state()
    with pytest.raises(Stopped):
        measure_eager(Watched(), BLUEPRINT, threads=before[0] + 1, timer=brief, checkpoint=closed)
    assert torch.get_num_threads() == before[0]
    assert torch.equal(torch.random.get_rng_state(), before[1]) is False  # Watched drew its weights
    assert not torch.is_inference_mode_enabled()
