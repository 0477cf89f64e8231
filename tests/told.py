"""What a browser would tell of a network that it timed, for every test that needs it."""

import uuid
from collections.abc import Sequence
from typing import Any

from distill_core.browser_measurement import BrowserMeasurement
from distill_core.lab import Lab
from distill_core.store import Measurement
from ui.browser.device import COOKIE, device_of

__all__ = ["BROWSER", "PHONE", "PHONES_NUMBER", "TABLET", "a_timed", "payload", "right_payload", "tell"]

# What a page of the phone tells of itself, and what the lab calls it.
PHONES_NUMBER, TABLET = "3f2a" * 8, "b" * 32
PHONE = str(device_of({COOKIE: PHONES_NUMBER}))
BROWSER: dict[str, Any] = {
    **{"browser": "Chrome 156", "system": "Android", "cores": 8, "memory_gb": 4.0},
    **{"isolated": True, "clock_ms": 0.005, "onnxruntime_web": "1.30.0"},
    "user_agent": "Mozilla/5.0 (nobody's business)",
}
# Long and short ones in turns: neither half is slower than the other.
SAMPLES_MS = [float(value) for pair in zip(range(1, 51), range(100, 50, -1), strict=True) for value in pair]


def payload(run_id: str, logits: Sequence[Sequence[float | None]], /, **changes: Any) -> dict[str, Any]:
    """As it comes in JSON: one hundred runs of 1 to 100 ms on one thread at batch 1."""
    return {
        "uid": uuid.uuid4().hex,
        "round": "f" * 32,
        "run_id": run_id,
        "precision": "float32",
        "backend": "wasm",
        "threads": 1,
        "batch_size": 1,
        "size_bytes": 1000,
        **{"load_ms": 5.0, "session_ms": 20.0, "first_ms": 3.0, "warmup_runs": 20, "runs_per_sample": 1},
        "samples_ms": SAMPLES_MS,
        "logits": logits,
        "browser": BROWSER,
        **changes,
    }


def a_timed(run_id: str, logits: Sequence[Sequence[float | None]], /, **changes: Any) -> BrowserMeasurement:
    return BrowserMeasurement.of(payload(run_id, logits, **changes))


def right_payload(lab: Lab, run_id: str, /, *, off_by: float = 0.0, **changes: Any) -> dict[str, Any]:
    """With the answers of the server; ``off_by`` is added to every logit."""
    wanted_BC = lab.devices.reference(run_id, changes.get("precision", "float32")).logits_BC
    return payload(run_id, (wanted_BC + off_by).tolist(), **changes)


def tell(lab: Lab, run_id: str, /, *, device_id: str = PHONE, label: str | None = None, **changes: Any) -> Measurement:
    """Keep a measurement of that device; ``changes`` are those of ``right_payload``."""
    timed = BrowserMeasurement.of(right_payload(lab, run_id, **changes))
    kept, _ = lab.devices.save_measurement(timed, device_id=device_id)
    if label is not None:
        lab.devices.rename(device_id, label)
    return kept
