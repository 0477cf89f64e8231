"""Latency of stored runs: one measurement a graph, since weights do not change how long it takes."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from distill_core.export import OnnxTiming, Timing, device_name, environment, measure, measure_onnx
from distill_core.store import Measurement, RunRecord, Store

__all__ = ["Timer", "ensure_measured", "measure", "measure_run"]

Timer = Callable[..., Timing]
# What a latency depends on beside the device.
SAME = ("onnxruntime", "threads")


def ensure_measured(
    runs: Sequence[RunRecord],
    store: Store,
    gate: Callable[[], None],
    step: Callable[[int, int], None],
    timer: Timer = measure,
) -> None:
    """Measure each graph among the finished runs that was not measured yet on this device, with its onnxruntime and
    as many threads."""
    graphs = {run.scores["graph"]: run for run in runs if run.state == "finished"}
    waiting = [run for graph, run in graphs.items() if not _is_known(graph, store)]
    for done, run in enumerate(waiting):
        step(done, len(waiting))
        measure_run(run, store, gate, timer)


def _is_known(graph: str, store: Store) -> bool:
    here = environment()
    return any(
        all(one.environment.get(name) == here.get(name) for name in SAME)
        for one in store.measurements(graph=graph, device=device_name())
    )


def measure_run(run: RunRecord, store: Store, gate: Callable[[], None], timer: Timer = measure) -> list[Measurement]:
    """Measure a run's ONNX file at batch 1 and 32, on one thread and on all, and store what comes out."""
    timings = measure_onnx(store.read_artifact(run.id, "onnx"), gate=gate, timer=timer)
    measurements = [_measurement(run, timing) for timing in timings]
    store.add_measurements(measurements)
    return measurements


def _measurement(run: RunRecord, onnx: OnnxTiming) -> Measurement:
    timing = onnx.timing
    return Measurement(
        run_id=run.id,
        graph=run.scores["graph"],
        device=device_name(),
        provider=onnx.provider,
        batch_size=onnx.batch_size,
        threads=onnx.threads,
        first_ms=timing.first_ms,
        warmup_runs=timing.warmup_runs,
        runs=timing.runs,
        p50_ms=timing.p50_ms,
        p90_ms=timing.p90_ms,
        p95_ms=timing.p95_ms,
        p99_ms=timing.p99_ms,
        environment=environment(),
        created_at=datetime.now(UTC),
    )
