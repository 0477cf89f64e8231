"""The Train form as data: what goes in comes out."""

import pytest

from distill_core.errors import InvalidSetting
from distill_core.experiment import Student
from distill_core.lab import Lab
from distill_core.pipeline.presets import PRESETS
from ui import form


@pytest.fixture
def lab(home):
    opened = Lab.open(home)
    yield opened
    opened.close()


def values(lab, experiment):
    return {**form.defaults(lab), **form.values(lab, experiment)}


def digits(lab, *students, **changes):
    teacher = lab.teachers("digits")[0].choice
    chosen = students or lab.default_experiment().students
    return lab.default_experiment().model_copy(
        update={"task": "digits", "teacher": teacher, "students": tuple(chosen), **changes}
    )


def on_digits(student):
    missing = "8" if student.missing_class else None
    return student.model_copy(update={"labels": 100, "missing_class": missing})


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_survives_the_form(lab, preset):
    wanted = lab.plan(digits(lab, *[on_digits(s) for s in preset.experiment.students]))
    assert lab.plan(form.read(lab, values(lab, wanted.experiment))).fingerprint == wanted.fingerprint


def test_defaults_fill_every_row_of_the_form(lab):
    defaults = form.defaults(lab)
    assert defaults["students"] == len(lab.default_experiment().students)
    last = form.row_key(form.MOST_STUDENTS - 1, "name")
    assert defaults[last] == f"Student {form.MOST_STUDENTS}"


def test_more_students_than_the_form_holds_are_not_read(lab):
    state = {**values(lab, digits(lab)), "students": 10_000}
    assert len(form.rows(lab, state)) == form.MOST_STUDENTS


def test_settings_that_the_method_does_not_use_stay_behind(lab):
    state = {**values(lab, digits(lab)), "s0_method": "labels"}
    row = form.rows(lab, state)[0]
    assert {"temperature", "alpha", "transfer"}.isdisjoint(row)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"s0_labels": "many"}, "labels: wanted a whole number or all, came many"),
        ({"teacher": "shipped:nobody"}, "teacher: wanted"),
        ({"updates": 10**9}, "budget.updates"),
        ({"s1_alpha": 7.0}, "alpha"),
        ({"s0_stem": 5}, "stem_stride"),
    ],
)
def test_values_that_no_widget_would_send_are_refused_with_their_name(lab, bad, told):
    state = {**values(lab, digits(lab)), **bad}
    with pytest.raises(InvalidSetting, match=told.replace(".", r"\.")):
        form.read(lab, state)


def test_what_the_form_cannot_hold_is_named(lab):
    wanted = digits(lab, Student(name="odd", architecture="resnet8", labels=100, seeds=(3, 7)))
    shown = form.read(lab, values(lab, wanted))
    assert form.lost(wanted, shown) == ("odd: seeds",)
    assert form.lost(shown, shown) == ()


def test_the_address_holds_what_differs_of_the_students_that_are_there(lab):
    defaults = form.defaults(lab)
    state = {**defaults, "students": 1, "updates": 30, "s0_T": 10.0, "s1_T": 20.0, "s10_T": 1.0}
    assert form.address(state, defaults) == {"students": 1, "updates": 30, "s0_T": 10.0}
    assert form.address(defaults, defaults) == {}


def chain(lab):
    shared = {"architecture": "resnet8", "labels": 100, "seeds": (0,)}
    rows = (("first", None), ("second", "first"), ("third", "second"))
    return digits(lab, *(Student(name=name, taught_by=above, temperature=2.0, **shared) for name, above in rows))


def test_who_teaches_is_a_place_in_the_form_and_a_name_in_the_specification(lab):
    state = values(lab, chain(lab))
    assert [state[f"s{row}_by"] for row in range(4)] == ["the teacher", "student 1", "student 2", "the teacher"]
    renamed = form.read(lab, {**state, "s0_name": "assistant"})
    assert [one.taught_by for one in renamed.students] == [None, "assistant", "second"]
    assert form.address(state, form.defaults(lab))["s2_by"] == "student 2"


def test_whose_teacher_is_gone_is_taught_by_the_teacher(lab):
    rows = form.rows(lab, values(lab, chain(lab)))[1:]
    names = [row["name"] for row in rows]
    assert form.row_values(lab, 0, rows[0], names)["s0_by"] == "the teacher"
    assert form.row_values(lab, 1, rows[1], names)["s1_by"] == "student 1"


def test_a_student_that_is_not_there_teaches_nobody(lab):
    with pytest.raises(InvalidSetting, match="taught by 'student 9'"):
        form.read(lab, {**values(lab, chain(lab)), "s1_by": "student 9"})


def test_who_needs_no_teacher_is_taught_by_nobody(lab):
    state = {**values(lab, chain(lab)), "s2_method": "labels"}
    assert "taught_by" not in form.rows(lab, state)[2]


def test_an_ensemble_is_a_teacher_of_the_form(lab):
    experiment = next(preset.experiment for preset in PRESETS if preset.name == "ensemble")
    state = values(lab, experiment)
    assert state["teacher"] == "ensemble:shipped:fashion_resnet20,shipped:fashion_inception"
    assert form.read(lab, state).teacher == experiment.teacher
