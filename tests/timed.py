"""What a browser would tell of a run of the lab: the right answers, unless they are put off, and literal times."""

import uuid
from collections.abc import Sequence
from typing import Any

from distill_core.lab import Lab
from distill_core.timed import Timed

__all__ = ["BROWSER", "DEVICE", "OTHER_DEVICE", "tell"]

DEVICE, OTHER_DEVICE = "a" * 32, "b" * 32
BROWSER = {
    "browser": "Chrome 156",
    "system": "Android",
    "cores": 8,
    "memory_gb": 4.0,
    "isolated": True,
    "clock_ms": 0.005,
    "onnxruntime_web": "1.30.0",
    "user_agent": "Mozilla/5.0 (nobody's business)",
}


def tell(
    lab: Lab,
    run_id: str,
    samples_ms: Sequence[float],
    *,
    device_id: str = DEVICE,
    label: str | None = None,
    off_by: float = 0.0,
    **changes: Any,
) -> None:
    """Keep a measurement on that device; ``off_by`` is added to every logit, ``changes`` are fields of ``Timed``."""
    precision = changes.get("precision", "float32")
    wanted_BC = lab.reference(run_id, precision).logits_BC
    told = {
        "uid": uuid.uuid4().hex,
        "run_id": run_id,
        "precision": precision,
        "backend": "wasm",
        "threads": 1,
        "batch_size": 1,
        "size_bytes": lab.model(run_id, precision).size_bytes,
        "load_ms": 40.0,
        "session_ms": 12.0,
        "first_ms": 9.0,
        "warmup_runs": 25,
        "runs_per_sample": 1,
        "samples_ms": tuple(samples_ms),
        "logits": (wanted_BC + off_by).tolist(),
        "browser": BROWSER,
        **changes,
    }
    lab.keep_timed(Timed.model_validate(told), device_id=device_id, label=label)
