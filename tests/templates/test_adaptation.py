import pytest

from distill_core.errors import InvalidSetting, UnknownName
from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import CorruptionSpec, Start
from distill_core.templates.adaptation import (
    adaptation_experiment,
    adapted_name,
    adapted_of,
    control_run_of,
    goes_on,
    is_control_run,
    trained_on_name,
)
from tests.quick import experiment, student

FOG = CorruptionSpec(corruption="fog", severity=4)


def test_the_student_is_distilled_again_without_labels_in_the_scene() -> None:
    given = experiment(student("KD", width=1.0, seeds=(3, 4), temperature=6.0))
    adapted = adaptation_experiment(given, "KD", FOG).students[-1]
    assert adapted.name == "KD, adapted to Fog 4"
    assert (adapted.method, adapted.alpha, adapted.transfer) == ("kd", 1.0, "all")
    assert (adapted.start, adapted.scene) == (Start(source="KD"), FOG)
    assert (adapted.architecture, adapted.width, adapted.seeds) == ("plain_cnn", 1.0, (3, 4))
    assert (adapted.untrained, adapted.role) == (False, "student")


def test_its_control_run_differs_in_the_scene_alone() -> None:
    *_, control, adapted = adaptation_experiment(experiment(student("KD", seeds=(3, 4))), "KD", FOG).students
    assert control.name == trained_on_name("KD") == "KD, trained on"
    assert control == adapted.model_copy(update={"name": "KD, trained on", "scene": None})


def test_everything_else_stays_so_that_no_run_is_trained_twice() -> None:
    given = experiment()
    asked = adaptation_experiment(given, "KD, all", FOG)
    assert asked.students[:-2] == given.students
    assert asked.model_copy(update={"students": given.students}) == given
    assert adaptation_experiment(given, "KD", FOG, updates=99).budget.updates == 99


def test_two_scenes_stand_side_by_side_and_the_same_one_once() -> None:
    fog = adaptation_experiment(experiment(), "KD", FOG)
    again = adaptation_experiment(fog, "KD", FOG)
    snow = adaptation_experiment(fog, "KD", CorruptionSpec(corruption="snow", severity=2))
    assert again == fog
    names = ["KD, trained on", "KD, adapted to Fog 4", "KD, adapted to Snow 2"]
    assert [one.name for one in snow.students[-3:]] == names


def test_a_long_name_still_tells_the_scene() -> None:
    name = adapted_name("x" * 64, "Elastic stretching", 5)
    assert len(name) == 64
    assert name.endswith("x, adapted to Elastic stretching 5")


def test_students_whose_names_begin_alike_keep_an_adapted_one_each() -> None:
    """Names are cut to 64 characters, and the second one took the place of the first."""
    narrow, wide = (f"{'Distilled with the temperature of the lesson'}, {width}" for width in ("narrow", "wide"))
    given = experiment(student(narrow), student(wide, width=1.0))
    first = adaptation_experiment(given, narrow, FOG)
    both = adaptation_experiment(first, wide, FOG)
    assert both.students[:4] == first.students
    assert [one.start.source for one in both.students[2:] if one.start] == [narrow, narrow, wide, wide]
    assert [one.width for one in both.students[2:]] == [0.5, 0.5, 1.0, 1.0]
    names = [one.name for one in both.students]
    assert all(len(name) <= 64 for name in names)
    assert [goes_on(name) for name in names] == [False, False, *[True] * 4]
    for source, place in ((narrow, 2), (wide, 4)):
        assert control_run_of(both.students, source) == both.students[place]
        assert adapted_of(both.students, source, FOG) == both.students[place + 1]
    assert adaptation_experiment(both, narrow, FOG) == both


def test_an_equal_student_under_another_name_is_not_added_again() -> None:
    fog = resolve_experiment(adaptation_experiment(experiment(student("KD", labels=None)), "KD", FOG))
    renamed = [one.model_copy(update={"name": "foggy"}) if one.scene else one for one in fog.students]
    given = fog.model_copy(update={"students": tuple(renamed)})
    assert adaptation_experiment(given, "KD", FOG) == given
    assert control_run_of(given.students, "foggy") is None
    assert [one.name for one in given.students if is_control_run(one)] == ["KD, trained on"]


def test_a_student_that_cannot_be_adapted_is_refused() -> None:
    fog = adaptation_experiment(experiment(), "KD", FOG)
    with pytest.raises(InvalidSetting, match="a student to adapt: expected one that saw plain images, got one that"):
        adaptation_experiment(fog, "KD, adapted to Fog 4", FOG)
    with pytest.raises(UnknownName, match="no student named 'nobody' in this experiment; known: KD, KD, all"):
        adaptation_experiment(experiment(), "nobody", FOG)
    with pytest.raises(UnknownName, match="Did you mean 'fog'"):
        adaptation_experiment(experiment(), "KD", CorruptionSpec(corruption="frog"))
