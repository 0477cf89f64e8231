"""A comparison is an experiment whose students differ in their methods alone, plain KD among them."""

import pytest

from distill_core.errors import InvalidSetting, UnknownName
from distill_core.methods import METHODS, Method
from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import Experiment
from distill_core.tasks import TASKS
from distill_core.templates.method_comparison import (
    MethodComparison,
    comparable_methods,
    comparison_experiment,
    comparison_spec,
    is_method_comparison,
    reference_student,
    table_experiment,
    trial_experiment,
)
from distill_core.templates.presets import PRESETS, default_experiment


def comparison(*methods: str, **changes: object) -> MethodComparison:
    return MethodComparison.of({"methods": methods, **changes})


def test_kd_and_the_control_run_along() -> None:
    full = resolve_experiment(comparison_experiment(comparison("dkd", "at")))
    assert [(student.method, student.role) for student in full.students] == [
        ("labels", "control"),
        ("kd", "student"),
        ("dkd", "student"),
        ("at", "student"),
    ]
    assert {student.seeds for student in full.students} == {(0, 1, 2)}
    assert {(student.architecture, student.stem_stride, student.labels) for student in full.students} == {
        ("resnet8", 2, 500)
    }


def test_kd_and_doubles_run_once() -> None:
    students = comparison_experiment(comparison("kd", "dkd", "dkd", "labels")).students
    assert [student.method for student in students] == ["kd", "dkd"]


def test_a_comparison_tells_the_specification_that_writes_it() -> None:
    asked = comparison("dkd", "at", labels=100, transfer="all", seeds=2)
    made = comparison_experiment(asked)
    assert comparison_spec(made, TASKS) == comparison_spec(resolve_experiment(made), TASKS) == asked
    seven = [{**student.model_dump(), "seeds": list(range(7))} for student in made.students]
    for other in (default_experiment(), made.model_copy(update={"views": 4}), table_experiment("all", 3)):
        assert comparison_spec(other, TASKS) is None
    assert comparison_spec(Experiment.of({**made.model_dump(), "students": seven}), TASKS) is None
    changed = [made.students[0].model_copy(update={"temperature": 9.0}), *made.students[1:]]
    assert comparison_spec(made.model_copy(update={"students": tuple(changed)}), TASKS) is None


@pytest.mark.parametrize("bad", [{"methods": ()}, {"methods": ("dkd",) * 7}, {"seeds": 0}, {"seeds": 6}])
def test_what_no_race_can_be_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InvalidSetting):
        MethodComparison.of({"methods": ("dkd",), **bad})


def test_an_unknown_method_is_named() -> None:
    with pytest.raises(UnknownName, match="'ddk'"):
        comparison_experiment(comparison("ddk"))


def test_every_method_can_be_raced_but_those_that_always_run_or_want_other_company() -> None:
    assert {one.name for one in METHODS} - {one.name for one in comparable_methods()} == {
        "kd",
        "labels",
        "mutual",
        "patient",
    }
    for method in comparable_methods():
        if method.needs_positions:
            with pytest.raises(InvalidSetting, match="expected a task with a label at each position"):
                resolve_experiment(comparison_experiment(comparison(method.name)))
        else:
            resolve_experiment(comparison_experiment(comparison(method.name)))


def test_a_race_is_known_by_its_students() -> None:
    full = resolve_experiment(comparison_experiment(comparison("dkd")))
    assert is_method_comparison(full)
    assert reference_student(full) == "Knowledge distillation"
    other = full.students[2].model_copy(update={"labels": 100})
    assert not is_method_comparison(full.model_copy(update={"students": (*full.students[:2], other)}))


def test_other_experiments_are_no_races() -> None:
    assert [preset.name for preset in PRESETS if is_method_comparison(resolve_experiment(preset.experiment))] == []


def test_the_table_has_every_method_of_the_same_mode_at_its_defaults() -> None:
    full = resolve_experiment(table_experiment("all", 2))
    students = [one for one in full.students if one.role == "student"]
    assert {one.method for one in students} == {one.name for one in METHODS} - {"labels", "patient", "cwd", "skd"}
    assert [one.name for one in students if one.parameters.get("initial")] == ["Mutual learning, the peer"]
    assert {(one.transfer, one.seeds) for one in students if one.method == "dkd"} == {("all", (0, 1))}


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_method_is_tried_beside_the_default_comparison(method: Method) -> None:
    dense = TASKS.get("scenes").default if method.needs_positions else None
    trial, default = trial_experiment(method), dense or default_experiment()
    assert trial.students[: len(default.students)] == default.students
    added = trial.students[len(default.students) :]
    expected = 0 if method.name in ("kd", "labels") else 2 if method.mutual else 1
    assert [student.method for student in added] == [method.name] * expected
    resolve_experiment(trial)  # which refuses what cannot run
