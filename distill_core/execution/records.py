"""Builds the records of runs from trained networks; records the curves of runs and replays them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from distill_core import clock
from distill_core.accelerator import device_of
from distill_core.errors import ExportMismatch, InvalidSetting
from distill_core.events import (
    INSIGHT,
    VALID,
    Event,
    GradientPoint,
    RunFinished,
    RunStarted,
    Sink,
    TrainPoint,
    ValidPoint,
)
from distill_core.execution.initial_networks import InitializedStudent
from distill_core.execution.scoring import evaluate, form_of
from distill_core.lazy_torch import nn
from distill_core.machine import environment
from distill_core.methods import METHODS, non_default_settings
from distill_core.networks.weights import to_bytes
from distill_core.planning.initialization import is_weights_only, step_of
from distill_core.planning.runs import PlannedRun
from distill_core.spec import Experiment, Student, fingerprint
from distill_core.store import RunRecord
from distill_core.tasks import Dataset, Task

Row = dict[str, Any]
# The step of a student that continues training from its source's weights, and of one that stays as its source.
TRAINED_ON, AS_IT_IS = "train", "start"


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainedNetwork:
    """A network to evaluate. ``error``: the reason why its training ended early, and then the network is not used;
    ``initialized``: its initial network, None for random weights."""

    network: nn.Module
    updates: int
    seconds: float
    processor_seconds: float | None = None
    error: str | None = None
    initialized: InitializedStudent | None = None


def run_id(fingerprint: str) -> str:
    return fingerprint[:16]


class CurveRecorder:
    """A sink that records the points of every run and passes all events on."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._rows: dict[str, list[Row]] = {}

    def __call__(self, event: Event) -> None:
        if isinstance(event, TrainPoint):
            values = {"loss": event.loss, **event.parts}
            self._keep(event.run, event.update, values)
        elif isinstance(event, GradientPoint):
            self._keep(event.run, event.update, {f"{INSIGHT}{name}": value for name, value in event.values.items()})
        elif isinstance(event, ValidPoint):
            self._keep(event.run, event.update, {f"{VALID}{event.metric}": event.score})
        self._sink(event)

    def of(self, run: str) -> list[Row]:
        return self._rows.get(run, [])

    def _keep(self, run: str, update: int, values: Mapping[str, float]) -> None:
        rows = self._rows.setdefault(run, [])
        rows.extend({"update": update, "kind": kind, "value": value} for kind, value in values.items())


def replay(planned: PlannedRun, run: RunRecord, rows: Sequence[Row], sink: Sink) -> None:
    """Send the events of a stored finished run, as if it had just been trained."""
    sink(RunStarted(planned.key, planned.student.name, planned.seed))
    by_update: dict[int, dict[str, float]] = {}
    for row in rows:
        by_update.setdefault(row["update"], {})[row["kind"]] = row["value"]
    for update, values in by_update.items():
        scores = {kind: values.pop(kind) for kind in list(values) if kind.startswith(VALID)}
        seen = {kind: values.pop(kind) for kind in list(values) if kind.startswith(INSIGHT)}
        if seen:
            norms = {kind.removeprefix(INSIGHT): value for kind, value in seen.items()}
            sink(GradientPoint(planned.key, update, norms))
        if values:
            sink(TrainPoint(planned.key, update, values.pop("loss"), values))
        for kind, score in scores.items():
            sink(ValidPoint(planned.key, update, score, kind.removeprefix(VALID)))
    sink(RunFinished(planned.key, float(run.score("test")), run.metric))


def finished_run(
    planned: PlannedRun,
    made: TrainedNetwork,
    experiment: Experiment,
    task: Task,
    datasets: Mapping[str, Dataset],
) -> tuple[RunRecord, dict[str, bytes]]:
    """The record and files of a student. Where its scores or its ONNX file fail their checks, the record is failed with
    the reason and only weights are kept, since training again would end the same way. Other errors are raised."""
    initialized = made.initialized
    try:
        scores, files = evaluate(
            made.network,
            planned.blueprint,
            task,
            datasets,
            missing_index=planned.missing_index,
            file=initialized.file if initialized else None,
            own_speed=is_weights_only(planned.student),
        )
    except (ExportMismatch, InvalidSetting) as error:
        scores = form_of(planned.blueprint)
        refused = _record(planned, made.updates, made.seconds, experiment, "failed", error.text, scores)
        return refused, {"weights": to_bytes(made.network)}
    scores |= _initialized(planned, initialized) if initialized else {}
    record = _record(planned, made.updates, made.seconds, experiment, "finished", None, scores)
    return replace(record, processor_seconds=made.processor_seconds), files


def failed_run(
    planned: PlannedRun, reason: str, experiment: Experiment, *, updates: int = 0, seconds: float = 0.0
) -> RunRecord:
    """The record of a student that diverged, or could not start."""
    return _record(planned, updates, seconds, experiment, "failed", reason, {})


def _initialized(planned: PlannedRun, initialized: InitializedStudent) -> dict[str, Any]:
    """The scores that describe the step: its name and notes, the blueprint's hash, trainings, and the file's format."""
    step = step_of(planned.student)
    made = step.name if step else TRAINED_ON if planned.trains else AS_IT_IS
    scores: dict[str, Any] = {"step": made, "step_notes": dict(initialized.notes)}
    scores["form"] = fingerprint(planned.blueprint.to_dict())[:16]
    scores["trainings"] = planned.initial.trainings if planned.initial else 1
    return scores | ({"file": step.file} if step and step.file else {})


def _parameters(student: Student) -> dict[str, float]:
    """The parameters of its method, standardisation, and the methods on top."""
    parameters = {**student.parameters, **({"standardize": 1.0} if student.standardize else {})}
    for added in student.also:
        parameters[f"plus {added.method}"] = added.weight
        unlike = non_default_settings(METHODS.get(added.method), added)
        parameters |= {f"plus {added.method}: {name}": value for name, value in unlike.items()}
    return parameters


def _record(
    planned: PlannedRun,
    updates: int,
    seconds: float,
    experiment: Experiment,
    state: str,
    message: str | None,
    scores: dict[str, Any],
) -> RunRecord:
    student = planned.student
    return RunRecord(
        id=run_id(planned.fingerprint),
        fingerprint=planned.fingerprint,
        role=student.role,
        student=student.name,
        task=experiment.task,
        architecture=student.architecture,
        width=student.width,
        stem_stride=student.stem_stride,
        method=student.method,
        temperature=student.temperature,
        alpha=student.alpha,
        parameters=_parameters(student),
        seed=planned.seed,
        labels=student.labels,
        transfer=student.transfer,
        missing_class=student.missing_class,
        state=state,  # type: ignore[arg-type]
        message=message,
        updates=updates,
        seconds=seconds,
        scores=scores,
        environment=environment(device_of(experiment)),
        created_at=clock.now(),
        batch_size=experiment.budget.batch_size,
        macs=scores.get("macs"),
    )
