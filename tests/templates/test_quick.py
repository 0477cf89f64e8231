"""The comparison of about a minute on own data."""

from distill_core.spec import ShippedTeacher, TrainedTeacher
from distill_core.tasks import TASKS
from distill_core.templates.presets import default_experiment
from distill_core.templates.quick import QUICK, QUICK_SCENES, quick

FASHION = TASKS.get("fashion_mnist_small")


def test_the_teacher_that_is_trained_first_has_few_updates_too() -> None:
    first = default_experiment(teacher=TrainedTeacher(architecture="resnet20"))
    short = quick(first, FASHION)
    assert (short.budget, short.teacher.training) == (QUICK, QUICK)
    assert short.students == first.students


def test_a_teacher_that_is_there_stays_as_it_is() -> None:
    shipped = ShippedTeacher(name="fashion_resnet20")
    assert quick(default_experiment(teacher=shipped), FASHION).teacher == shipped


def test_scenes_take_smaller_batches_and_other_tasks_keep_their_own_budget() -> None:
    scenes, languages = TASKS.get("scenes_11"), TASKS.get("languages")
    assert scenes.default is not None
    assert languages.default is not None
    short = quick(scenes.default, scenes)
    assert (short.budget, short.teacher.training) == (QUICK_SCENES, QUICK_SCENES)
    assert quick(languages.default, languages) == languages.default
