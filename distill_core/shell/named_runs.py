"""The runs that a word of the command line stands for: a run's id, or an experiment."""

from __future__ import annotations

from distill_core.errors import NotFound
from distill_core.lab import Lab
from distill_core.lazy_torch import pd


def finished_runs(lab: Lab, name: str) -> pd.DataFrame:
    """The finished runs of a job, a row each, or the row of one run. Raises NotFound where there is none."""
    try:
        results = lab.reports.results([lab.naming.job_id(name)], agreement=False)
    except NotFound:
        try:
            results = lab.reports.result(name).to_frame().T
        except NotFound as error:
            hint = "the command jobs lists experiments, and show JOB --json - their runs"
            raise NotFound("a run or an experiment", expected="one of this home", got=name, hint=hint) from error
    finished = results[results["state"] == "finished"]
    if finished.empty:
        hint = "start again, or choose another one"
        raise NotFound(f"networks of {name}", expected="1 or more that finished", got="none", hint=hint)
    return finished


def best_run(lab: Lab, name: str, *, files: tuple[str, ...] = ()) -> pd.Series:
    """The row of a run, or of a job's best student on validation; of students with a file in one of these formats
    where there are some."""
    results = finished_runs(lab, name)
    students = results[results["role"] == "student"]
    students = students[students["file"].isin(files)] if files else students
    offered = results if len(results) == 1 or students.empty else students
    return offered.sort_values("valid_accuracy", ascending=False, kind="stable").iloc[0]
