"""The lab's export kits: a run with all that an application needs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from distill_core.deployment.int8 import to_int8
from distill_core.deployment.kit.build import Kit, build_kit
from distill_core.deployment.kit.source import PRECISIONS, CardFacts, KitSource, Told, checked_precisions
from distill_core.deployment.model_file import finished_run_of, model_file_of
from distill_core.errors import DistillError
from distill_core.jobs import Lock
from distill_core.jobs.measurement_lock import MeasurementLock
from distill_core.jobs.torch_import import import_torch
from distill_core.lab.devices import Devices
from distill_core.lab.reports import Reports
from distill_core.lazy_torch import pd
from distill_core.reports.images import task_parts
from distill_core.reports.predictions import predictions_of
from distill_core.reports.robustness import robustness_table
from distill_core.store import LinkedRun, RunRecord, Store
from distill_core.tasks import Task, TaskCatalog, stratified

# Test examples on which files are held against the lab's answers, and training examples that calibrate an int8 file.
COMPARED, COMPARED_SCENES, CALIBRATION = 500, 50, 256
MOST_LATENCIES = 30


class Kits:
    """Makes export kits of the runs of one store."""

    def __init__(
        self, store: Store, tasks: TaskCatalog, reports: Reports, devices: Devices, measurement_lock: MeasurementLock
    ) -> None:
        self._store = store
        self._tasks = tasks
        self._reports = reports
        self._devices = devices
        self._measurement_lock = measurement_lock
        self._one_at_a_time = Lock()

    def precisions(self, run_id: str) -> tuple[str, ...]:
        """The precisions that a run's kit may have, that of its own file first. Raises NotFound."""
        own = model_file_of(finished_run_of(self._store, run_id))
        return PRECISIONS if own == "float32" else (own,)

    def make(self, run_id: str, precisions: Sequence[str] = (), told: Told = lambda _share, _step: None) -> Kit:
        """The kit of a finished run, by default with its own file alone. Imports torch.

        Raises: NotFound for a run that is unknown or failed, or has no file; InvalidSetting for precisions that it does
        not have; CorruptFile where a file of it is gone; ExportMismatch where a precision cannot hold the network.
        """
        run = finished_run_of(self._store, run_id)
        chosen = checked_precisions(model_file_of(run), precisions)
        self._devices.model(run.id)  # its file is there, before anything is made
        import_torch()
        if "float16" in chosen:  # it may wait for the queue, which may wait to measure
            self._file(run, self._tasks.get(run.task), "float16")
        with self._one_at_a_time, self._measurement_lock.shared(lambda: None):
            return build_kit(self._source(self._store.shown_last(run.id)), precisions, told)

    def folder_name(self, run_id: str) -> str:
        """What a kit's folder or zip is called: letters, digits and underscores."""
        linked = self._store.shown_last(run_id)
        slug = re.sub(r"[^a-z0-9]+", "_", linked.student.casefold()).strip("_") or "network"
        return f"{slug[:60]}_seed{linked.run.seed}"

    def _source(self, linked: LinkedRun) -> KitSource:
        run, task = linked.run, self._tasks.get(linked.run.task)
        test = task_parts(task.name, self._tasks).test
        count = min(COMPARED_SCENES if task.target.positions else COMPARED, len(test.labels_N))
        logits_N = self._stored(run, count)
        count = count if logits_N is None else len(logits_N)
        examples = task.dataset(task, test).batch(np.arange(count)).contiguous().numpy()
        return KitSource(
            run=run,
            title=linked.student,
            own=model_file_of(run),
            task=task,
            test=test,
            examples=examples,
            logits_N=logits_N,
            file=lambda precision: self._file(run, task, precision),
            specification=self._store.job(linked.job_id).specification,
            facts=self._facts(linked),
        )

    def _stored(self, run: RunRecord, count: int) -> np.ndarray | None:
        artifact = self._store.artifacts([run.id], "predictions").get(run.id)
        return None if artifact is None else predictions_of(artifact)["test_logits_NC"][:count]

    def _file(self, run: RunRecord, task: Task, precision: str) -> bytes:
        own = model_file_of(run)
        if precision == own:
            return self._devices.model(run.id).data
        if precision == "float16":
            return self._devices.model(run.id, "float16").data
        train = task.dataset(task, task_parts(task.name, self._tasks).train)
        chosen = stratified(task.strata(train), min(CALIBRATION, len(train)), seed=0)
        examples = train.batch(chosen).contiguous().numpy()
        return to_int8(self._devices.model(run.id).data, examples, way="static", per_channel=True).data

    def _facts(self, linked: LinkedRun) -> CardFacts:
        summary = self._reports.summary(linked.job_id)
        rows = _rows(summary)
        own = next(row for row in rows if linked.run.id in row["run_ids"])
        scores = robustness_table(self._store, [linked.run.id])
        examples = int(scores["images"].max()) if len(scores) else 0
        return CardFacts(
            student=own,
            control=next((row for row in rows if row["role"] == "control" and row["student"] == own["control"]), None),
            teacher=next((row for row in rows if row["role"] == "teacher"), None) if own["role"] != "teacher" else None,
            latencies=self._latencies(linked.run.id),
            robustness=_rows(scores[scores["images"] == examples]),
            robustness_examples=examples,
        )

    def _latencies(self, run_id: str) -> Sequence[Mapping[str, Any]]:
        """One example at a time on each device, the fastest first."""
        try:
            timings = self._devices.timings([run_id])
        except DistillError:
            return ()
        single = timings[timings["batch_size"] == 1].sort_values("p50_ms").head(MOST_LATENCIES)
        return _rows(single)


def _rows(table: pd.DataFrame) -> list[Mapping[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
