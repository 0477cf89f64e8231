"""The settings of a network as flat data, and those in which two differ."""

from distill_core.planning.resolve import resolve_experiment
from distill_core.reports.settings import differing, settings_of
from distill_core.spec import ShippedTeacher, Start
from tests.quick import experiment, student

ASKED = resolve_experiment(
    experiment(
        student("warm", temperature=2.0),
        student("hot", temperature=8.0, labels=50, seeds=(0, 1)),
        student("matched", method="fitnet"),
        student("later", start=Start(source="warm")),
    )
)


def differences(one: str, other: str) -> dict:
    return differing(settings_of(ASKED, one), settings_of(ASKED, other))


def test_only_what_differs_is_told() -> None:
    found = differences("warm", "hot")
    assert found["temperature"] == (2.0, 8.0)
    assert found["labels"][1] == 50
    assert found["seeds"] == ((0,), (0, 1))
    assert not {"budget.updates", "name", "alpha", "architecture"} & found.keys()
    assert differences("warm", "warm") == {}


def test_what_one_of_them_lacks_is_none_for_it() -> None:
    found = differences("warm", "matched")
    assert found["method"] == ("kd", "fitnet")
    assert found["alpha"][1] is None
    assert any(name.startswith("parameters.") and pair[0] is None for name, pair in found.items())
    assert differences("warm", "later")["start.source"] == (None, "warm")


def test_the_control_is_one_of_the_students_and_the_teacher_is_none() -> None:
    control = next(one.name for one in ASKED.students if one.role == "control")
    assert differences("warm", control)["role"] == ("student", "control")
    assert set(settings_of(ASKED, "somebody")) == {name for name in settings_of(ASKED, "warm") if "teacher" in name}


def test_students_of_two_teachers_that_ship_differ_in_the_teacher() -> None:
    one, other = (
        resolve_experiment(experiment(student("KD")).model_copy(update={"teacher": ShippedTeacher(name=name)}))
        for name in ("fashion_resnet20", "fashion_inception")
    )
    found = differing(settings_of(one, "KD"), settings_of(other, "KD"))
    assert found == {"teacher.name": ("fashion_resnet20", "fashion_inception")}
