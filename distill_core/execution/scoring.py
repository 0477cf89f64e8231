"""Evaluates a network: its scores and sizes, and its files."""

import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from distill_core.deployment.onnx_export import export_onnx, graph_hash
from distill_core.deployment.runtime import run_onnx
from distill_core.evaluation import score, score_missing_class
from distill_core.files import sha256_of
from distill_core.networks import Blueprint, profile
from distill_core.networks.stored import KEPT
from distill_core.networks.weights import to_bytes
from distill_core.spec import fingerprint
from distill_core.tasks import Dataset
from distill_core.training.predict import predict

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

# Batch size of an ONNX file: larger batches take more memory and no less time.
FILE_BATCH = 250


def evaluate(
    network: "nn.Module",
    blueprint: Blueprint,
    datasets: Mapping[str, Dataset],
    *,
    missing_index: int | None = None,
    file: bytes | None = None,
    own_speed: bool = False,
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Scores at the last update, and the files: weights, ONNX, and logits of validation and test images.

    ``missing_index``: a class that the network never saw, which gets scores of its own (``unseen``). With ``file``, a
    quantized ONNX file, all scores are of that file, and the weights are those that it was made from. ``own_speed``:
    give the graph a hash of its own, so that its latency is measured even where the same graph was timed. The scores
    include the blueprint's fields without a column (``form_of``).

    Raises: ExportMismatch where the ONNX file's logits differ from the network's.
    """
    from safetensors.numpy import save

    weights, exported = to_bytes(network), export_onnx(network, blueprint)
    onnx = exported.data if file is None else file
    valid_NC, test_NC = (_answers(network, file, datasets[part]) for part in ("valid", "test"))
    valid_labels_N, test_labels_N = (datasets[part].targets for part in ("valid", "test"))
    test = score(test_NC, test_labels_N).to_dict()
    # Whom it should agree with is told by the job that shows it: see reports.agreement.
    test.pop("agreement")
    size = profile(blueprint)
    scores = {
        "test_accuracy": test.pop("accuracy"),
        "valid_accuracy": score(valid_NC, valid_labels_N).accuracy,
        **test,
        "test_images": len(test_labels_N),
        "parameters": size.parameters,
        "macs": size.macs,
        "size_bytes": len(weights) if file is None else len(file),
        "onnx_bytes": len(onnx),
        "zipped_bytes": len(zlib.compress(onnx, 9)),
        "onnx_largest_difference": exported.largest_difference,
        "graph": fingerprint(graph_hash(onnx), sha256_of(onnx)) if own_speed else graph_hash(onnx),
    }
    scores |= form_of(blueprint)
    if missing_index is not None:
        found = score_missing_class(valid_NC, valid_labels_N, test_NC, test_labels_N, missing_index)
        scores["unseen"] = found.to_dict()
    predictions = save({"valid_logits_NC": valid_NC, "test_logits_NC": test_NC, "test_labels_N": test_labels_N})
    return scores, {"weights": weights, "onnx": onnx, "predictions": predictions}


def form_of(blueprint: Blueprint) -> dict[str, Any]:
    """The blueprint's fields that have no column in the record; the weights cannot be loaded without them."""
    form = blueprint.to_dict()
    return {name: form[name] for name in KEPT if form.get(name)}


def _answers(network: "nn.Module", file: bytes | None, dataset: Dataset) -> "np.ndarray":
    """Logits (N, C), float32, of the file where given, else of the network."""
    import numpy as np

    if file is None:
        return predict(network, dataset)
    places = np.array_split(np.arange(len(dataset)), -(-len(dataset) // FILE_BATCH))
    batches = (dataset.batch(part).contiguous().numpy() for part in places)
    return np.concatenate([run_onnx(file, batch) for batch in batches])
