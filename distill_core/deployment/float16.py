"""Converts a float32 ONNX file to float16: weights and sums in float16, images and logits still in float32."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from distill_core.deployment.graph_digest import graph_hash, load
from distill_core.deployment.onnx_export import CHECKED_BATCHES, OnnxFile
from distill_core.deployment.parity import within_tolerance
from distill_core.deployment.runtime import example_feed, session
from distill_core.errors import CorruptFile, ExportMismatch, said
from distill_core.lazy_torch import onnx

LARGEST = float(np.finfo(np.float16).max)
KEEP = "keep float32 for this network"


def to_float16(data: bytes) -> OnnxFile:
    """Convert a float32 file to float16; ``largest_difference`` is that of its logits from the float32 file's.

    Raises: ExportMismatch where a weight or a sum is too large for float16, or the logits differ by more than rounding;
    CorruptFile if the bytes are no ONNX file.
    """
    model = load(data)
    _check_weights(model)
    _check_sums(model)
    half = _converted(model).SerializeToString()
    full, halved = session(data, threads=1), session(half, threads=1)
    largest = max(_difference(full, halved, batch_size) for batch_size in CHECKED_BATCHES)
    return OnnxFile(data=half, graph=graph_hash(half), largest_difference=largest)


def _converted(model: onnx.ModelProto) -> onnx.ModelProto:
    from onnxruntime.transformers.float16 import DEFAULT_OP_BLOCK_LIST, convert_float_to_float16

    preparing, given = _preparing(model), list(model.graph.input)
    if preparing:
        _begin_after(model, preparing)
    half: onnx.ModelProto = convert_float_to_float16(
        model, keep_io_types=True, op_block_list=[*DEFAULT_OP_BLOCK_LIST, *_kept(model)]
    )
    if preparing:
        half.graph.node.extend(preparing)
        del half.graph.input[:]
        half.graph.input.extend(given)
    _sort(half.graph)
    return half


def _preparing(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    """The nodes that prepare rows of a table, which stay in float32: what was read may be any number."""
    nodes = model.graph.node
    rows = any(node.op_type == "IsNaN" for node in nodes)
    return [node for node in nodes if rows and node.name.startswith("/stem/")]


def _begin_after(model: onnx.ModelProto, nodes: list[onnx.NodeProto]) -> None:
    """Let the graph begin with what ``nodes`` answer to others, without them."""
    made = {name for node in nodes for name in node.output}
    rest = [node for node in model.graph.node if node not in nodes]
    asked = sorted({name for node in rest for name in node.input if name in made})
    for field in (model.graph.node, model.graph.input):
        del field[:]
    model.graph.node.extend(rest)
    kind = onnx.TensorProto.FLOAT
    model.graph.input.extend(onnx.helper.make_tensor_value_info(name, kind, None) for name in asked)


def _kept(model: onnx.ModelProto) -> list[str]:
    """Operators that stay in float32 in addition to the converter's default list."""
    # onnxruntime 1.32 fuses a Transpose with the MatMul behind it and crashes on a CPU where both are float16. A
    # Transpose in float32 loses nothing.
    return ["Transpose"] if any(node.op_type == "MatMul" for node in model.graph.node) else []


def _sort(graph: onnx.GraphProto) -> None:
    """Sort the nodes topologically, as ONNX requires; the converter appends its casts at the end."""
    ready = {"", *(value.name for value in graph.input), *(tensor.name for tensor in graph.initializer)}
    waiting, ordered = list(graph.node), []
    while waiting:
        able = [node for node in waiting if ready.issuperset(node.input)]
        if not able:
            raise CorruptFile("an ONNX graph", expected="no cycle", got="a cycle", hint="export it again")
        for node in able:
            ready.update(node.output)
        waiting = [node for node in waiting if not ready.issuperset(node.output)]
        ordered += able
    del graph.node[:]
    graph.node.extend(ordered)


def _check_weights(model: onnx.ModelProto) -> None:
    for tensor in model.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT:
            _check_range(tensor.name, onnx.numpy_helper.to_array(tensor))


def _check_sums(model: onnx.ModelProto) -> None:
    """Check all inner values too: onnxruntime adds up in float32 on a CPU, a GPU does not."""
    inferred = onnx.shape_inference.infer_shapes(model)
    wide = {name for node in _preparing(model) for name in node.output}
    narrow = [value for value in inferred.graph.value_info if value.name not in wide]
    inner = [value for value in narrow if value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT]
    inferred.graph.output.extend(inner)
    opened = session(inferred.SerializeToString(), threads=1)
    names = [value.name for value in inner]
    for name, values in zip(names, opened.run(names, example_feed(opened, 32)), strict=True):
        _check_range(name, values)


def _check_range(name: str, values: NDArray[Any]) -> None:
    largest = float(np.abs(values).max(initial=0.0))
    if not largest <= LARGEST:  # NaN is no number either
        got = said("{largest:g} in {name}", largest, name)
        raise ExportMismatch("float16", expected=said("numbers up to {most:,.0f}", LARGEST), got=got, hint=KEEP)


def _difference(full: Any, halved: Any, batch_size: int) -> float:
    feed = example_feed(full, batch_size)
    (wanted_BC,), (half_BC,) = full.run(["logits"], feed), halved.run(["logits"], feed)
    agrees, difference = within_tolerance(half_BC, wanted_BC, "float16")
    if not agrees:
        expected, got = "those of float32, up to rounding", said("a difference of {difference:g}", difference)
        raise ExportMismatch("the float16 file's logits", expected=expected, got=got, hint=KEEP)
    return difference
