import functools

import pytest
import torch
from torch import nn

from distill_core.deployment.latency import measure, measure_round
from distill_core.deployment.onnx_export import export_onnx
from distill_core.errors import CorruptFile, InvalidSetting, Stopped
from distill_core.networks.blueprint import Blueprint

pytestmark = pytest.mark.anywhere


class Bench:
    """A clock that only calls and gates move on."""

    def __init__(self, *took_seconds: float) -> None:
        self.now = 100.0
        self.took = list(took_seconds)
        self.calls = 0

    def clock(self) -> float:
        return self.now

    def call(self) -> None:
        self.now += self.took[min(self.calls, len(self.took) - 1)]
        self.calls += 1


def test_a_slow_call_takes_the_runs():
    bench = Bench(1.0, 0.25)
    (timing,) = measure(bench.call, clock=bench.clock)
    assert (timing.first_ms, timing.warmup_runs, timing.runs) == (1000.0, 20, 200)
    assert (timing.p50_ms, timing.p99_ms, timing.mean_ms) == (250.0, 250.0, 250.0)


def test_a_quick_call_takes_the_seconds():
    # 1/128 s: 25.6 calls make 0.2 s, 256 make 2 s
    bench = Bench(1 / 128)
    (timing,) = measure(bench.call, clock=bench.clock)
    assert (timing.warmup_runs, timing.runs) == (26, 256)


def test_neither_first_nor_warm_up_is_in_the_percentiles():
    bench = Bench(8.0, 4.0, 4.0, 0.5, 0.125, 0.25, 1.0)
    (timing,) = measure(bench.call, warmup_runs=2, warmup_seconds=0, runs=4, seconds=0, clock=bench.clock)
    assert (timing.first_ms, timing.warmup_runs, timing.runs) == (8000.0, 2, 4)
    assert (timing.p50_ms, timing.p90_ms, timing.p95_ms, timing.p99_ms) == (250.0, 1000.0, 1000.0, 1000.0)
    assert timing.mean_ms == 468.75


def test_waiting_at_the_gate_is_not_latency():
    bench = Bench(0.25)
    waits: list[float] = []

    def checkpoint() -> None:
        bench.now += 64.0
        waits.append(bench.now)

    (timing,) = measure(
        bench.call, warmup_runs=1, warmup_seconds=0, runs=3, seconds=0, clock=bench.clock, checkpoint=checkpoint
    )
    assert (timing.p99_ms, timing.first_ms, timing.runs) == (250.0, 250.0, 3)
    assert len(waits) == 5


def test_a_gate_can_end_the_work():
    bench = Bench(0.25)

    def checkpoint() -> None:
        if bench.calls == 3:
            raise Stopped("stopped")

    with pytest.raises(Stopped):
        measure(bench.call, clock=bench.clock, checkpoint=checkpoint)
    assert bench.calls == 3


def test_no_runs_are_refused():
    with pytest.raises(InvalidSetting, match="timed runs"):
        measure(lambda: None, runs=0)


@pytest.fixture(scope="module")
def onnx() -> bytes:
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
    return export_onnx(network, Blueprint.for_images(architecture="flat", classes=3, size_px=8)).data


brief = functools.partial(measure, warmup_runs=1, warmup_seconds=0, runs=3, seconds=0)


def test_a_file_is_timed_at_each_batch_on_each_number_of_threads(onnx):
    pairs = [{"batch_size": batch, "threads": threads} for threads in (1, 2) for batch in (1, 32)]
    timings = [timing for pair in pairs for timing in measure_round([onnx], **pair, timer=brief)]
    assert [(one.threads, one.batch_size) for one in timings] == [(1, 1), (1, 32), (2, 1), (2, 32)]
    assert {one.provider for one in timings} == {"CPUExecutionProvider"}
    assert all(0 < one.timing.p50_ms <= one.timing.p99_ms and one.timing.runs == 3 for one in timings)
    assert all((one.session_ms or 0) > 0 and sum(one.timing.histogram.counts) == 3 for one in timings)


def test_the_gate_reaches_the_runs(onnx):
    def closed() -> None:
        raise Stopped("stopped")

    with pytest.raises(Stopped):
        measure_round([onnx], timer=brief, checkpoint=closed)


def test_measuring_leaves_torchs_random_numbers_alone(onnx):
    before = torch.random.get_rng_state()
    measure_round([onnx], timer=brief)
    assert torch.equal(before, torch.random.get_rng_state())


def test_what_is_no_onnx_file_is_refused():
    with pytest.raises(CorruptFile, match="export it again"):
        measure_round([b"no graph"], timer=brief)
