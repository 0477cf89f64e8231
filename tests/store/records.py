"""Literal records, of which a test says only what it is about."""

from datetime import UTC, datetime
from typing import Any

from distill_core.store import JobRecord, JobState, Measurement, RobustnessScore, RunRecord

__all__ = ["a_job", "a_measurement", "a_run", "a_trial"]

NOON = datetime(2026, 1, 2, 12, 0, 0, 250, tzinfo=UTC)


def a_job(job_id: str = "a", **changes: Any) -> JobRecord:
    values: dict[str, Any] = {
        "id": job_id,
        "fingerprint": f"fingerprint of {job_id}",
        "title": "Default comparison",
        "specification": "{}",
        "state": JobState.QUEUED,
        "error": None,
        "owner": "0" * 32,
        "expected_seconds": 30.5,
        "submitted_at": NOON,
    }
    return JobRecord(**{**values, **changes})


def a_run(run_id: str = "00000000000000aa", **changes: Any) -> RunRecord:
    values: dict[str, Any] = {
        "id": run_id,
        "fingerprint": run_id * 4,
        "role": "student",
        "student": "KD on all",
        "task": "fashion_mnist_small",
        "architecture": "resnet8",
        "width": 1.0,
        "stem_stride": 2,
        "method": "kd",
        "temperature": 4.0,
        "alpha": 0.9,
        "parameters": {"smoothing": 0.1},
        "seed": 2**31 - 1,
        "labels": None,
        "transfer": "all",
        "state": "finished",
        "message": None,
        "updates": 480,
        "seconds": 12.5,
        "scores": {"test_accuracy": 0.84, "confusion": [[9, 1], [2, 8]]},
        "environment": {"cpu": "a CPU"},
        "created_at": NOON,
    }
    return RunRecord(**{**values, **changes})


def a_measurement(**changes: Any) -> Measurement:
    values: dict[str, Any] = {
        "run_id": "00000000000000aa",
        "graph": "ab" * 32,
        "device": "a CPU, 2 logical cores",
        "provider": "CPUExecutionProvider",
        "batch_size": 1,
        "threads": 1,
        "first_ms": 5.0,
        "warmup_runs": 20,
        "runs": 200,
        "p50_ms": 1.0,
        "p90_ms": 1.5,
        "p95_ms": 2.0,
        "p99_ms": 4.0,
        "environment": {"cpu": "a CPU"},
        "created_at": NOON,
    }
    return Measurement(**{**values, **changes})


def a_trial(**changes: Any) -> RobustnessScore:
    values: dict[str, Any] = {
        "run_id": "00000000000000aa",
        "disturbance": "snow",
        "strength": 3.0,
        "images": 2000,
        "version": "0123456789abcdef",
        "accuracy": 0.75,
        "ece": 0.1,
        "nll_nats": 0.9,
        "confidence": 0.85,
        "created_at": NOON,
        "unmoved": 3,
    }
    return RobustnessScore(**{**values, **changes})
