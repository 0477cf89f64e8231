"""Latency of stored runs on this machine. Weights do not change the latency of a graph, so each graph is measured
once, and once more in a round with the graphs that it is compared with."""

import time
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from distill_core import clock
from distill_core.deployment.eager import EAGER, measure_eager
from distill_core.deployment.latency import BackendTiming, Timing, measure, measure_round
from distill_core.deployment.model_file import OpenModel, graph_of, known_graph, model, model_file_of
from distill_core.deployment.rounds import COMPARED, SAME, LatencyRounds, is_onnxruntime, is_round
from distill_core.deployment.untrained import drawn
from distill_core.errors import NotFound
from distill_core.machine import available_threads, device_name, environment
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes
from distill_core.store import Measurement, RunRecord, Store
from distill_core.tasks import TASKS, Tasks

Timer = Callable[..., tuple[Timing, ...]]
BATCH_SIZES = (1, 32)
# Seconds to measure a graph on one backend, thread count and batch size: DESIGN's 2 s, a warm-up and the first run.
WAY_SECONDS = 2.25
ONNXRUNTIME = "onnxruntime"


@dataclass(frozen=True, kw_only=True, slots=True)
class LatencyTask:
    """One measurement to make here: a run's network on a backend, with a number of threads and a batch size."""

    run: RunRecord
    backend: str
    precision: str
    threads: int
    batch_size: int

    @property
    def number_format(self) -> str:
        """The number format of the measured file: the run's own file may be quantized."""
        return model_file_of(self.run) if self.precision == "float32" else self.precision

    @property
    def title(self) -> str:
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        return f"{self.run.student}: {self.backend}, {self.number_format}, {threads}, batch {self.batch_size}"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredLatencies:
    """How many graphs of some runs are ``measured`` on this device and how many are ``waiting``; ``one_round``: whether
    an undisturbed round has all of them."""

    measured: int = 0
    waiting: int = 0
    one_round: bool = False


def latency_tasks(
    runs: Sequence[RunRecord],
    batch_sizes: Sequence[int] = BATCH_SIZES,
    precisions: Sequence[str] = ("float32",),
    backends: Sequence[str] = (ONNXRUNTIME, EAGER),
) -> tuple[LatencyTask, ...]:
    """The measurements of finished runs: each graph once, on one thread and on all; torch in float32 only.

    A quantized run has only its own file, which torch does not run.
    """
    graphs = {graph_of(run): run for run in reversed(runs)}
    pairs = [(backend, precision) for precision in dict.fromkeys(precisions) for backend in backends]
    return tuple(
        LatencyTask(run=run, backend=backend, precision=precision, threads=threads, batch_size=batch_size)
        for run in reversed(graphs.values())
        for backend, precision in pairs
        if _can_run(run, backend, precision)
        for threads, batch_size in _counts(batch_sizes)
    )


def _can_run(run: RunRecord, backend: str, precision: str) -> bool:
    if model_file_of(run) != "float32":
        return backend != EAGER and precision == "float32"
    return backend != EAGER or precision == "float32"


def run_latency_task(
    step: LatencyTask,
    store: Store,
    checkpoint: Callable[[], None],
    timer: Timer = measure,
    opened: OpenModel | None = None,
    *,
    tasks: Tasks = TASKS,
    round_id: str | None = None,
) -> Measurement:
    """Measure and store one latency task; ``opened`` gives the file of a run, ``tasks`` what it was trained on.

    Raises: NotFound, CorruptFile, Stopped.
    """
    measurement = (
        _eager(step, store, checkpoint, timer, tasks)
        if step.backend == EAGER
        else _onnx(step, store, checkpoint, timer, opened)
    )
    measurement = replace(measurement, round_id=round_id)
    store.add_measurements([measurement])
    return measurement


def measure_runs(
    runs: Sequence[RunRecord], store: Store, checkpoint: Callable[[], None], timer: Timer = measure
) -> list[Measurement]:
    """Measure and store the files of these runs in one round: one image on one thread of onnxruntime, in turns, so that
    they are comparable. Raises NotFound, CorruptFile, Stopped."""
    files = [model(store, run.id) for run in runs]
    timings = measure_round([file.data for file in files], checkpoint=checkpoint, timer=timer)
    threads, batch_size = COMPARED
    step = {"backend": ONNXRUNTIME, "precision": "float32", "threads": threads, "batch_size": batch_size}
    measurements = [
        _measurement(LatencyTask(run=run, **step), timed, size_bytes=file.size_bytes, largest_difference=None)  # type: ignore[arg-type]
        for run, file, timed in zip(runs, files, timings, strict=True)
    ]
    round_id = uuid.uuid4().hex
    measurements = [replace(measurement, round_id=round_id) for measurement in measurements]
    store.add_measurements(measurements)
    return measurements


