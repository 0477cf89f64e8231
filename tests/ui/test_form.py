"""The Train form as data: what goes in comes out."""

import pytest

from distill_core.errors import InvalidSetting
from distill_core.lab import Lab
from distill_core.spec import Budget, Optimiser, Student
from distill_core.templates.presets import PRESETS, default_experiment
from ui.forms import form


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    opened = Lab.open(tmp_path_factory.mktemp("form"))
    yield opened
    opened.close()


def values(lab, experiment):
    return {**form.defaults(lab), **form.values(lab, experiment)}


def digits(lab, *students, **changes):
    teacher = lab.catalog.teachers("digits")[0].choice
    chosen = students or default_experiment().students
    return default_experiment().model_copy(
        update={"task": "digits", "teacher": teacher, "students": tuple(chosen), **changes}
    )


def on_digits(student):
    missing = "8" if student.missing_class else None
    return student.model_copy(update={"labels": 100, "missing_class": missing})


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_survives_the_form(lab, preset):
    students = [on_digits(student) for student in preset.experiment.students]
    wanted = lab.plan(digits(lab, *students, mode=preset.experiment.mode))
    assert lab.plan(form.read(lab, values(lab, wanted.experiment))).fingerprint == wanted.fingerprint


def test_defaults_fill_every_row_of_the_form(lab):
    defaults = form.defaults(lab)
    assert defaults["students"] == len(default_experiment().students)
    last = form.row_key(form.MOST_STUDENTS - 1, "name")
    assert defaults[last] == f"Student {form.MOST_STUDENTS}"


def test_more_students_than_the_form_holds_are_not_read(lab):
    state = {**values(lab, digits(lab)), "students": 10_000}
    assert len(form.rows(state)) == form.MOST_STUDENTS


def test_settings_that_the_method_does_not_use_stay_behind(lab):
    state = {**values(lab, digits(lab)), "s0_method": "labels"}
    row = form.rows(state)[0]
    assert {"temperature", "alpha", "transfer"}.isdisjoint(row)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"s0_labels": "many"}, "labels: expected a whole number or all, got many"),
        ({"teacher": "shipped:nobody"}, "teacher: expected"),
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


def test_what_a_specification_allows_fits_the_fields(lab):
    ends = Optimiser(learning_rate=1e-5, momentum=0.995, weight_decay=1.0, warmup_fraction=0.9)
    wanted = digits(lab, optimiser=ends, budget=Budget(updates=200_000, batch_size=2))
    assert form.lost(wanted, form.read(lab, values(lab, wanted))) == ()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"learning_rate": 1e-7}, ("optimiser: learning rate",)),
        ({"momentum": 0.9999}, ("optimiser: momentum",)),
    ],
)
def test_a_number_that_its_field_cannot_hold_is_left_out_and_named(lab, changes, named):
    wanted = digits(lab, optimiser=Optimiser(**changes))
    shown = form.read(lab, values(lab, wanted))
    assert shown.optimiser == Optimiser()
    assert form.lost(wanted, shown) == named


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"architecture": "mobilenet_v2", "width": 3.0}, "width"),
        ({"method": "rkd", "parameters": {"weight": 1e6}}, "weight"),
        ({"method": "rkd", "temperature": 3.0}, "temperature"),
        ({"missing_class": "no such class"}, "missing class"),
    ],
)
def test_what_of_a_student_the_form_cannot_hold_is_named(lab, changes, named):
    wanted = digits(lab, Student(**{"name": "odd", "architecture": "resnet8", "labels": 100, **changes}))
    assert form.lost(wanted, form.read(lab, values(lab, wanted))) == (f"odd: {named}",)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"role": "control"}, "students: expected one student at least, got none; add one"),
        ({"architecture": "resnet9"}, "architecture of 'odd': expected .*, got resnet9"),
        ({"method": "magic"}, "method of 'odd': expected .*, got magic"),
    ],
)
def test_a_specification_that_no_form_can_show_is_refused(lab, changes, told):
    student = Student(**{"name": "odd", "architecture": "resnet8", "labels": 100, **changes})
    with pytest.raises(InvalidSetting, match=told):
        form.check(digits(lab, student))


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
    moved = form.moved(values(lab, chain(lab)), [1, 2])
    assert (moved["students"], moved["s0_by"], moved["s1_by"]) == (2, "the teacher", "student 1")


def test_a_row_moves_as_it_is_with_its_own_numbers(lab):
    state = values(lab, chain(lab)) | {"s0_p_epsilon": 0.7, "s1_labels": "abc", "s1_method": "label_smoothing"}
    moved = form.moved(state, [1, 0, 2])
    assert (moved["s0_labels"], moved["s0_name"], moved["s1_name"]) == ("abc", "second", "first")
    assert (moved["s0_by"], moved["s2_by"]) == ("student 2", "student 1")
    assert moved["s0_p_epsilon"] == 0.1  # the method's own, not what the row before it had there


def test_a_student_that_is_not_there_teaches_nobody(lab):
    with pytest.raises(InvalidSetting, match="taught by 'student 9'"):
        form.read(lab, {**values(lab, chain(lab)), "s1_by": "student 9"})


def test_who_needs_no_teacher_is_taught_by_nobody(lab):
    state = {**values(lab, chain(lab)), "s2_method": "labels"}
    assert "taught_by" not in form.rows(state)[2]


def test_an_ensemble_is_a_teacher_of_the_form(lab):
    experiment = next(preset.experiment for preset in PRESETS if preset.name == "ensemble")
    state = values(lab, experiment)
    assert state["teacher"] == "ensemble:shipped:fashion_resnet20,shipped:fashion_inception"
    assert form.read(lab, state).teacher == experiment.teacher


def test_a_device_is_a_value_of_the_form_only_where_the_machine_has_it(lab, monkeypatch):
    asked = digits(lab, device="cuda")
    monkeypatch.setattr(type(lab.catalog), "devices", lambda self: ("cpu",))
    assert values(lab, asked)["train_device"] == "auto"
    monkeypatch.setattr(type(lab.catalog), "devices", lambda self: ("cuda", "cpu"))
    assert form.read(lab, values(lab, asked)).device == "cuda"
