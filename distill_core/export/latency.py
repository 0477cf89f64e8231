"""How long one call takes: first run apart, warm-up apart, percentiles by the nearest rank."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from distill_core.errors import InvalidSetting, explain
from distill_core.export.environment import available_threads
from distill_core.export.runtime import example_images, session
from distill_core.export.spread import Spread, spread

__all__ = ["BackendTiming", "Timing", "all_counts", "measure", "measure_onnx"]

Clock = Callable[[], float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing(Spread):
    """One measurement; ``warmup_runs`` and ``runs`` are the counts that were made."""

    first_ms: float
    warmup_runs: int
    runs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BackendTiming:
    """The timing of a network at a batch size, on so many threads of one provider of onnxruntime, or of torch.

    ``session_ms``: how long it took to make a session of the file, where there is one.
    """

    batch_size: int
    threads: int
    provider: str
    timing: Timing
    session_ms: float | None = None


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
    taken = _timed(call, clock, gate, runs=runs, seconds=seconds)
    found = spread([1000 * took for took in taken])
    return Timing(
        first_ms=1000 * first[0],
        warmup_runs=len(warmup),
        runs=len(taken),
        **{field.name: getattr(found, field.name) for field in fields(found)},
    )


def measure_onnx(
    data: bytes,
    *,
    batch_sizes: Sequence[int] = (1, 32),
    threads: Sequence[int] | None = None,
    gate: Callable[[], object] | None = None,
    timer: Callable[..., Timing] = measure,
) -> tuple[BackendTiming, ...]:
    """Time an ONNX file on the CPU at each batch size, on each number of threads (None: one, and all there are).

    Every pair has a session of its own, so that each first run is one. ``timer`` is called as
    ``timer(call, gate=gate)``.
    Raises: CorruptFile if onnxruntime cannot run the file; InvalidSetting if a number is under 1.
    """
    pairs = all_counts(batch_sizes, threads)
    return tuple(_onnx_timing(data, batch, count, gate, timer) for count, batch in pairs)


def all_counts(batch_sizes: Sequence[int], threads: Sequence[int] | None) -> list[tuple[int, int]]:
    """Each number of threads (None: one, and all there are) with each batch size, once.

    Raises: InvalidSetting if a number is under 1.
    """
    counts = tuple(dict.fromkeys((1, available_threads()) if threads is None else threads))
    if min((*counts, *batch_sizes), default=1) < 1:
        came = f"{list(batch_sizes)} images, {list(counts)} threads"
        raise InvalidSetting(explain("a latency", wanted="1 or more of each", came=came, do="raise the number"))
    return [(count, batch) for count in counts for batch in dict.fromkeys(batch_sizes)]


def _onnx_timing(
    data: bytes, batch_size: int, threads: int, gate: Callable[[], object] | None, timer: Callable[..., Timing]
) -> BackendTiming:
    began = time.perf_counter()
    opened = session(data, threads=threads)
    session_ms = 1000 * (time.perf_counter() - began)
    wanted = [output.name for output in opened.get_outputs()]
    feed = {opened.get_inputs()[0].name: example_images(opened, batch_size)}
    timing = timer(lambda: opened.run(wanted, feed), gate=gate)
    return BackendTiming(
        batch_size=batch_size,
        threads=threads,
        provider=opened.get_providers()[0],
        timing=timing,
        session_ms=session_ms,
    )


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
