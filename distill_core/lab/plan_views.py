"""A plan as pages show it: with sizes, times, and what the store holds of it."""

from distill_core.execution.losses import check_pairs, needs_pairs
from distill_core.execution.pace_measurement import estimate_here
from distill_core.jobs.torch_import import is_torch_imported
from distill_core.lab.views import Plan, PlannedRun
from distill_core.networks import profile
from distill_core.planning.limit import too_long
from distill_core.planning.stored_runs import StoredRuns
from distill_core.reports.description import notes
from distill_core.store import Store
from distill_core.tasks import Task


def plan_view(stored: StoredRuns, store: Store, task: Task, limit_hours: float, busy: float | None) -> Plan:
    """Raises InvalidSetting where a method on features cannot do its pair of networks, once torch can tell."""
    plan, known = stored.plan, is_torch_imported()
    job = store.find_job(plan.fingerprint, {link.run_id for link in stored.links()}, lacks_runs=stored.lacks_runs)
    estimate = estimate_here(stored, task, store)
    if known:
        check_pairs(plan.runs)
    expected = estimate.seconds
    return Plan(
        resolved=plan,
        experiment=plan.experiment,
        fingerprint=plan.fingerprint,
        teacher=plan.teacher.title,
        runs=tuple(
            PlannedRun(
                student=run.student.name,
                role=run.role,
                seed=run.seed,
                parameters=profile(run.blueprint).parameters if known else None,
                macs=profile(run.blueprint).macs if known else None,
                seconds=estimate.training_seconds(run),
                stored=stored.students[run.key] is not None,
            )
            for run in plan.runs
        ),
        expected_seconds=expected,
        pace_known=estimate.pace_known,
        busy=busy,
        job_id=job.id if job else None,
        checked=known or not needs_pairs(plan.runs),
        too_long=None if job else too_long(expected, limit_hours),
        notes=notes(plan.experiment, task),
    )
