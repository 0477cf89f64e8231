"""The plan of a job as JSON, as it is stored with the job."""

import json
from functools import cache

from pydantic import TypeAdapter

from distill_core.planning.job_plan import JobPlan
from distill_core.spec import Experiment

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


@cache
def _adapter() -> TypeAdapter[JobPlan]:
    return TypeAdapter(JobPlan)
