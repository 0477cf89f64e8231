"""Sessions of onnxruntime on the CPU; the only module that runs ONNX files. N examples, B of them in a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from distill_core.errors import CorruptFile
from distill_core.networks.example import example_array
from distill_core.tasks.base import InputSpec

# The operator that computes the range of a batch at run time.
DYNAMIC = b"DynamicQuantizeLinear"
TYPES = {"tensor(float)": "float32", "tensor(float16)": "float16", "tensor(int64)": "int64"}


def session(data: bytes, *, threads: int) -> Any:
    """An ``InferenceSession`` of an ONNX file on the CPU with ``threads`` threads and onnxruntime's other defaults.

    Raises: CorruptFile if the bytes are no ONNX file that onnxruntime can run.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except MemoryError:
        raise
    except Exception as error:  # each status of onnxruntime has a class of its own, without a common one
        raise CorruptFile(
            "an ONNX file", expected="a graph that onnxruntime runs", got=error, hint="export it again"
        ) from error


def run_onnx(data: bytes, batch: NDArray[Any]) -> NDArray[np.float32]:
    """The logits (B, classes) that an ONNX file gives. Raises CorruptFile where onnxruntime cannot run it."""
    return onnx_predictor(data, batch_size=len(batch))(batch)


def onnx_predictor(data: bytes, *, batch_size: int = 50) -> Callable[[NDArray[Any]], NDArray[np.float32]]:
    """A function from examples (N, *shape) to logits (N, classes), safe on several threads at once.

    Small batches stay in the caches. A dynamically quantized file gets one example a batch, since its scales come from
    the whole batch.

    Raises: CorruptFile if onnxruntime cannot run it.
    """
    opened = session(data, threads=1)
    name = opened.get_inputs()[0].name
    if DYNAMIC in data:
        batch_size = 1

    def answer(examples: NDArray[Any]) -> NDArray[np.float32]:
        batches = [examples[start : start + batch_size] for start in range(0, len(examples), batch_size)]
        return np.concatenate([opened.run(["logits"], {name: batch})[0] for batch in batches])

    return answer


def example_feed(opened: Any, batch_size: int) -> dict[str, NDArray[Any]]:
    """An input of a session by its name: standard normal numbers in its type, or ids 0 and 1; equal at every call.

    An ONNX file does not say how many ids there are.
    """
    declared = opened.get_inputs()[0]
    kind, shape = TYPES[declared.type], tuple(declared.shape[1:])
    given = InputSpec(shape=shape, dtype="int64", vocabulary=2) if kind == "int64" else InputSpec(shape=shape)
    return {declared.name: example_array(given, batch_size).astype(kind)}
