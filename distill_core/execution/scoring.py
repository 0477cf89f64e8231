"""Evaluates a network: its scores and sizes, and its files."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from safetensors.numpy import save

from distill_core.deployment.graph_digest import graph_hash, weighted_graph_hash
from distill_core.deployment.onnx_export import export_onnx
from distill_core.deployment.runtime import run_onnx
from distill_core.errors import InvalidSetting, said
from distill_core.evaluation.inputs import checked_matrix
from distill_core.evaluation.kept_examples import kept_examples
from distill_core.evaluation.metrics import score
from distill_core.evaluation.missing_class import score_missing_class
from distill_core.lazy_torch import Tensor, nn
from distill_core.networks import Blueprint, profile
from distill_core.networks.stored import KEPT
from distill_core.networks.weights import to_bytes
from distill_core.tasks import IGNORE, Dataset, Task
from distill_core.training.predict import predict
from distill_core.training.teacher_outputs import TeacherModel

# Batch size of an ONNX file: larger batches take more memory and no less time.
FILE_BATCH = 250
PARTS = ("valid", "test")
HALF_MOST = float(np.finfo(np.float16).max)


def evaluate(
    network: nn.Module,
    blueprint: Blueprint,
    task: Task,
    datasets: Mapping[str, Dataset],
    *,
    missing_index: int | None = None,
    file: bytes | None = None,
    own_speed: bool = False,
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Scores at the last update, and the files: weights, ONNX, and logits of validation and test examples.

    The task's own metrics come as ``test_NAME`` and ``valid_NAME``, and ``metric`` names the first where it is not
    accuracy; a task that names accuracy among them gets the details of a classification on its test examples too.

    ``missing_index``: a class that the network never saw, which gets scores of its own (``unseen``). With ``file``, a
    quantized ONNX file, all scores are of that file, and the weights are those that it was made from. ``own_speed``:
    give the graph a hash of its own, so that its latency is measured even where the same graph was timed. The scores
    include the blueprint's fields without a column (``form_of``).

    Raises: ExportMismatch where the ONNX file's logits differ from the network's; InvalidSetting where a logit or a
    metric is no finite number.
    """
    weights, exported = to_bytes(network), export_onnx(network, blueprint)
    onnx = exported.data if file is None else file
    outputs = {part: _answers(network, file, datasets[part]) for part in PARTS}
    scores, predictions = _scored(outputs, task, datasets)
    size = profile(blueprint)
    scores |= {
        "parameters": size.parameters,
        "macs": size.macs,
        "size_bytes": len(weights) if file is None else len(file),
        "onnx_bytes": len(onnx),
        "zipped_bytes": len(zlib.compress(onnx, 9)),
        "onnx_largest_difference": exported.largest_difference,
        "graph": weighted_graph_hash(onnx) if own_speed else graph_hash(onnx),
    }
    scores |= form_of(blueprint)
    if missing_index is not None:
        chosen, reported = ((outputs[part], datasets[part].targets) for part in PARTS)
        scores["unseen"] = score_missing_class(*chosen, *reported, missing_index).to_dict()
    return scores, {"weights": weights, "onnx": onnx, "predictions": predictions}


def evaluate_foreign(
    model: TeacherModel, task: Task, datasets: Mapping[str, Dataset]
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Scores and the file of predictions of a teacher that is no network of this lab: it has no weights, size or ONNX
    file here. Raises InvalidSetting where a logit or a metric is no finite number."""
    outputs = {part: _in_batches(lambda batch: model.logits(batch).numpy(), datasets[part]) for part in PARTS}
    scores, predictions = _scored(outputs, task, datasets)
    return scores, {"predictions": predictions}


def _scored(
    outputs: Mapping[str, np.ndarray], task: Task, datasets: Mapping[str, Dataset]
) -> tuple[dict[str, Any], bytes]:
    """The scores of logits of validation and test examples, and these as a file."""
    metrics = {part: _metrics(task, datasets[part], answers) for part, answers in outputs.items()}
    main_metric, targets = next(iter(metrics["test"])), datasets["test"].targets
    scores = {
        **({} if main_metric == "accuracy" else {"metric": main_metric}),
        **{f"{part}_{name}": value for part in PARTS for name, value in metrics[part].items()},
        **(_details(outputs["test"], targets) if "accuracy" in metrics["test"] else {}),
        "test_images": len(targets),
    }
    return scores, _file(outputs, targets)


def _file(outputs: Mapping[str, np.ndarray], test_labels_N: np.ndarray) -> bytes:
    """The file of predictions. Where an example has positions, the classes of all test examples are in it too."""
    arrays = {f"{part}_logits_NC": _kept(outputs[part]) for part in PARTS}
    arrays["test_labels_N"] = test_labels_N[: len(arrays["test_logits_NC"])]
    if outputs["test"].ndim > 2:
        kind = np.min_scalar_type(outputs["test"].shape[1] - 1)
        arrays["test_classes_N"] = np.ascontiguousarray(outputs["test"].argmax(1).astype(kind))
    return save(arrays)


def _kept(outputs: np.ndarray) -> np.ndarray:
    """The logits of all examples, or where each has many positions those of the first ones, in half precision."""
    count = kept_examples(len(outputs), outputs.shape[2:])
    if count == len(outputs):
        return np.ascontiguousarray(outputs)
    return np.ascontiguousarray(np.clip(outputs[:count], -HALF_MOST, HALF_MOST).astype(np.float16))


def _metrics(task: Task, dataset: Dataset, outputs: np.ndarray) -> Mapping[str, float]:
    """The task's own metrics. Raises: InvalidSetting where a logit or a metric is no finite number."""
    checked_matrix("logits", _rows(outputs))
    metrics = task.metrics(dataset, outputs)
    for name, value in metrics.items():
        if not math.isfinite(value):
            hint = "see that the part has examples with a target, and that the metric is defined for them"
            raise InvalidSetting(
                said("{name} of {task}", name, task.name), expected="a finite number", got=value, hint=hint
            )
    return metrics


def _details(outputs: np.ndarray, targets: np.ndarray) -> dict[str, Any]:
    """What a classification has beside its accuracy, over all positions with a target.

    Agreement belongs to the job that shows a run: see ``reports.agreement``.
    """
    known = targets.ravel() != IGNORE
    details = score(_rows(outputs)[known], targets.ravel()[known]).to_dict()
    return {name: value for name, value in details.items() if name != "accuracy"}


def _rows(outputs: np.ndarray) -> np.ndarray:
    """(R, C) from (N, C, *positions), as the loop sees them."""
    return outputs if outputs.ndim == 2 else np.moveaxis(outputs, 1, -1).reshape(-1, outputs.shape[1])


def form_of(blueprint: Blueprint) -> dict[str, Any]:
    """The blueprint's fields that have no column in the record; the weights cannot be loaded without them."""
    form = blueprint.to_dict()
    return {name: form[name] for name in KEPT if form.get(name)}


def _answers(network: nn.Module, file: bytes | None, dataset: Dataset) -> np.ndarray:
    """Logits (N, C, *positions), float32, of the file where given, else of the network."""
    if file is None:
        return predict(network, dataset)
    return _in_batches(lambda batch: run_onnx(file, batch.contiguous().numpy()), dataset)


def _in_batches(logits: Callable[[Tensor], np.ndarray], dataset: Dataset) -> np.ndarray:
    """Logits (N, C, *positions) of every example, unaugmented."""
    places = np.array_split(np.arange(len(dataset)), -(-len(dataset) // FILE_BATCH))
    return np.concatenate([logits(dataset.batch(part)) for part in places])
