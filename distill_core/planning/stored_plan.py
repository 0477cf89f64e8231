"""The plan of a job as JSON, as it is stored with the job."""

import json
from functools import cache

from pydantic import TypeAdapter

from distill_core.planning.job_plan import JobPlan
from distill_core.spec import Experiment

# Fields of a run that the rest of the plan implies.
IMPLIED = {"student", "teacher_blueprint", "teacher_stages", "filed_before"}


def to_json(plan: JobPlan) -> str:
    """The plan as JSON: the experiment once, and of each run what does not follow from it."""
    values = _adapter().dump_python(plan, mode="json", exclude={"runs": {"__all__": IMPLIED}})
    runs = [{"student": run.student.name, **fields} for run, fields in zip(plan.runs, values["runs"], strict=True)]
    return json.dumps({**values, "runs": runs}, separators=(",", ":"))


def of_json(text: str) -> JobPlan:
    """The plan that ``to_json`` wrote. Raises ValueError, LookupError or TypeError for any other text."""
    values = json.loads(text)
    experiment = Experiment.of(values["experiment"])
    students = {student.name: student for student in experiment.students}
    blueprints = {None: values["teacher"]["blueprint"], **{run["key"]: run["blueprint"] for run in values["runs"]}}
    stages = {None: tuple(values["teacher"].get("stages", {}).values())}
    runs = [
        {
            **run,
            "student": students[run["student"]],
            "teacher_blueprint": blueprints[run["taught_by"]],
            "teacher_stages": stages.get(run["taught_by"], ()),
        }
        for run in values["runs"]
    ]
    return _adapter().validate_python({**values, "experiment": experiment, "runs": runs})


@cache
def _adapter() -> TypeAdapter[JobPlan]:
    return TypeAdapter(JobPlan)
