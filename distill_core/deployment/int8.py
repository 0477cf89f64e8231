"""Quantizes a float32 ONNX file: weights in 8 bits, sums in 32 bits, inputs and logits as they were."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from distill_core.deployment.graph_digest import graph_hash, load
from distill_core.deployment.node_names import strip_names
from distill_core.deployment.onnx_export import OnnxFile
from distill_core.deployment.runtime import TYPES, session
from distill_core.errors import ExportMismatch, InvalidSetting, Names, said
from distill_core.lazy_torch import onnx

Way = Literal["static", "dynamic"]
# Calibration examples a batch: the ranges do not depend on it, the memory does.
BATCH = 100
# Operators of a graph that computes in integers.
INTEGER = {"QuantizeLinear", "ConvInteger", "MatMulInteger"}
# The mark of onnxruntime's preprocessing, without which quantization logs a request for it. Norms are folded already.
PREPARED = ("onnx.quant.pre_process", "onnxruntime.quant")
# onnxruntime has no integer kernel for it, and its gains are a vector, which cannot have a scale for each output.
FLOAT = {"LayerNormalization"}
KEEP = "keep float32 for this network"


def to_int8(data: bytes, calibration: NDArray[Any], *, way: Way, per_channel: bool) -> OnnxFile:
    """Quantize a float32 file to int8; ``largest_difference`` is that of its logits from the float32 file's on the
    calibration examples. It is reported and has no limit: the accuracy of the file decides.

    ``static``: each activation has a fixed scale from its range on the calibration examples, 0 included; all layers
    compute in integers. ``dynamic``: each run computes the scale from its whole batch, so an example's logits depend
    slightly on the others; only convolutions and matrix products compute in integers, and the calibration examples
    have no effect. ``per_channel``: a scale for each output of a layer instead of a shared scale; in a dynamic file
    for matrices only, and not at all where weights are the first factor of a product, as rows of entities are.
    Raises: CorruptFile if the bytes are no ONNX file; InvalidSetting for examples that the file does not take;
    ExportMismatch where nothing in the graph can be in integers, or its numbers are not finite.
    Source: Jacob et al. 2018 (arXiv:1712.05877).
    """
    model = load(data)
    wanted_NC = _answers(data, calibration)
    if _counts_in_integers(model):
        raise _refused("a file in float32", "a file in integers")
    if not np.isfinite(wanted_NC).all():
        raise _refused("finite logits of the float32 file", "infinite or missing ones")
    per_channel = per_channel and not _weights_first(model.graph)
    quantized = _static(model, calibration, per_channel) if way == "static" else _dynamic(model, per_channel)
    if not _counts_in_integers(quantized):
        raise _refused("a layer that can compute in integers", "none")
    small = strip_names(quantized).SerializeToString()
    difference = float(np.abs(_answers(small, calibration) - wanted_NC).max())
    return OnnxFile(data=small, graph=graph_hash(small), largest_difference=difference)


def _static(model: onnx.ModelProto, calibration: NDArray[Any], per_channel: bool) -> onnx.ModelProto:
    """Quantize activations to unsigned 8 bits and weights to signed 7 bits.

    x86 multiplies unsigned by signed numbers. Without VNNI it adds two products in 16 bits, which 8-bit weights
    overflow and 7-bit weights do not: the file then gives the same logits on every processor.
    """
    from onnxruntime.quantization import QuantType, quantize_static
    from onnxruntime.quantization.registry import QDQRegistry, QLinearOpsRegistry

    with tempfile.TemporaryDirectory() as folder, _silence():
        path = Path(folder) / "int8.onnx"
        quantize_static(
            _prepared(model),
            path,
            _reader(model.graph.input[0].name, calibration),
            per_channel=per_channel,
            reduce_range=True,
            op_types_to_quantize=sorted({*QDQRegistry, *QLinearOpsRegistry} - FLOAT),
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        quantized = onnx.load(path)
    _free_logits(quantized.graph)
    return quantized


def _dynamic(model: onnx.ModelProto, per_channel: bool) -> onnx.ModelProto:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder, _silence():
        path = Path(folder) / "int8.onnx"
        # onnxruntime has a fast ConvInteger for unsigned weights only: 1.0 instead of 7.4 ms for a ResNet-20.
        quantize_dynamic(_prepared(model), path, per_channel=per_channel, weight_type=QuantType.QUInt8)
        return onnx.load(path)


def _prepared(model: onnx.ModelProto) -> onnx.ModelProto:
    onnx.helper.set_model_props(model, dict([PREPARED]))
    return model


@contextmanager
def _silence() -> Iterator[None]:
    """Keep onnxruntime's advice to programmers (a bias that is no constant) out of the log. The null handler prevents
    the root logger from creating one at its first record. Each caller adds and removes its own filter and handler, so
    callers may overlap."""
    root, nothing, ours = logging.getLogger(), logging.NullHandler(), _Ours()
    root.addHandler(nothing)
    root.addFilter(ours)
    try:
        yield
    finally:
        root.removeFilter(ours)
        root.removeHandler(nothing)


class _Ours(logging.Filter):
    """Drops the warnings of onnxruntime's quantization, and nothing else."""

    def filter(self, record: logging.LogRecord) -> bool:
        theirs = "onnxruntime" in record.pathname and "quantization" in record.pathname
        return not theirs or record.levelno >= logging.ERROR


