"""Ready experiments and curves of tasks that begin with a comparison of their own: what they hold, and one runs."""

from pathlib import Path

import pytest

from distill_core.lab import Lab
from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import Budget, Experiment
from distill_core.tasks import TASKS, Task
from distill_core.templates.grid import curve_of
from distill_core.templates.task_presets import task_label_curve, task_presets, task_width_curve
from tests.quick import QUICK_TIMER

OWN = [task for task in TASKS if task.default]


def presets(task: Task) -> dict[str, Experiment]:
    return {preset.name: preset.experiment for preset in task_presets(task, task.default.teacher)}


@pytest.mark.parametrize("task", OWN, ids=lambda task: task.name)
def test_each_begins_with_its_default_and_has_a_control_beside_every_student(task: Task) -> None:
    found = presets(task)
    last = [] if task.target.positions or task.turns else ["missing_class"]
    assert list(found) == ["default", "few_labels", "hot_and_cold", "many_labels", *last]
    assert found["default"] == task.default
    curves = [task_label_curve(task, task.default.teacher), task_width_curve(task, task.default.teacher)]
    assert [curve_of(one).over for one in curves] == ["labels", "width"]
    for experiment in (*found.values(), *curves):
        full = resolve_experiment(experiment)
        assert (full.task, full.budget.batch_size) == (task.name, task.default.budget.batch_size)
        kinds = {(one.labels, one.width, one.missing_class) for one in full.students if one.role == "student"}
        assert kinds == {(one.labels, one.width, one.missing_class) for one in full.students if one.role == "control"}


def test_spoken_digits_have_a_quarter_of_the_labels_and_half_of_all_of_them() -> None:
    found = presets(TASKS.get("spoken_digits"))
    assert {one.labels for one in found["few_labels"].students} == {30}
    assert {one.labels for one in found["many_labels"].students} == {1_200}
    assert found["many_labels"].budget.updates == 200
    assert [one.missing_class for one in found["missing_class"].students] == ["nine"] * 5
    curve = curve_of(task_label_curve(TASKS.get("languages"), TASKS.get("languages").default.teacher))
    assert curve.places == (50, 100, 200, 500, 1000, 2000, 5000, None)


def short(experiment: Experiment) -> Experiment:
    """Three of the students, one seed, two updates."""
    students = tuple(student.model_copy(update={"seeds": (0,)}) for student in experiment.students[:3])
    budget = Budget(updates=2, batch_size=8)
    return experiment.model_copy(update={"students": students, "budget": budget, "views": 1})


@pytest.mark.parametrize("name", ["spoken_digits", "languages"])
def test_they_run(name: str, tmp_path: Path) -> None:
    task = TASKS.get(name)
    experiments = {
        "spoken_digits": [presets(task)["missing_class"], task_width_curve(task, task.default.teacher)],
        "languages": [presets(task)["few_labels"], task_label_curve(task, task.default.teacher)],
    }[name]
    lab = Lab.open(tmp_path, timer=QUICK_TIMER)
    try:
        for experiment in experiments:
            job = lab.wait(lab.submit(short(experiment)), 120)
            rows = lab.reports.results([job.id])
            assert (job.state, set(rows["state"])) == ("finished", {"finished"}), rows["message"].tolist()
            assert "control" in set(rows["role"])
        assert all(study.curve for study in lab.reports.sweeps() if study.job_id == job.id)
    finally:
        lab.close()
