"""The record of a job that is about to be filed."""

import uuid

from distill_core import clock
from distill_core.lab.views import Plan
from distill_core.reports.description import title
from distill_core.store import JobRecord, JobState


def new_job(plan: Plan, owner: str, called: JobRecord | None) -> JobRecord:
    """A queued job of this plan with an id of its own; ``owner`` is the lab that runs it. It is called as ``called``
    is."""
    return JobRecord(
        id=uuid.uuid4().hex[:16],
        fingerprint=plan.fingerprint,
        title=title(plan.experiment),
        specification=plan.experiment.to_json(),
        state=JobState.QUEUED,
        error=None,
        owner=owner,
        expected_seconds=plan.expected_seconds,
        submitted_at=clock.now(),
        name=called.name if called else "",
        tags=called.tags if called else "",
        note=called.note if called else "",
    )
