"""What a browser would tell, shared by the tests of reports and the lab."""

import uuid
from collections.abc import Sequence
from typing import Any

from distill_core.timed import Timed

__all__ = ["BROWSER", "PHONE", "a_timed"]

PHONE = "3f2a" * 8
BROWSER: dict[str, Any] = {
    **{"browser": "Chrome 156", "system": "Android", "cores": 8, "isolated": True, "clock_ms": 0.005},
    "onnxruntime_web": "1.30.0",
}


def a_timed(run_id: str, logits: Sequence[Sequence[float | None]], /, **changes: Any) -> Timed:
    """One hundred runs of 1 to 100 ms on one thread at batch 1."""
    values = {
        "uid": uuid.uuid4().hex,
        "run_id": run_id,
        "precision": "float32",
        "backend": "wasm",
        "threads": 1,
        "batch_size": 1,
        "size_bytes": 1000,
        **{"load_ms": 5.0, "session_ms": 20.0, "first_ms": 3.0, "warmup_runs": 20, "runs_per_sample": 1},
        "samples_ms": [float(value) for value in range(1, 101)],
        "logits": logits,
        "browser": BROWSER,
    }
    return Timed.of({**values, **changes})
