"""How long one call takes: first run apart, warm-up apart, percentiles by the nearest rank."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from distill_core.errors import InvalidSetting, explain
from distill_core.export.environment import available_threads
from distill_core.export.runtime import example_images, session

__all__ = ["OnnxTiming", "Timing", "measure", "measure_onnx", "nearest_rank"]

Clock = Callable[[], float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """One measurement; ``warmup_runs`` and ``runs`` are the counts that were made."""

    first_ms: float
    warmup_runs: int
    runs: int
    p50_ms: float
    p90_ms: float
    p95_ms: float
    p99_ms: float
    mean_ms: float


@dataclass(frozen=True, kw_only=True, slots=True)
class OnnxTiming:
    """The timing of a file at a batch size, on so many threads of one provider of onnxruntime."""

    batch_size: int
    threads: int
    provider: str
    timing: Timing


def nearest_rank(ordered: Sequence[float], percent: int) -> float:
    """The smallest of the ascending values that ``percent`` (1 to 100) of them do not exceed.

    Raises: InvalidSetting if there is no value or percent is out of range.
    """
    if not ordered or not 1 <= percent <= 100:
        came = f"{percent} % of {len(ordered)} values"
        raise InvalidSetting(explain("a percentile", wanted="1 to 100 % of 1 or more", came=came, do="correct it"))
    return ordered[math.ceil(percent * len(ordered) / 100) - 1]


def measure(
    call: Callable[[], object],
    *,
    warmup_runs: int = 20,
    warmup_seconds: float = 0.2,
    runs: int = 200,
    seconds: float = 2.0,
    clock: Clock = time.perf_counter,
    gate: Callable[[], object] | None = None,
) -> Timing:
    """Time ``call``: once, then as warm-up, then for the record, until both the runs and the seconds are reached.

    Only time inside the call counts. ``gate`` runs between calls, untimed; it may wait, or raise to end the work.
    Raises: InvalidSetting if runs < 1.
    """
    if runs < 1:
        raise InvalidSetting(explain("timed runs", wanted="1 or more", came=runs, do="raise the number"))
    first = _timed(call, clock, gate, runs=1, seconds=0.0)
    warmup = _timed(call, clock, gate, runs=warmup_runs, seconds=warmup_seconds)
    taken_ms = sorted(1000 * took for took in _timed(call, clock, gate, runs=runs, seconds=seconds))
    return Timing(
        first_ms=1000 * first[0],
        warmup_runs=len(warmup),
        runs=len(taken_ms),
        p50_ms=nearest_rank(taken_ms, 50),
        p90_ms=nearest_rank(taken_ms, 90),
        p95_ms=nearest_rank(taken_ms, 95),
        p99_ms=nearest_rank(taken_ms, 99),
        mean_ms=math.fsum(taken_ms) / len(taken_ms),
    )


def measure_onnx(
    data: bytes,
    *,
    batch_sizes: Sequence[int] = (1, 32),
    threads: Sequence[int] | None = None,
    gate: Callable[[], object] | None = None,
    timer: Callable[..., Timing] = measure,
) -> tuple[OnnxTiming, ...]:
    """Time an ONNX file on the CPU at each batch size, on each number of threads (None: one, and all there are).

    Every pair has a session of its own, so that each first run is one. ``timer`` is called as
    ``timer(call, gate=gate)``.
    Raises: CorruptFile if onnxruntime cannot run the file; InvalidSetting if a number is under 1.
    """
    counts = tuple(dict.fromkeys((1, available_threads()) if threads is None else threads))
    if min((*counts, *batch_sizes), default=1) < 1:
        came = f"{list(batch_sizes)} images, {list(counts)} threads"
        raise InvalidSetting(explain("a latency", wanted="1 or more of each", came=came, do="raise the number"))
    return tuple(_onnx_timing(data, batch, count, gate, timer) for count in counts for batch in batch_sizes)


def _onnx_timing(
    data: bytes, batch_size: int, threads: int, gate: Callable[[], object] | None, timer: Callable[..., Timing]
) -> OnnxTiming:
    opened = session(data, threads=threads)
    wanted = [output.name for output in opened.get_outputs()]
    feed = {opened.get_inputs()[0].name: example_images(opened, batch_size)}
    timing = timer(lambda: opened.run(wanted, feed), gate=gate)
    return OnnxTiming(batch_size=batch_size, threads=threads, provider=opened.get_providers()[0], timing=timing)


def _timed(
    call: Callable[[], object], clock: Clock, gate: Callable[[], object] | None, *, runs: int, seconds: float
) -> list[float]:
    taken: list[float] = []
    total = 0.0
    while len(taken) < runs or total < seconds:
        if gate is not None:
            gate()
        start = clock()
        call()
        taken.append(clock() - start)
        total += taken[-1]
    return taken
