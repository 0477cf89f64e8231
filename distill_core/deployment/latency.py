"""Measures the latency of calls: first run, warm-up and timed runs apart, several calls in turns."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from distill_core.deployment.disturbance import disturbance, load_during
from distill_core.deployment.percentiles import LatencySummary, summarize_latency
from distill_core.deployment.runtime import example_feed, session
from distill_core.errors import InvalidSetting
from distill_core.jobs.system_load import ProcessorTimes, processor_times

Clock = Callable[[], float]
# Turns of a round of several calls: a disturbance then hits all of them.
TURNS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing(LatencySummary):
    """One measurement; ``warmup_runs`` and ``runs`` are the counts that were reached. ``disturbed``: the reasons of
    ``disturbance``, empty without any."""

    first_ms: float
    warmup_runs: int
    runs: int
    disturbed: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BackendTiming:
    """The timing of a network at a batch size and number of threads, on a provider of onnxruntime or on torch.

    ``session_ms``: the time to create the onnxruntime session, None for torch.
    """

    batch_size: int
    threads: int
    provider: str
    timing: Timing
    session_ms: float | None = None


def measure(
    *calls: Callable[[], object],
    warmup_runs: int = 20,
    warmup_seconds: float = 0.2,
    runs: int = 200,
    seconds: float = 2.0,
    clock: Clock = time.perf_counter,
    checkpoint: Callable[[], object] | None = None,
    counters: Callable[[], ProcessorTimes | None] = processor_times,
) -> tuple[Timing, ...]:
    """Time each call: a first run, a warm-up, then timed runs, until both the runs and the seconds are reached.

    Several calls form a round: they are timed in turns, each after an untimed run. Only time inside calls counts.
    ``checkpoint`` runs between calls, untimed; it may wait, or raise to end the work. ``counters`` reads the processor
    counters.
    Raises: InvalidSetting if runs < 1.
    """
    if runs < 1:
        raise InvalidSetting("timed runs", expected="1 or more", got=runs, hint="raise the number")
    firsts = [_timed(call, clock, checkpoint, runs=1, seconds=0.0)[0] for call in calls]
    warmups = [_timed(call, clock, checkpoint, runs=warmup_runs, seconds=warmup_seconds) for call in calls]
    before = counters()
    taken = _in_turns(calls, clock, checkpoint, runs=runs, seconds=seconds)
    meanwhile = load_during(before, counters(), os.cpu_count() or 1, sum(map(len, taken)))
    samples_ms = [[1000 * seconds_taken for seconds_taken in durations] for durations in taken]
    return tuple(
        Timing(
            first_ms=1000 * first,
            warmup_runs=len(warmup),
            runs=len(samples),
            # None: too few samples, which only quick timings take; those are never compared.
            disturbed=disturbance(samples, meanwhile) or "",
            **{field.name: getattr(summary, field.name) for field in fields(summary)},
        )
        for first, warmup, samples, summary in zip(
            firsts, warmups, samples_ms, map(summarize_latency, samples_ms), strict=True
        )
    )


def _in_turns(
    calls: Sequence[Callable[[], object]],
    clock: Clock,
    checkpoint: Callable[[], object] | None,
    *,
    runs: int,
    seconds: float,
) -> list[list[float]]:
    turns = min(TURNS, runs) if len(calls) > 1 else 1
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(turns):
        for call, durations in zip(calls, taken, strict=True):
            if turns > 1:  # the caches hold what ran before it
                _timed(call, clock, checkpoint, runs=1, seconds=0.0)
            durations += _timed(call, clock, checkpoint, runs=math.ceil(runs / turns), seconds=seconds / turns)
    return taken


def measure_round(
    files: Sequence[bytes],
    *,
    batch_size: int = 1,
    threads: int = 1,
    checkpoint: Callable[[], object] | None = None,
    timer: Callable[..., tuple[Timing, ...]] = measure,
) -> tuple[BackendTiming, ...]:
    """Time ONNX files on the CPU in turns, so that they can be compared: a timing for each file, in their order.

    Each file has its own session, so that its first run is cold. ``timer`` is called as
    ``timer(*calls, checkpoint=checkpoint)``.
    Raises: CorruptFile if onnxruntime cannot run a file.
    """
    opened = [_opened(data, batch_size, threads) for data in files]
    timings = timer(*(call for call, _, _ in opened), checkpoint=checkpoint)
    return tuple(
        BackendTiming(batch_size=batch_size, threads=threads, provider=provider, timing=timing, session_ms=session_ms)
        for (_, provider, session_ms), timing in zip(opened, timings, strict=True)
    )


def _opened(data: bytes, batch_size: int, threads: int) -> tuple[Callable[[], object], str, float]:
    """A call that runs the file, its provider, and the time (ms) to create its session."""
    began = time.perf_counter()
    opened = session(data, threads=threads)
    session_ms = 1000 * (time.perf_counter() - began)
    outputs = [output.name for output in opened.get_outputs()]
    feed = example_feed(opened, batch_size)
    return lambda: opened.run(outputs, feed), opened.get_providers()[0], session_ms


def _timed(
    call: Callable[[], object], clock: Clock, checkpoint: Callable[[], object] | None, *, runs: int, seconds: float
) -> list[float]:
    taken: list[float] = []
    total = 0.0
    while len(taken) < runs or total < seconds:
        if checkpoint is not None:
            checkpoint()
        start = clock()
        call()
        taken.append(clock() - start)
        total += taken[-1]
    return taken
