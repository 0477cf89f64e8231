"""Records for tests that need a store with something in it."""

from datetime import UTC, datetime
from typing import Any

from distill_core.store import JobRecord, JobState

__all__ = ["job_record"]


def job_record(job_id: str, specification: str, **changes: Any) -> JobRecord:
    values = {
        "id": job_id,
        "fingerprint": job_id * 8,
        "title": f"job {job_id}",
        "specification": specification,
        "state": JobState.QUEUED,
        "error": None,
        "owner": "0" * 32,
        "expected_seconds": 10.0,
        "submitted_at": datetime.now(UTC),
        **changes,
    }
    return JobRecord(**values)
