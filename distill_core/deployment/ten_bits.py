"""Rewrites a float32 ONNX file so that its weights travel in 10 bits; it computes in float32 as before."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from distill_core.deployment.float16 import LARGEST
from distill_core.deployment.graph_digest import load
from distill_core.lazy_torch import onnx

# Smaller tensors, as norms and biases, are no bytes worth their rounding; shorter rows none worth a scale each.
LEAST_NUMBERS, LEAST_IN_A_ROW, LEAST_ROWS = 64, 32, 8
# Steps from 0 to the largest weight of a row, and how many of them the upper part of a number counts at once: the lower
# part is as good as random, and what is left to compress stands in the upper one.
STEPS, AT_ONCE = 511, 8
LARGE_BYTES = 4_000_000


def with_ten_bits(data: bytes) -> bytes:
    """The file with its larger float32 weights as integers and a scale for each row, in float16 where rows are short.

    Operators that onnxruntime folds when it opens the file make float32 of them: as fast as before,
    a third of the bytes once they are compressed. The next weight of a row makes up for the error of one. A tensor that
    float16 cannot hold, or that is not finite, stays as it is, and so does a file without float32 weights.
    Raises: CorruptFile if the bytes are no ONNX file.
    """
    return _kept(data) if len(data) < LARGE_BYTES else _rewritten(data)


def _rewritten(data: bytes) -> bytes:
    model = load(data)
    kept: list[onnx.TensorProto] = []
    nodes: list[onnx.NodeProto] = []
    for tensor in model.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor) if tensor.data_type == onnx.TensorProto.FLOAT else None
        if values is None or values.size < LEAST_NUMBERS or not np.abs(values).max() <= LARGEST:
            kept.append(tensor)
            continue
        rows = _rows(values)
        tensors, made = _half(tensor.name, values) if rows is None else _ten(tensor.name, values, rows)
        kept += tensors
        nodes += made
    if not nodes:
        return data
    nodes += model.graph.node
    del model.graph.initializer[:], model.graph.node[:]
    if any(_AT_ONCE in node.input for node in nodes):
        kept.append(_tensor(_AT_ONCE, np.float32(AT_ONCE)))
    model.graph.initializer.extend(kept)
    model.graph.node.extend(nodes)
    rewritten: bytes = model.SerializeToString()
    return rewritten


# Visitors ask for the same few files, and again with every HEAD.
_kept = lru_cache(maxsize=8)(_rewritten)
_AT_ONCE = "steps_at_once"
_Parts = tuple[list["onnx.TensorProto"], list["onnx.NodeProto"]]


def _rows(values: NDArray[np.float32]) -> int | None:
    """Into how many rows a tensor is cut: an output of a convolution or a layer has one of its own. None: too short."""
    count = 1
    for length in values.shape:
        count *= length
        if count >= LEAST_ROWS:
            break
    return count if values.size // count >= LEAST_IN_A_ROW else None


def _half(name: str, values: NDArray[np.float32]) -> _Parts:
    half = f"{name}.half"
    return [_tensor(half, values.astype(np.float16))], [_cast(half, name)]


def _ten(name: str, values: NDArray[np.float32], rows: int) -> _Parts:
    weights_RN = values.reshape(rows, -1)
    largest_R1 = np.abs(weights_RN).max(axis=1, keepdims=True)
    scale_R1 = np.where(largest_R1 > 0, largest_R1, 1).astype(np.float32) / np.float32(STEPS)
    upper_RN, lower_RN = np.divmod(_rounded(weights_RN / scale_R1.astype(np.float64)), AT_ONCE)
    upper, lower, scale, shape = (f"{name}.{part}" for part in ("upper", "lower", "scale", "shape"))
    tensors = [
        _tensor(upper, upper_RN.astype(np.int8)),
        _tensor(lower, lower_RN.astype(np.uint8)),
        _tensor(scale, scale_R1),
        _tensor(shape, np.array(values.shape, np.int64)),
    ]
    node = onnx.helper.make_node
    return tensors, [
        _cast(upper, f"{upper}.float"),
        _cast(lower, f"{lower}.float"),
        node("Mul", [f"{upper}.float", _AT_ONCE], [f"{upper}.steps"]),
        node("Add", [f"{upper}.steps", f"{lower}.float"], [f"{name}.steps"]),
        node("Mul", [f"{name}.steps", scale], [f"{name}.rows"]),
        node("Reshape", [f"{name}.rows", shape], [name]),
    ]


def _rounded(steps_RN: NDArray[np.float64]) -> NDArray[np.float64]:
    """Whole steps whose sum along a row is at most half a step off: the inputs of a row, pixels or what comes out of a
    ReLU, have much in common, so that errors would add up."""
    whole_RN, over_R = np.empty_like(steps_RN), np.zeros(len(steps_RN))
    for place in range(steps_RN.shape[1]):
        wanted_R = steps_RN[:, place] + over_R
        whole_RN[:, place] = np.clip(np.round(wanted_R), -STEPS, STEPS)
        over_R = wanted_R - whole_RN[:, place]
    return whole_RN


def _cast(name: str, result: str) -> onnx.NodeProto:
    return onnx.helper.make_node("Cast", [name], [result], to=onnx.TensorProto.FLOAT)


def _tensor(name: str, values: NDArray[np.generic] | np.float32) -> onnx.TensorProto:
    return onnx.numpy_helper.from_array(np.asarray(values), name)
