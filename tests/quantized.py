"""A run whose own file is in integers, made from a stored one."""

from dataclasses import replace

import numpy as np

from distill_core.deployment.int8 import to_int8
from distill_core.store import RunRecord, Store

__all__ = ["INT8", "quantized"]

INT8 = "8" * 16


def quantized(store: Store, run: RunRecord, *, job: str | None = None) -> RunRecord:
    """A run of 8 x 8 pixels once more, called "Small", with an int8 file; a student of the job where one is named."""
    images = np.random.default_rng(0).standard_normal((64, 1, 8, 8), dtype=np.float32)
    made = to_int8(store.read_artifact(run.id, "onnx"), images, way="static", per_channel=True)
    scores = {**run.scores, "graph": made.graph, "file": "int8", "onnx_bytes": len(made.data)}
    small = replace(run, id=INT8, fingerprint=4 * INT8, student="Small", scores=scores)
    files = {name: store.read_artifact(run.id, name) for name in ("weights", "predictions")}
    store.save_run(small, curves=[], files={**files, "onnx": made.data})
    if job is not None:
        store.link_run(job, small.id, position=99, student="Small", role="student")
    return small
