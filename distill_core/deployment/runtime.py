"""Sessions of onnxruntime on the CPU; the only module that runs ONNX files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from distill_core.errors import CorruptFile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["example_images", "onnx_predictor", "run_onnx", "session"]

# The operator that computes the range of a batch at run time.
DYNAMIC = b"DynamicQuantizeLinear"
TYPES = {"tensor(float)": "float32", "tensor(float16)": "float16"}


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


def run_onnx(data: bytes, images_BCHW: NDArray[np.float32], *, threads: int = 1) -> NDArray[np.float32]:
    """The logits (B, classes) that an ONNX file gives. Raises CorruptFile where onnxruntime cannot run it."""
    return onnx_predictor(data, batch_size=len(images_BCHW), threads=threads)(images_BCHW)


def onnx_predictor(
    data: bytes, *, batch_size: int = 50, threads: int = 1
) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """A function from images (N, C, H, W) to logits (N, classes), safe on several threads at once.

    Small batches stay in the caches. A dynamically quantized file gets one image a batch, since its scales come from
    the whole batch.

    Raises: CorruptFile if onnxruntime cannot run it.
    """
    import numpy as np

    opened = session(data, threads=threads)
    if DYNAMIC in data:
        batch_size = 1

    def answer(images_NCHW: NDArray[np.float32]) -> NDArray[np.float32]:
        starts = range(0, len(images_NCHW), batch_size)
        batches = [images_NCHW[start : start + batch_size] for start in starts]
        return np.concatenate([opened.run(["logits"], {"images": batch})[0] for batch in batches])

    return answer


def example_images(opened: Any, batch_size: int) -> NDArray[np.floating[Any]]:
    """Standard normal pixels (B, C, H, W) in the type of the session's input; equal at every call."""
    import numpy as np

    images = opened.get_inputs()[0]
    pixels_BCHW = np.random.default_rng(0).standard_normal((batch_size, *images.shape[1:]))
    return pixels_BCHW.astype(TYPES[images.type])
