"""A job that is about to be filed: whether it can be, and its record."""

import uuid
from pathlib import Path

from distill_core import clock
from distill_core.errors import InvalidSetting
from distill_core.jobs.torch_import import is_torch_imported
from distill_core.lab.views import Plan
from distill_core.planning.resources import check_fits
from distill_core.planning.stored_runs import StoredRuns
from distill_core.reports.description import title
from distill_core.store import JobRecord, JobState
from distill_core.tasks import TaskCatalog


def check_admitted(plan: Plan, stored: StoredRuns, tasks: TaskCatalog, home: Path) -> None:
    """Raise InvalidSetting for a plan that takes too long or, where sizes are known, more than this machine has."""
    if plan.too_long:
        raise InvalidSetting(plan.too_long)
    if is_torch_imported():
        check_fits(stored, tasks.get(plan.experiment.task), home)


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
