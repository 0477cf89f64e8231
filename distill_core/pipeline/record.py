"""From a trained network to its record: scores, curves and files."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from distill_core.architectures import Blueprint, profile
from distill_core.errors import ExportMismatch, InvalidSetting
from distill_core.evaluation import score, unseen_class
from distill_core.events import (
    INSIGHT,
    Event,
    InsightPoint,
    RunFailed,
    RunFinished,
    RunStarted,
    Sink,
    TrainPoint,
    ValidPoint,
)
from distill_core.experiment import Experiment, Student
from distill_core.export import environment, export_onnx
from distill_core.methods import METHODS, unlike_default
from distill_core.pipeline.runs import PlannedStudent
from distill_core.store import RunRecord
from distill_core.tasks import TaskData
from distill_core.training import ImageBank, Trained, predict
from distill_core.training.checkpoints import to_bytes

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

__all__ = ["Curves", "evaluate", "failed_run", "finished_run", "replay", "run_id", "untaught_run"]

Row = dict[str, Any]


def run_id(fingerprint: str) -> str:
    return fingerprint[:16]


class Curves:
    """A sink that keeps the points of every run and passes all events on."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._rows: dict[str, list[Row]] = {}

    def __call__(self, event: Event) -> None:
        if isinstance(event, TrainPoint):
            values = {"loss": event.loss_nats, **event.parts_nats}
            self._keep(event.run, event.update, values)
        elif isinstance(event, InsightPoint):
            self._keep(event.run, event.update, {f"{INSIGHT}{name}": value for name, value in event.values.items()})
        elif isinstance(event, ValidPoint):
            self._keep(event.run, event.update, {"valid_accuracy": event.accuracy})
        self._sink(event)

    def of(self, run: str) -> list[Row]:
        return self._rows.get(run, [])

    def _keep(self, run: str, update: int, values: Mapping[str, float]) -> None:
        rows = self._rows.setdefault(run, [])
        rows.extend({"update": update, "kind": kind, "value": value} for kind, value in values.items())


def replay(one: PlannedStudent, run: RunRecord, rows: Sequence[Row], sink: Sink) -> None:
    """Tell the story of a run that was there already, as if it had just been trained."""
    sink(RunStarted(one.key, one.student.name, one.seed))
    by_update: dict[int, dict[str, float]] = {}
    for row in rows:
        by_update.setdefault(row["update"], {})[row["kind"]] = row["value"]
    for update, values in by_update.items():
        accuracy = values.pop("valid_accuracy", None)
        seen = {kind: values.pop(kind) for kind in list(values) if kind.startswith(INSIGHT)}
        if seen:
            sink(InsightPoint(one.key, update, {kind.removeprefix(INSIGHT): value for kind, value in seen.items()}))
        if values:
            sink(TrainPoint(one.key, update, values.pop("loss"), values))
        if accuracy is not None:
            sink(ValidPoint(one.key, update, accuracy))
    if run.state == "failed":
        sink(RunFailed(one.key, str(run.message)))
    else:
        sink(RunFinished(one.key, float(run.scores["test_accuracy"])))


def evaluate(
    network: "nn.Module",
    blueprint: Blueprint,
    data: TaskData,
    banks: Mapping[str, ImageBank],
    teacher_test_logits_NC: "np.ndarray | None",
    *,
    missing_index: int | None = None,
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Scores at the last update, and the files: weights, ONNX, and logits of validation and test images.

    ``missing_index`` is a class that the network never saw: how it fares, before and after a bias, is a score too. The
    blueprints of another network in whose head it ends, or of an ensemble's members, are kept there, since without them
    nobody could read the weights.

    Raises: ExportMismatch where the ONNX file answers differently from the network.
    """
    from safetensors.numpy import save

    valid_NC, test_NC = predict(network, banks["valid"]), predict(network, banks["test"])
    test = score(test_NC, data.test.labels_N, teacher_logits_NC=teacher_test_logits_NC).to_dict()
    weights, onnx = to_bytes(network), export_onnx(network, blueprint)
    size = profile(blueprint)
    scores = {
        "test_accuracy": test.pop("accuracy"),
        "valid_accuracy": score(valid_NC, data.valid.labels_N).accuracy,
        **test,
        "test_images": len(data.test),
        "parameters": size.parameters,
        "macs": size.macs,
        "size_bytes": len(weights),
        "onnx_bytes": len(onnx.data),
        "onnx_largest_difference": onnx.largest_difference,
        "graph": onnx.graph,
    }
    if blueprint.graft is not None:
        scores["graft"] = blueprint.graft.to_dict()
    if blueprint.members:
        scores["members"] = [member.to_dict() for member in blueprint.members]
    if missing_index is not None:
        found = unseen_class(valid_NC, data.valid.labels_N, test_NC, data.test.labels_N, missing_index)
        scores["unseen"] = found.to_dict()
    predictions = save({"valid_logits_NC": valid_NC, "test_logits_NC": test_NC, "test_labels_N": data.test.labels_N})
    return scores, {"weights": weights, "onnx": onnx.data, "predictions": predictions}


def finished_run(
    one: PlannedStudent,
    result: Trained,
    experiment: Experiment,
    data: TaskData,
    banks: Mapping[str, ImageBank],
    teacher_test_logits_NC: "np.ndarray",
) -> tuple[RunRecord, dict[str, bytes]]:
    """The record and files of a student. One whose scores or file are not what they must be is recorded as failed,
    with why, since training it again would end the same way; what may go better next time is raised."""
    try:
        scores, files = evaluate(
            result.network, one.blueprint, data, banks, teacher_test_logits_NC, missing_index=one.missing_index
        )
    except (ExportMismatch, InvalidSetting) as error:
        return _record(one, result, experiment, "failed", str(error), {}), {}
    return _record(one, result, experiment, "finished", None, scores), files


def failed_run(one: PlannedStudent, result: Trained, experiment: Experiment) -> RunRecord:
    return _record(one, result, experiment, "failed", result.error, {})


def untaught_run(one: PlannedStudent, reason: str, experiment: Experiment) -> RunRecord:
    """The record of a student that nobody could teach: whoever should have has failed."""
    return _record(one, None, experiment, "failed", reason, {})


def _parameters(student: Student) -> dict[str, float]:
    """The numbers of its method, and what is done beside them."""
    found = {**student.parameters, **({"standardize": 1.0} if student.standardize else {})}
    for one in student.also:
        found[f"plus {one.method}"] = one.weight
        unlike = unlike_default(METHODS.get(one.method), one)
        found |= {f"plus {one.method}: {name}": value for name, value in unlike.items()}
    return found


def _record(
    one: PlannedStudent,
    result: Trained | None,
    experiment: Experiment,
    state: str,
    message: str | None,
    scores: dict[str, Any],
) -> RunRecord:
    student = one.student
    return RunRecord(
        id=run_id(one.fingerprint),
        fingerprint=one.fingerprint,
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
        seed=one.seed,
        labels=student.labels,
        transfer=student.transfer,
        missing_class=student.missing_class,
        state=state,  # type: ignore[arg-type]
        message=message,
        updates=result.updates if result else 0,
        seconds=result.seconds if result else 0.0,
        scores=scores,
        environment=environment(),
        specification=experiment.to_json(),
        created_at=datetime.now(UTC),
    )
