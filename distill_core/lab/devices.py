"""The lab's devices: files for browsers, the measurements of browsers, and those of this server."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial

from distill_core import clock
from distill_core.browser_measurement import PRECISIONS, BrowserMeasurement, FileFormat
from distill_core.deployment.model_file import Float16Cache, Model, finished_run_of, known_graph, model
from distill_core.deployment.remeasuring import Remeasuring
from distill_core.deployment.server_measurement import (
    BATCH_SIZES,
    LatencyTask,
    Timer,
    latency_tasks,
    measure_run,
    run_latency_task,
)
from distill_core.deployment.ten_bits import with_ten_bits
from distill_core.errors import DistillError, InvalidSetting, Names, Stopped, said
from distill_core.jobs import Lock
from distill_core.jobs.background_task import BackgroundTask, TaskControl, TaskStatus
from distill_core.jobs.measurement_lock import MeasurementLock
from distill_core.jobs.queue import JobQueue
from distill_core.jobs.torch_import import import_torch
from distill_core.lab.shipped import shipped_file
from distill_core.lazy_torch import pd
from distill_core.reports.browser_measurements import (
    checked_device,
    checked_label,
    save_browser_measurement,
)
from distill_core.reports.reference import Reference, reference
from distill_core.reports.results import measurements_table
from distill_core.reports.timings import devices_table, timings_table
from distill_core.store import Measurement, Store
from distill_core.tasks import TaskCatalog

LARGEST_BATCH = 1024
# The longest that a conversion to float16 waits for training and measurements to pause.
PATIENCE_SECONDS = 30.0


class Devices:
    """Measurements of browsers and of this server; the server's are a background task that holds the queue."""

    def __init__(
        self, store: Store, tasks: TaskCatalog, queue: JobQueue, measurement_lock: MeasurementLock, timer: Timer
    ) -> None:
        self._store = store
        self._tasks = tasks
        self._queue = queue
        self._measurement_lock = measurement_lock
        self._timer = timer
        self._background_task = BackgroundTask("distill-measuring")
        self._remeasuring = Remeasuring(tasks)
        self._lock = Lock()
        self._shipped: dict[str, bytes] = {}
        self._conversions = Float16Cache(lock=Lock(), quiet=self._quiet)

    def model(self, run_id: str, precision: str = "float32") -> Model:
        """The ONNX file of a finished run; a float16 file is made of it at the first request, and stored.

        Raises: NotFound for a run that is unknown, deleted or failed; InvalidSetting for another precision;
        CorruptFile where the file is gone or changed; ExportMismatch where float16 cannot hold the network.
        """
        return model(self._store, run_id, precision, self._conversions)

    def ten_bits(self, run_id: str) -> Model:
        """``model`` with its weights in 10 bits, for where bytes matter more than the last digit of an answer;
        ``sha256`` is that of the run's own file."""
        found = self.model(run_id)
        return replace(found, data=with_ten_bits(found.data))

    def shipped(self, name: str) -> bytes:
        """The ONNX file of a teacher that ships, made at the first request and kept in memory.

        Raises: UnknownName with the names there are; CorruptFile; ExportMismatch.
        """
        with self._conversions.lock:
            if name not in self._shipped:
                import_torch()
                with self._quiet():
                    self._shipped[name] = shipped_file(name, self._tasks)
            return self._shipped[name]

    def file_hashes(self, run_ids: Sequence[str]) -> dict[str, str]:
        """The SHA-256 of each run's own ONNX file, as ``model`` reads it, by run id; a run without one is left out."""
        return {run_id: file.sha256 for run_id, file in self._store.artifacts(run_ids, "onnx").items()}

    def reference(self, run_id: str, precision: str = "float32") -> Reference:
        """The first test images, and the logits of the server's onnxruntime with the same file as ``model``."""
        return self._reference(self.model(run_id, precision))

    def save_measurement(self, timed: BrowserMeasurement, *, device_id: str) -> tuple[Measurement, bool]:
        """Store a browser's measurement, once for each ``uid``; the server computes percentiles and parity. Returns it,
        and whether it is new.

        Raises: NotFound where the run was deleted meanwhile; InvalidSetting for an impossible measurement.
        """
        model = self.model(timed.run_id, timed.precision)
        return save_browser_measurement(self._store, timed, model, self._reference(model), device_id)

    def _reference(self, model: Model) -> Reference:
        with self._lock:
            return reference(self._store, self._tasks, model)

    def table(self) -> pd.DataFrame:
        """A row for each browser that measured or was named, the last seen first."""
        return devices_table(self._store)

    def rename(self, device_id: str, label: str) -> None:
        """Label a device, also before its first measurement. Raises InvalidSetting for an unreadable label."""
        self._store.rename_device(checked_device(device_id), checked_label(label), clock.now())

    def forget(self, device_id: str) -> None:
        """Delete a device and its measurements. Idempotent."""
        self._store.forget_device(device_id)

    def measurements(self, run_ids: Sequence[str] | None = None) -> pd.DataFrame:
        """A row for each measurement of the graphs of these runs, or of all."""
        if run_ids is None:
            return measurements_table(self._store.measurements())
        graphs = {known_graph(self._store.run(run_id)) for run_id in run_ids}
        return measurements_table(self._store.measurements(graphs=list(graphs)))

    def timings(self, run_ids: Sequence[str] | None = None) -> pd.DataFrame:
        """The newest measurement of each device, graph, backend, number of threads, batch size and precision.

        Raises: NotFound for a run that was deleted.
        """
        return timings_table(self._store, run_ids)

    def remeasure(self, run_id: str) -> pd.DataFrame:
        """Measure a run's ONNX file again, while training is held."""
        run = finished_run_of(self._store, run_id)
        with self._queue.hold():
            return measurements_table(
                measure_run(run, self._store, lambda: None, self._measurement_lock.exclusive(self._timer))
            )

    def measure_server(
        self,
        run_ids: Sequence[str],
        batch_sizes: Sequence[int] = BATCH_SIZES,
        precisions: Sequence[FileFormat] = ("float32",),
    ) -> TaskStatus:
        """Measure the networks of these runs here, in the background: onnxruntime and torch, on one thread and on all.

        Each graph once, however many runs share it; training is held meanwhile, and each measurement is stored at once.
        Raises: NotFound; InvalidSetting for impossible numbers, or while this server measures.
        """
        runs = [finished_run_of(self._store, run_id) for run_id in dict.fromkeys(run_ids)]
        _check(len(runs), batch_sizes, precisions)
        steps = latency_tasks(runs, batch_sizes, precisions)
        if not steps:
            expected, got = "a network with a file in one", "quantized ones alone, which have their own"
            raise InvalidSetting("precisions", expected=expected, got=got, hint="choose float32, their own file")
        return self._background_task.start(
            "Measuring on this server", len(steps), lambda control: self._measure(control, steps)
        )

    def measuring(self) -> TaskStatus | None:
        """The status of the current or last background task; None before the first."""
        return self._background_task.snapshot()

    def stop_measuring(self) -> None:
        """End the background task; stored measurements stay. Idempotent."""
        self._background_task.stop()

    def remeasure_disturbed(self, checkpoint: Callable[[], None], busy: Callable[[], float | None]) -> float | None:
        """Repeat disturbed measurements (``Remeasuring``). The queue calls it while it is idle."""
        return self._remeasuring(self._store, checkpoint, self._measurement_lock.exclusive(self._timer), busy)

    def remeasuring(self) -> TaskStatus | None:
        """The status of the repeated measurement; None while there is none."""
        return self._remeasuring.view

    def close(self, timeout_seconds: float) -> None:
        """End the background task and refuse others; waits up to ``timeout_seconds``."""
        self._background_task.close(timeout_seconds)

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Hold the queue, for ``PATIENCE_SECONDS`` at most, so that nothing trains or is measured meanwhile."""
        with ExitStack() as held:
            with suppress(Stopped):
                held.enter_context(self._queue.hold(PATIENCE_SECONDS))
            yield

    def _measure(self, control: TaskControl, steps: Sequence[LatencyTask]) -> None:
        import_torch()
        # Without the conversion lock: its owner may wait for the queue hold that is taken here (deadlock).
        opened = partial(model, self._store, conversions=Float16Cache(refused=self._conversions.refused))
        refused: dict[str, None] = {}
        # All networks on one backend, then the next backend, since networks are compared with each other.
        round_id = uuid.uuid4().hex
        for done, step in enumerate(sorted(steps, key=_alike)):
            control.report(done, step.title)
            control.checkpoint()
            try:
                with self._queue.hold():
                    run_latency_task(
                        step,
                        self._store,
                        control.checkpoint,
                        self._measurement_lock.exclusive(self._timer),
                        opened,
                        tasks=self._tasks,
                        round_id=round_id,
                    )
            except Stopped:
                raise
            except DistillError as error:  # the others can be measured
                refused[str(error)] = None
        control.report(len(steps), "")
        if refused:
            raise DistillError(*refused)


def _alike(step: LatencyTask) -> tuple[object, ...]:
    return step.precision, step.backend, step.threads, step.batch_size


def _check(runs: int, batch_sizes: Sequence[int], precisions: Sequence[str]) -> None:
    hint = "choose them on the page"
    if not runs:
        raise InvalidSetting("networks to measure", expected="1 or more", got="none", hint=hint)
    if not batch_sizes or not all(1 <= size <= LARGEST_BATCH for size in batch_sizes):
        expected, got = said("1 to {most} images", LARGEST_BATCH), list(batch_sizes)
        raise InvalidSetting("batch sizes", expected=expected, got=got, hint=hint)
    if not precisions or not set(precisions) <= set(PRECISIONS):
        expected = said("{names: or }", Names(PRECISIONS))
        raise InvalidSetting("precisions", expected=expected, got=list(precisions), hint=hint)
