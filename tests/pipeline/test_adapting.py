import pytest

from distill_core.errors import InvalidSetting, UnknownName
from distill_core.experiment import Scene, Start
from distill_core.pipeline.adapting import adaptation_experiment, adapted_name, trained_on_name
from tests.quick import experiment, student

FOG = Scene(corruption="fog", severity=4)


def test_the_student_is_distilled_again_without_labels_in_the_scene() -> None:
    given = experiment(student("KD", width=1.0, seeds=(3, 4), temperature=6.0))
    adapted = adaptation_experiment(given, "KD", FOG).students[-1]
    assert adapted.name == "KD, adapted to Fog 4"
    assert (adapted.method, adapted.alpha, adapted.transfer) == ("kd", 1.0, "all")
    assert (adapted.start, adapted.scene) == (Start(source="KD"), FOG)
    assert (adapted.architecture, adapted.width, adapted.seeds) == ("plain_cnn", 1.0, (3, 4))
    assert (adapted.untrained, adapted.role) == (False, "student")


def test_its_twin_differs_in_the_scene_alone() -> None:
    *_, twin, adapted = adaptation_experiment(experiment(student("KD", seeds=(3, 4))), "KD", FOG).students
    assert twin.name == trained_on_name("KD") == "KD, trained on"
    assert twin == adapted.model_copy(update={"name": "KD, trained on", "scene": None})


def test_everything_else_stays_so_that_nobody_is_trained_twice() -> None:
    given = experiment()
    asked = adaptation_experiment(given, "KD, all", FOG)
    assert asked.students[:-2] == given.students
    assert asked.model_copy(update={"students": given.students}) == given
    assert adaptation_experiment(given, "KD", FOG, updates=99).budget.updates == 99


def test_two_scenes_stand_side_by_side_and_the_same_one_once() -> None:
    fog = adaptation_experiment(experiment(), "KD", FOG)
    again = adaptation_experiment(fog, "KD", FOG)
    snow = adaptation_experiment(fog, "KD", Scene(corruption="snow", severity=2))
    assert again == fog
    names = ["KD, trained on", "KD, adapted to Fog 4", "KD, adapted to Snow 2"]
    assert [one.name for one in snow.students[-3:]] == names


def test_a_long_name_still_tells_the_scene() -> None:
    name = adapted_name("x" * 64, "Elastic stretching", 5)
    assert len(name) == 64
    assert name.endswith("x, adapted to Elastic stretching 5")


def test_who_cannot_adapt_is_refused() -> None:
    fog = adaptation_experiment(experiment(), "KD", FOG)
    with pytest.raises(InvalidSetting, match="a student to adapt: wanted one that saw plain images, came one that"):
        adaptation_experiment(fog, "KD, adapted to Fog 4", FOG)
    with pytest.raises(UnknownName, match="no student named 'nobody' in this experiment; known: KD, KD, all"):
        adaptation_experiment(experiment(), "nobody", FOG)
    with pytest.raises(UnknownName, match="Did you mean 'fog'"):
        adaptation_experiment(experiment(), "KD", Scene(corruption="frog"))
