"""The comparison of about a minute on own data."""

from distill_core.spec import ShippedTeacher, TrainedTeacher
from distill_core.templates.presets import default_experiment
from distill_core.templates.quick import QUICK, quick


def test_the_teacher_that_is_trained_first_has_few_updates_too() -> None:
    first = default_experiment(teacher=TrainedTeacher(architecture="resnet20"))
    short = quick(first)
    assert (short.budget, short.teacher.training) == (QUICK, QUICK)
    assert short.students == first.students


def test_a_teacher_that_is_there_stays_as_it_is() -> None:
    shipped = ShippedTeacher(name="fashion_resnet20")
    assert quick(default_experiment(teacher=shipped)).teacher == shipped