def ensure_measured(
    runs: Sequence[RunRecord],
    store: Store,
    checkpoint: Callable[[], None],
    step: Callable[[int, int], None],
    timer: Timer = measure,
    *,
    together: bool = True,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Measure each graph of the finished runs that was not measured yet on this device, with its onnxruntime and
    threads.

    ``together``: measure all graphs in one round, unless an undisturbed round has them; else only those not measured
    yet. ``step(done, total)`` counts measurements; ``monotonic`` estimates the progress of a round, which takes a fixed
    time.
    """
    graphs = _graphs(runs)
    here = _measured_here(graphs, store)
    waiting = [run for graph, run in graphs.items() if not _is_known(graph, here)]
    steps = latency_tasks(waiting, backends=(ONNXRUNTIME,))
    others = [task for task in steps if (task.threads, task.batch_size) != COMPARED]
    if together and graphs and not _is_one_round(graphs, here):
        waiting = [*graphs.values()]
    total = len(waiting) + len(others)
    if waiting:
        step(0, total)
        measure_runs(waiting, store, _progress_checkpoint(len(waiting), total, checkpoint, step, monotonic), timer)
    for done, task in enumerate(others, start=len(waiting)):
        step(done, total)
        run_latency_task(task, store, checkpoint, timer)


def stored_latencies(runs: Sequence[RunRecord], store: Store) -> StoredLatencies:
    """Which graphs of these runs ``ensure_measured`` would find measured."""
    graphs = _graphs(runs)
    here = _measured_here(graphs, store)
    measured = sum(_is_known(graph, here) for graph in graphs)
    one_round = bool(graphs) and _is_one_round(graphs, here)
    return StoredLatencies(measured=measured, waiting=len(graphs) - measured, one_round=one_round)


def _graphs(runs: Sequence[RunRecord]) -> dict[str, RunRecord]:
    return {graph: run for run in runs if run.state == "finished" and (graph := known_graph(run))}


def _progress_checkpoint(
    count: int,
    total: int,
    checkpoint: Callable[[], None],
    step: Callable[[int, int], None],
    monotonic: Callable[[], float],
) -> Callable[[], None]:
    """A checkpoint that reports the progress of a round of ``count`` graphs whenever ``WAY_SECONDS`` have passed."""
    began, reported = monotonic(), 0

    def passed() -> None:
        nonlocal reported
        checkpoint()
        done = min(count - 1, int((monotonic() - began) / WAY_SECONDS))
        if done > reported:
            reported = done
            step(done, total)

    return passed


def measure_run(
    run: RunRecord, store: Store, checkpoint: Callable[[], None], timer: Timer = measure
) -> list[Measurement]:
    """Measure and store a run's ONNX file at batch 1 and 32, on one thread and on all."""
    return [run_latency_task(step, store, checkpoint, timer) for step in latency_tasks([run], backends=(ONNXRUNTIME,))]


def quickly(*calls: Callable[[], object], checkpoint: Callable[[], object] | None = None) -> tuple[Timing, ...]:
    """A rough timing for searches that time many candidates."""
    return measure(*calls, checkpoint=checkpoint, warmup_runs=5, warmup_seconds=0.02, runs=40, seconds=0.1)


def _counts(batch_sizes: Sequence[int]) -> list[tuple[int, int]]:
    counts = dict.fromkeys((1, available_threads()))
    return [(threads, batch_size) for threads in counts for batch_size in dict.fromkeys(batch_sizes)]


def _measured_here(graphs: Collection[str], store: Store) -> list[Measurement]:
    return store.measurements(graphs=list(graphs), device=device_name())


def _is_known(graph: str, measured: Sequence[Measurement]) -> bool:
    pairs = {
        (measurement.threads, measurement.batch_size)
        for measurement in measured
        if measurement.graph == graph and is_onnxruntime(measurement) and _is_same(measurement)
    }
    return pairs.issuperset(_counts(BATCH_SIZES))


def _is_one_round(graphs: Collection[str], measured: Sequence[Measurement]) -> bool:
    newest = LatencyRounds(measured).of(graphs)
    return newest.keys() == set(graphs) and all(map(_is_same, newest.values())) and is_round(newest)


def _is_same(measurement: Measurement) -> bool:
    here = environment()
    return all(measurement.environment.get(name) == here.get(name) for name in SAME)


def _onnx(
    step: LatencyTask, store: Store, checkpoint: Callable[[], None], timer: Timer, opened: OpenModel | None
) -> Measurement:
    file = opened(step.run.id, step.precision) if opened else model(store, step.run.id, step.precision)
    pair = {"batch_size": step.batch_size, "threads": step.threads}
    (timed,) = measure_round([file.data], **pair, checkpoint=checkpoint, timer=timer)
    return _measurement(step, timed, size_bytes=file.size_bytes, largest_difference=None)


def _eager(step: LatencyTask, store: Store, checkpoint: Callable[[], None], timer: Timer, tasks: Tasks) -> Measurement:
    blueprint = blueprint_of(step.run, tasks)
    try:
        network = from_bytes(blueprint, store.read_artifact(step.run.id, "weights"))
    except NotFound:  # an archive may leave out weights, and they do not change a latency
        network = drawn(blueprint)
    pair = {"batch_size": step.batch_size, "threads": step.threads}
    timed = measure_eager(network, blueprint, **pair, checkpoint=checkpoint, timer=timer)
    # The export compared torch's logits with the file's.
    size_bytes, difference = step.run.scores.get("size_bytes"), step.run.scores.get("onnx_largest_difference")
    return _measurement(step, timed, size_bytes=size_bytes, largest_difference=difference)


def _measurement(
    step: LatencyTask, timed: BackendTiming, *, size_bytes: int | None, largest_difference: float | None
) -> Measurement:
    timing = timed.timing
    return Measurement(
        run_id=step.run.id,
        graph=graph_of(step.run),
        device=device_name(),
        provider=timed.provider,
        batch_size=timed.batch_size,
        threads=timed.threads,
        first_ms=timing.first_ms,
        warmup_runs=timing.warmup_runs,
        runs=timing.runs,
        environment=environment(),
        created_at=clock.now(),
        precision=step.precision,
        session_ms=timed.session_ms,
        size_bytes=size_bytes,
        largest_difference=largest_difference,
        disturbed=timing.disturbed,
        **timing.to_row(),
    )
