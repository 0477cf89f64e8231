"""The plan of a job as JSON, and the plan that a stored job is executed by."""

import json
import logging
from functools import cache

from pydantic import TypeAdapter

from distill_core.planning.job_plan import JobPlan, program_of, resolve
from distill_core.spec import Experiment
from distill_core.store import Store

LOG = logging.getLogger(__name__)
# What the rest of the plan tells of a run: its student by name, and the network of what teaches it.
TOLD = {"student", "teacher_blueprint", "filed_before"}


def to_json(plan: JobPlan) -> str:
    """The experiment once, and of each run what cannot be told without resolving it again."""
    values = _adapter().dump_python(plan, mode="json", exclude={"runs": {"__all__": TOLD}})
    runs = [{"student": one.student.name, **run} for one, run in zip(plan.runs, values["runs"], strict=True)]
    return json.dumps({**values, "runs": runs}, separators=(",", ":"))


def of_json(text: str) -> JobPlan:
    """What ``to_json`` gave, as a plan. Raises ValueError, LookupError or TypeError for any other text."""
    values = json.loads(text)
    experiment = Experiment.of(values["experiment"])
    students = {student.name: student for student in experiment.students}
    blueprints = {None: values["teacher"]["blueprint"], **{run["key"]: run["blueprint"] for run in values["runs"]}}
    runs = [
        {**run, "student": students[run["student"]], "teacher_blueprint": blueprints[run["taught_by"]]}
        for run in values["runs"]
    ]
    return _adapter().validate_python({**values, "experiment": experiment, "runs": runs})


def plan_of_job(job_id: str, experiment: Experiment, store: Store) -> JobPlan:
    """The plan that was stored with a job. Where it has none that can be read, as in a home from before there were
    plans, or where this program makes other results of it, ``experiment`` is planned anew, and that plan is stored.

    Raises: NotFound for the job; what ``resolve`` raises.
    """
    try:
        plan = of_json(store.plan(job_id) or "null")
        changed = _changed(plan)
        if not changed:
            return plan
        why = f"this program has another {', '.join(changed)}"
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        why = f"it has no plan that can be read ({type(error).__name__})"
    LOG.warning("experiment %s is planned anew: %s", job_id, why)
    plan = resolve(experiment, store)
    store.save_plan(job_id, to_json(plan))
    return plan


def _changed(plan: JobPlan) -> list[str]:
    """The names of what the plan was made with and this program does not have, or has otherwise."""
    now = program_of(plan.experiment, plan.teacher, plan.runs)
    return sorted(name for name in {*plan.program, *now} if plan.program.get(name) != now.get(name))


@cache
def _adapter() -> TypeAdapter[JobPlan]:
    return TypeAdapter(JobPlan)
