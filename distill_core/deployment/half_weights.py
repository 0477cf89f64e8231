"""Rewrites a float32 ONNX file so that its weights travel in 16 bits; it computes in float32 as before."""

from __future__ import annotations

import numpy as np

from distill_core.deployment.float16 import LARGEST
from distill_core.deployment.graph_digest import load
from distill_core.lazy_torch import onnx

# Smaller tensors, as norms and biases, are no bytes worth their rounding.
LEAST_NUMBERS = 64


def with_half_weights(data: bytes) -> bytes:
    """The file with its larger float32 weights in float16, each behind a Cast, which onnxruntime folds when it opens
    the file: as fast as before, half the bytes, weights rounded to 11 bits.

    A weight that float16 cannot hold stays as it is, and so does a file without float32 weights. Raises: CorruptFile if
    the bytes are no ONNX file.
    """
    model = load(data)
    halved, casts = [], []
    for tensor in model.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor) if tensor.data_type == onnx.TensorProto.FLOAT else None
        if values is None or values.size < LEAST_NUMBERS or not np.abs(values).max() <= LARGEST:
            halved.append(tensor)
            continue
        half = f"{tensor.name}.half"
        halved.append(onnx.numpy_helper.from_array(values.astype(np.float16), half))
        casts.append(onnx.helper.make_node("Cast", [half], [tensor.name], to=onnx.TensorProto.FLOAT))
    if not casts:
        return data
    nodes = [*casts, *model.graph.node]
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(halved)
    model.graph.node.extend(nodes)
    rewritten: bytes = model.SerializeToString()
    return rewritten
