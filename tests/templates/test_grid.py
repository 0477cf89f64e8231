"""Grids and curves as experiments, and their shape read back from what was written."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from distill_core.errors import InvalidSetting, UnknownName
from distill_core.lab import Lab
from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import Budget, Experiment, ShippedTeacher, Student
from distill_core.tasks import TASKS
from distill_core.templates.grid import (
    Curve,
    Grid,
    GridSpec,
    curve_of,
    grid_experiment,
    grid_of,
    grid_spec,
    label_curve,
    width_curves,
)
from distill_core.templates.presets import LESSONS, default_experiment, lesson_experiment
from tests.quick import experiment, student


def sweep(**changes: Any) -> GridSpec:
    return GridSpec.model_validate({"temperatures": (4.0, 1.0), "alphas": (0.9, 0.0, 0.5), "seeds": 2, **changes})


def cells(found: Experiment) -> list[tuple[str, float | None, float | None]]:
    return [(one.name, one.temperature, one.alpha) for one in found.students if one.role == "student"]


def again(found: Experiment) -> Experiment:
    return Experiment.from_json(found.to_json())


# Grids


def test_a_grid_has_every_temperature_with_every_alpha_but_0_in_rising_order() -> None:
    found = grid_experiment(sweep())
    assert cells(found) == [
        ("T 1, alpha 0.5", 1.0, 0.5),
        ("T 4, alpha 0.5", 4.0, 0.5),
        ("T 1, alpha 0.9", 1.0, 0.9),
        ("T 4, alpha 0.9", 4.0, 0.9),
    ]
    assert {one.seeds for one in found.students} == {(0, 1)}


def test_a_value_that_is_given_twice_is_one_value() -> None:
    assert cells(grid_experiment(sweep(temperatures=(4, 1, 4), alphas=(0.5, 0.9, 0.5)))) == cells(
        grid_experiment(sweep())
    )


def test_alpha_0_comes_back_as_the_control_once() -> None:
    full = resolve_experiment(grid_experiment(sweep()))
    controls = [one for one in full.students if one.role == "control"]
    assert [(one.name, one.method, one.seeds) for one in controls] == [("control", "labels", (0, 1))]
    assert len(full.students) == 5


def test_every_other_choice_reaches_every_cell() -> None:
    found = grid_experiment(
        sweep(
            task="digits",
            teacher=ShippedTeacher(name="t").model_dump(),
            architecture="plain_cnn",
            width=0.5,
            stem_stride=1,
            labels=None,
            transfer="all",
            budget={"updates": 7, "batch_size": 9},
        )
    )
    assert (found.task, found.teacher, found.budget) == (
        "digits",
        ShippedTeacher(name="t"),
        Budget(updates=7, batch_size=9),
    )
    for one in found.students:
        assert (one.architecture, one.width, one.stem_stride) == ("plain_cnn", 0.5, 1)
        assert (one.method, one.labels, one.transfer) == ("kd", None, "all")


@pytest.mark.parametrize("method", ["labels", "label_smoothing"])
def test_a_method_without_temperature_and_alpha_is_refused(method: str) -> None:
    with pytest.raises(InvalidSetting, match=rf"the method of a grid: expected one with T and alpha \(.*kd.*{method}"):
        grid_experiment(sweep(method=method))


def test_no_alpha_above_0_is_refused() -> None:
    with pytest.raises(InvalidSetting, match=r"alphas: expected one above 0, got \[0\.0\]; add 0\.9"):
        grid_experiment(sweep(alphas=(0,)))


def test_an_unknown_method_and_too_large_a_grid_are_refused() -> None:
    with pytest.raises(UnknownName, match="kdd"):
        grid_experiment(sweep(method="kdd"))
    many = tuple(1 + place / 100 for place in range(30))
    with pytest.raises(InvalidSetting, match="at most 400 runs, got 480"):
        grid_experiment(sweep(temperatures=many, alphas=(0.2, 0.4, 0.6, 0.8), seeds=4))


def test_the_default_grid_has_24_cells_and_the_temperatures_of_the_sliders() -> None:
    found = grid_experiment(GridSpec())
    grid = grid_of(found)
    assert grid is not None
    assert (grid.temperatures, grid.alphas) == ((0.5, 1, 2, 4, 8, 20), (0.3, 0.6, 0.9, 1))
    assert sum(len(one.seeds) for one in resolve_experiment(found).students) == 75
    assert found.budget.updates * found.budget.batch_size == 30_000


@pytest.mark.parametrize(
    "seen", [lambda found: found, resolve_experiment, again, lambda found: again(resolve_experiment(found))]
)
def test_a_grid_is_read_back_as_it_was_written(seen: Callable[[Experiment], Experiment]) -> None:
    grid = grid_of(seen(grid_experiment(sweep())))
    assert grid is not None
    assert (grid.temperatures, grid.alphas, grid.seeds) == ((1.0, 4.0), (0.5, 0.9), (0, 1))
    assert (grid.student.architecture, grid.student.labels, grid.student.transfer) == ("resnet8", 500, "labelled")


@pytest.mark.parametrize("seen", [lambda found: found, lambda found: again(resolve_experiment(found))])
def test_a_grid_tells_the_specification_that_writes_it(seen: Callable[[Experiment], Experiment]) -> None:
    asked = sweep(alphas=(0.5, 0.9), temperatures=(1.0, 4.0), transfer="all", labels=100)
    assert grid_spec(seen(grid_experiment(asked)), TASKS) == asked
    assert grid_spec(seen(grid_experiment(GridSpec())), TASKS) == GridSpec()


@pytest.mark.parametrize(
    "changes", [{"data_seed": 3}, {"views": 4}, {"mode": "consistent"}, {"optimiser": {"momentum": 0.5}}], ids=str
)
def test_what_no_specification_of_a_grid_writes_tells_none(changes: dict[str, Any]) -> None:
    plain = grid_experiment(sweep()).model_dump()
    assert grid_spec(Experiment.of({**plain, **changes}), TASKS) is None
    seeded = [{**student, "seeds": [3, 7]} for student in plain["students"]]
    assert grid_spec(Experiment.of({**plain, "students": seeded}), TASKS) is None
    assert grid_spec(default_experiment(), TASKS) is None


def test_a_row_and_a_column_of_three_are_grids() -> None:
    row = grid_of(grid_experiment(sweep(temperatures=(1, 2, 4), alphas=(1,))))
    column = grid_of(grid_experiment(sweep(temperatures=(4,), alphas=(0.1, 0.5, 1))))
    assert row is not None
    assert column is not None
    assert (row.temperatures, row.alphas) == ((1, 2, 4), (1,))
    assert (column.temperatures, column.alphas) == ((4,), (0.1, 0.5, 1))


def cell(T: float | None, alpha: float | None, **changes: object) -> Student:
    return student(**{"name": f"{T} {alpha} {changes}", "temperature": T, "alpha": alpha, **changes})


WHOLE = (cell(1, 0.5), cell(4, 0.5), cell(1, 0.9), cell(4, 0.9))


def test_names_do_not_make_a_grid_and_the_order_does_not_matter() -> None:
    assert grid_of(experiment(*reversed(WHOLE))) is not None


@pytest.mark.parametrize(
    "students",
    [
        WHOLE[:3],
        (*WHOLE[:3], cell(4, 0.9, seeds=(0, 1))),
        (*WHOLE[:3], cell(4, 0.9, labels=200)),
        (*WHOLE[:3], cell(4, 0.9, transfer="all")),
        (*WHOLE[:3], cell(4, 0.9, missing_class="3")),
        (*WHOLE[:3], cell(4, 0.9, width=1.0)),
        (*WHOLE, cell(4, 0.9, transfer="all")),
        (*WHOLE, cell(4, 0.9, name="again")),
        (cell(None, 0.5), cell(4, 0.5), cell(None, 0.9), cell(4, 0.9)),
        (cell(1, None), cell(4, None), cell(8, None)),
        (cell(1, 0.5), cell(4, 0.5)),
        (cell(1, 0.5),),
    ],
    ids=[
        *("a cell missing", "other seeds", "other labels", "other images", "a missing class", "another width"),
        *("a cell more", "a cell twice", "T left open", "alpha left open", "two cells", "one cell"),
    ],
)
def test_what_is_no_whole_grid_is_none(students: Sequence[Student]) -> None:
    assert grid_of(experiment(*students)) is None


def test_the_default_comparison_has_no_shape() -> None:
    for found in (default_experiment(), resolve_experiment(default_experiment(3))):
        assert grid_of(found) is None
        assert curve_of(found) is None


def test_an_open_alpha_is_the_method_s_own_once_completed() -> None:
    found = resolve_experiment(experiment(cell(1, None), cell(4, None), cell(8, None)))
    grid = grid_of(found)
    assert grid is not None
    assert (grid.temperatures, grid.alphas) == ((1, 4, 8), (0.9,))


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ((0.1, 0.0), (1.0, 0.25)),
        ((100, 1.0), (16.0, 0.75)),
        ((1.9, 0.4), (1.0, 0.25)),
        ((2.1, 0.6), (4.0, 0.75)),
        # 9 is nearer to 4 by its distance, and to 16 by its ratio.
        ((9.0, 0.6), (16.0, 0.75)),
        # Between two that are as near, the lower.
        ((2.0, 0.5), (1.0, 0.25)),
        ((8.0, 0.5), (4.0, 0.25)),
        ((4.0, 0.75), (4.0, 0.75)),
    ],
)
def test_the_nearest_cell_goes_by_ratio_in_t_and_by_distance_in_alpha(
    asked: tuple[float, float], near: tuple[float, float]
) -> None:
    grid = Grid(temperatures=(1.0, 4.0, 16.0), alphas=(0.25, 0.75), seeds=(0,), student=student())
    assert grid.nearest(*asked) == near


# Curves

LABELS = (50, 100, 200, 500, 1_000, 2_000, 5_000, None)


@pytest.mark.parametrize(
    "seen", [lambda found: found, resolve_experiment, lambda found: again(resolve_experiment(found))]
)
def test_the_label_curve_is_read_back_as_it_was_written(seen: Callable[[Experiment], Experiment]) -> None:
    found = seen(label_curve())
    assert curve_of(found) == Curve(over="labels", places=LABELS, transfers=("labelled", "all"))
    assert grid_of(found) is None


def test_with_all_labels_both_kinds_of_images_are_one_student() -> None:
    students = [one for one in resolve_experiment(label_curve()).students if one.role == "student"]
    assert [one.transfer for one in students if one.labels is None] == ["labelled"]
    assert len(students) == 2 * len(LABELS) - 1


def test_each_place_of_the_label_curve_has_its_control() -> None:
    controls = [one for one in resolve_experiment(label_curve()).students if one.role == "control"]
    assert [(one.labels, one.seeds) for one in controls] == [(count, (0, 1, 2)) for count in LABELS]


def test_a_count_that_is_all_labels_is_the_last_place() -> None:
    found = resolve_experiment(
        experiment(*(student(f"{count}", labels=count, transfer="all") for count in (1077, 50, 100)))
    )
    assert curve_of(found) == Curve(over="labels", places=(50, 100, None), transfers=("labelled", "all"))


def test_the_width_curves_differ_in_their_teacher_alone() -> None:
    small, large = width_curves()
    for found in (small, resolve_experiment(small), again(resolve_experiment(large))):
        assert curve_of(found) == Curve(over="width", places=(0.5, 1.0, 2.0, 4.0), transfers=("all",))
        assert grid_of(found) is None
    assert small != large
    assert small.model_copy(update={"teacher": large.teacher}) == large
    assert [one.width for one in resolve_experiment(small).students if one.role == "control"] == [0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    "students",
    [
        [student("a", labels=50), student("b", labels=100)],
        [student("a", labels=50), student("b", labels=100), student("c", labels=200, temperature=1.0)],
        [student("a", labels=50), student("b", labels=100), student("c", labels=200, seeds=(0, 1))],
        [student("a", labels=50), student("b", labels=100), student("c", labels=200, width=1.0)],
        [student("a", width=0.5), student("b", width=1.0)],
        [student("a", width=0.5), student("b", width=1.0), student("c", width=2.0, transfer="all")],
        [student("a", width=0.5), student("b", width=1.0), student("c", width=2.0, stem_stride=2)],
    ],
    ids=[
        *("two counts", "another temperature", "other seeds", "another width"),
        *("two widths", "other images", "another stride"),
    ],
)
def test_what_is_no_curve_is_none(students: list[Student]) -> None:
    assert curve_of(experiment(*students)) is None


# What a lab offers of them


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Any:
    opened = Lab.open(tmp_path_factory.mktemp("lab"))
    yield opened
    opened.close()


def test_every_sweep_can_be_planned(lab: Lab) -> None:
    for found in (grid_experiment(GridSpec()), label_curve(), *width_curves()):
        plan = lab.plan(found)
        assert plan.expected_seconds > 0
        assert resolve_experiment(plan.experiment) == plan.experiment


def test_a_lesson_is_its_preset_with_three_seeds_and_nothing_else(lab: Lab) -> None:
    assert LESSONS == LESSONS
    for lesson in LESSONS:
        found, preset = lesson_experiment(lesson), lesson.experiment
        assert {one.seeds for one in found.students} == {(0, 1, 2)}
        alone = [one.model_copy(update={"seeds": (0,)}) for one in found.students]
        assert found.model_copy(update={"students": tuple(alone)}) == preset
        assert lab.plan(found).experiment == resolve_experiment(found)


def test_the_lessons_come_in_the_order_in_which_they_teach() -> None:
    assert [one.name for one in LESSONS] == ["missing_class", "few_labels", "hot_and_cold", "many_labels", "facts"]
    missing = {one.missing_class for one in LESSONS[0].experiment.students}
    assert missing == {"Bag"}
    assert missing <= set(TASKS.get(LESSONS[0].experiment.task).classes)


def test_the_first_experiment_of_any_task_can_be_planned(lab: Lab) -> None:
    for task in lab.catalog.tasks():
        found = lab.catalog.first_experiment(task.name)
        assert found.teacher == lab.catalog.teachers(task.name)[0].choice
        fewest = {min(500, task.counts.train // 4)}
        assert {one.labels for one in found.students} == (
            {one.labels for one in task.default.students} if task.default else fewest
        )
        assert [run.role for run in lab.plan(found).runs] == ["control", "student", "student"]
    with pytest.raises(UnknownName):
        lab.catalog.first_experiment("nowhere")