def _reader(name: str, inputs: NDArray[Any]) -> Any:
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self._batches = ({name: batch} for batch in _batches(inputs))

        def get_next(self) -> dict[str, NDArray[Any]] | None:
            return next(self._batches, None)

    return Reader()


def _free_logits(graph: onnx.GraphProto) -> None:
    """Remove the rounding of the logits to 8 bits: it saves no time and makes predictions less certain."""
    makers = {name: node for node in graph.node for name in node.output}
    last = makers.get("logits")
    rounds = makers.get(last.input[0]) if last is not None and last.op_type == "DequantizeLinear" else None
    if last is None or rounds is None or rounds.op_type != "QuantizeLinear":
        return
    source = rounds.input[0]
    if sum(source in node.input for node in graph.node) > 1 or source not in makers:
        return
    makers[source].output[:] = ["logits" if name == source else name for name in makers[source].output]
    graph.node.remove(last)
    graph.node.remove(rounds)


def _batches(inputs: NDArray[Any]) -> list[NDArray[Any]]:
    return [inputs[start : start + BATCH] for start in range(0, len(inputs), BATCH)]


def _answers(data: bytes, inputs: NDArray[Any]) -> NDArray[np.float32]:
    opened = session(data, threads=1)
    declared = opened.get_inputs()[0]
    name, expected, kind = declared.name, declared.shape[1:], TYPES[declared.type]
    if inputs.dtype != kind or list(inputs.shape[1:]) != expected or not len(inputs):
        sizes, got = Names(expected), f"{inputs.dtype} {inputs.shape}"
        hint = "take training examples of the network's task, as it takes them"
        raise InvalidSetting(
            "calibration examples", expected=said("{kind} (1 or more, {sizes})", kind, sizes), got=got, hint=hint
        )
    return np.concatenate([opened.run(["logits"], {name: batch})[0] for batch in _batches(inputs)])


def _weights_first(graph: onnx.GraphProto) -> bool:
    """Whether a product has its weights first: onnxruntime then writes scales for the outputs that it cannot read."""
    weights = {tensor.name for tensor in graph.initializer}
    return any(node.op_type == "MatMul" and node.input[0] in weights for node in graph.node)


def _counts_in_integers(model: onnx.ModelProto) -> bool:
    return any(node.op_type in INTEGER for node in model.graph.node)


def _refused(expected: str, got: str) -> ExportMismatch:
    return ExportMismatch("int8", expected=expected, got=got, hint=KEEP)
