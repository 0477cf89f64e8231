"""A job that is about to be filed or started: whether it can be, and its record."""

import uuid
from pathlib import Path

from distill_core import clock
from distill_core.errors import InvalidSetting
from distill_core.jobs.torch_import import import_torch, is_torch_imported
from distill_core.lab.views import Plan
from distill_core.machine import free_memory_bytes, memory_bytes
from distill_core.planning.job_plan import JobPlan
from distill_core.planning.resources import check_resources
from distill_core.planning.stored_runs import StoredRuns, find_stored_runs
from distill_core.reports.description import title
from distill_core.store import JobRecord, JobState, Store
from distill_core.tasks import TaskCatalog


def check_admitted(plan: Plan, stored: StoredRuns, tasks: TaskCatalog, home: Path) -> None:
    """Raise InvalidSetting for a plan that takes too long or, where sizes are known, more than this machine has. What
    others use of its memory counts when the job starts: it may wait behind one that trains."""
    if plan.too_long:
        raise InvalidSetting(plan.too_long)
    if is_torch_imported():
        check_resources(stored, tasks.get(plan.experiment.task), home, memory_bytes())


def check_startable(plan: JobPlan, store: Store, tasks: TaskCatalog, home: Path) -> None:
    """Raise InvalidSetting where disk or memory are too full by now. Imports torch."""
    import_torch()
    check_resources(find_stored_runs(plan, store), tasks.get(plan.experiment.task), home, free_memory_bytes())


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
