"""A plan as pages show it: with sizes, times, and what the store holds of it."""

from distill_core.execution.losses import check_pairs, needs_pairs
from distill_core.execution.pace_measurement import machine_pace
from distill_core.jobs.torch_import import is_torch_imported
from distill_core.lab.views import Plan, PlannedRun
from distill_core.networks import profile
from distill_core.planning.duration import expected_seconds, speed_factor, training_seconds
from distill_core.planning.limit import too_long
from distill_core.planning.stored_runs import StoredRuns
from distill_core.reports.description import describe_experiment, notes
from distill_core.store import Store


def plan_view(found: StoredRuns, store: Store, limit_hours: float, busy: float | None) -> Plan:
    """Raises InvalidSetting where a method on features cannot do its pair of networks, once torch can tell."""
    plan, there, known = found.plan, found.students, is_torch_imported()
    full, teacher = plan.experiment, plan.teacher
    shown = {link.run_id for link in found.links()}
    job = store.find_job(plan.fingerprint, shown, lacks_runs=found.lacks_runs)
    machine = machine_pace()
    slow = speed_factor(store, machine)
    if known:
        check_pairs(plan.runs)
    find = found.teachers.get
    expected = expected_seconds(full, teacher, plan.runs, there, slow, find, machine, found.latencies)
    return Plan(
        resolved=plan,
        experiment=full,
        fingerprint=plan.fingerprint,
        teacher=teacher.title,
        runs=tuple(
            PlannedRun(
                student=one.student.name,
                role=one.role,
                seed=one.seed,
                parameters=profile(one.blueprint).parameters if known else None,
                macs=profile(one.blueprint).macs if known else None,
                seconds=slow * training_seconds(full, one.blueprint, machine) if one.trains else 0.0,
                stored=there[one.key] is not None,
            )
            for one in plan.runs
        ),
        sentences=describe_experiment(full, teacher),
        expected_seconds=expected,
        pace_known=machine.measured,
        busy=busy,
        job_id=job.id if job else None,
        checked=known or not needs_pairs(plan.runs),
        too_long=None if job else too_long(expected, limit_hours),
        notes=notes(full),
    )
