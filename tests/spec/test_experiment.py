"""Specifications: frozen, JSON both ways, one fingerprint, refusals that name the field."""

import codecs
import json
from itertools import pairwise
from typing import Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, ValidationError

from distill_core.errors import InvalidSetting
from distill_core.spec import (
    TEMPERATURES,
    Budget,
    EnsembleTeacher,
    Experiment,
    Optimiser,
    ShippedTeacher,
    Start,
    StoredTeacher,
    Student,
    TeacherSpec,
    TrainedTeacher,
    choice_of_key,
    dependencies,
    fingerprint,
    teacher,
    teacher_kind,
)

TAUGHT = {"name": "b", "architecture": "resnet8", "taught_by": "a"}
FINGERPRINT = "3dfd2f82581d6255451ed27d8fd05f3b44bc5405bb024e4e0be4cbc5c5adcb66"


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that this room describes, whatever else is registered."""
    own = {kind: one for kind, one in teacher.TEACHER_KINDS.items() if one.__module__ == teacher.__name__}
    monkeypatch.setattr(teacher, "TEACHER_KINDS", own)


def plain(**changes: Any) -> dict[str, Any]:
    """A small specification as JSON knows it."""
    student = {"name": "a", "architecture": "resnet8"}
    whole = {"task": "digits", "teacher": {"kind": "shipped", "name": "t"}, "students": [student]}
    return {**whole, **changes}


def student(**changes: Any) -> dict[str, Any]:
    return plain(students=[{"name": "a", "architecture": "resnet8", **changes}])


def read(specification: object) -> Experiment:
    return Experiment.from_json(json.dumps(specification))


def full() -> Experiment:
    """Every field away from its default."""
    return Experiment(
        task="digits",
        teacher=TrainedTeacher(
            architecture="resnet20",
            width=1.5,
            stem_stride=2,
            budget=Budget(updates=7, batch_size=8),
            optimiser=Optimiser(learning_rate=0.2, weight_decay=0.0, momentum=0.5, warmup_fraction=0.25),
            seed=3,
        ),
        students=(
            Student(
                name="é 'a'",
                architecture="resnet8",
                width=0.5,
                stem_stride=2,
                method="label_smoothing",
                temperature=2.5,
                alpha=0.25,
                parameters={"epsilon": 0.2, "beta": 1.0},
                labels=100,
                transfer="all",
                seeds=(2, 0),
                role="control",
            ),
        ),
        budget=Budget(updates=9, batch_size=16),
        optimiser=Optimiser(learning_rate=0.3),
        views=2,
        mode="consistent",
        data_seed=5,
        precision="float32",
    )


def test_json_both_ways() -> None:
    assert Experiment.from_json(full().to_json()) == full()
    assert Experiment.from_json(full().to_json().encode()) == full()


@pytest.mark.parametrize(
    "teacher", [ShippedTeacher(name="t"), StoredTeacher(run="0123abcd"), TrainedTeacher(architecture="x")]
)
def test_each_kind_of_teacher_comes_back_as_it_was(teacher: BaseModel) -> None:
    experiment = read(plain(teacher=teacher.model_dump(mode="json")))
    assert experiment.teacher == teacher
    assert Experiment.from_json(experiment.to_json()) == experiment


@pytest.mark.parametrize(
    ("key", "teacher"),
    [
        ("shipped:t", ShippedTeacher(name="t")),
        ("run:0123abcd", StoredTeacher(run="0123abcd")),
        ("train:x", TrainedTeacher(architecture="x")),
        (
            "ensemble:run:0123abcd,train:x",
            EnsembleTeacher(members=(StoredTeacher(run="0123abcd"), TrainedTeacher(architecture="x"))),
        ),
    ],
)
def test_each_kind_of_teacher_has_a_key_that_reads_back(key: str, teacher: TeacherSpec) -> None:
    assert teacher.key == key
    assert choice_of_key(key) == teacher


class Measured(TeacherSpec):
    keyed: ClassVar[str] = "strength"
    kind: Literal["measured"] = "measured"
    strength: float


def test_the_field_of_a_key_may_be_a_number() -> None:
    assert Measured(strength=0.5).key == "measured:0.5"
    assert Measured.of_key("0.5") == Measured(strength=0.5)
    with pytest.raises(ValueError, match="strength"):
        Measured.of_key("much")


@pytest.mark.parametrize("count", [8, 16, 64])
def test_a_student_starts_as_a_run_by_any_key_of_one(count: int) -> None:
    key = StoredTeacher(run="a" * count).key
    assert Start(source=key).run == "a" * count


@pytest.mark.parametrize("key", ["run:12", "run:ABCDEF01"])
def test_what_looks_like_the_key_of_a_run_is_told_what_one_is(key: str) -> None:
    with pytest.raises(ValidationError, match="run: and 8 to 64 of 0-9 and a-f"):
        Experiment.model_validate(
            {
                "task": "digits",
                "teacher": {"kind": "shipped", "name": "t"},
                "students": [{"name": "a", "architecture": "resnet8", "start": {"source": key}}],
            }
        )


@pytest.mark.parametrize("key", ["", "shipped", "run:../etc", "magic:t", "ensemble:shipped:t", "ensemble:shipped:t,x"])
def test_what_is_no_key_of_a_teacher_is_refused(key: str) -> None:
    with pytest.raises(InvalidSetting, match="teacher: expected"):
        choice_of_key(key)


def test_a_kind_of_teacher_is_registered_once() -> None:
    with pytest.raises(InvalidSetting, match="'shipped' exists already"):
        teacher_kind(ShippedTeacher)


def test_defaults_are_those_of_the_default_comparison() -> None:
    experiment = read(plain())
    assert (experiment.budget.updates, experiment.budget.batch_size) == (480, 125)
    assert (experiment.views, experiment.mode, experiment.precision) == (8, "cached", "auto")
    (only,) = experiment.students
    assert (only.method, only.labels, only.transfer, only.seeds) == ("kd", None, "labelled", (0,))


def test_a_specification_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        read(plain()).views = 2  # type: ignore[misc]


def test_a_specification_does_not_share_what_it_was_made_of() -> None:
    parameters = {"epsilon": 0.1}
    made = Student(name="a", architecture="b", parameters=parameters)
    parameters["epsilon"] = 0.9
    assert made.parameters == {"epsilon": 0.1}


def test_spaces_around_a_name_do_not_make_another_name() -> None:
    assert read(student(name="  KD, T 4 ")).students[0].name == "KD, T 4"


def test_a_literal_specification_has_a_literal_fingerprint() -> None:
    # A change here files every stored run under a name that nobody asks for any more.
    assert fingerprint(full(), "data", 3) == FINGERPRINT


def test_a_missing_class_that_is_none_is_written_nowhere() -> None:
    """A specification from before there was such a field is the same text, and has the same fingerprint."""
    for none in (read(student()), read(student(missing_class=None))):
        assert "missing_class" not in none.to_json()
        assert "missing_class" not in none.model_dump()["students"][0]
        assert "missing_class" not in none.students[0].model_dump(mode="json")
        assert fingerprint(none) == fingerprint(read(student()))


def test_a_missing_class_comes_back_and_is_another_fingerprint() -> None:
    some = read(student(missing_class=" Bag "))
    assert some.students[0].missing_class == "Bag"
    assert Experiment.from_json(some.to_json()) == some
    assert Experiment.of(some.model_dump()) == some
    assert len({fingerprint(one) for one in (some, read(student()), read(student(missing_class="Shirt")))}) == 3


def test_the_temperatures_of_sliders_and_sweeps_rise_evenly_on_a_logarithmic_scale() -> None:
    assert {0.5, 1, 2, 4, 8, 20, 50} <= set(TEMPERATURES)
    assert (TEMPERATURES[0], TEMPERATURES[-1]) == (0.5, 50)
    ratios = [high / low for low, high in pairwise(TEMPERATURES)]
    # Ten steps a decade: 1.259 each, rounded as ISO 3 rounds them.
    assert min(ratios) == pytest.approx(1.259, abs=0.02)
    assert max(ratios) == pytest.approx(1.259, abs=0.03)


def test_the_order_of_keys_and_the_way_numbers_are_written_do_not_matter() -> None:
    one = read(student(width=1, parameters={"a": 1, "b": 2}))
    other = read(dict(reversed(student(parameters={"b": 2.0, "a": 1.0}, width=1.0).items())))
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    "changed",
    [
        plain(task="other"),
        plain(data_seed=1),
        plain(views=5),
        student(seeds=[1]),
        student(alpha=0.5),
        student(name="b"),
        student(missing_class="Bag"),
    ],
)
def test_every_change_is_another_fingerprint(changed: dict[str, Any]) -> None:
    assert fingerprint(read(changed)) != fingerprint(read(plain()))


def test_parts_are_not_run_together() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")


REFUSALS = [
    (student(temperature=0), "students.0.temperature ('a'): expected greater than or equal to 0.1, got 0; change it"),
    (student(temperature=101), "students.0.temperature ('a'): expected less than or equal to 100, got 101; change it"),
    (student(alpha=1.5), "students.0.alpha ('a'): expected less than or equal to 1, got 1.5; change it"),
    (student(alpha=-0.1), "students.0.alpha ('a'): expected greater than or equal to 0, got -0.1; change it"),
    (student(labels=-1), "students.0.labels ('a'): expected greater than or equal to 0, got -1; change it"),
    (student(labels="many"), "students.0.labels ('a'): expected a valid integer, got 'many'; change it"),
    (student(width=9), "students.0.width ('a'): expected less than or equal to 4, got 9; change it"),
    (student(stem_stride=3), "students.0.stem_stride ('a'): expected 1 or 2, got 3; change it"),
    (student(transfer="none"), "students.0.transfer ('a'): expected 'labelled' or 'all', got 'none'; change it"),
    (student(parameters={"e": "NaN"}), "students.0.parameters.e ('a'): expected a valid number, got 'NaN'; change it"),
    (
        student(parameters={"e": float("nan")}),
        "students.0.parameters.e ('a'): expected a finite number, got nan; change it",
    ),
    (student(labels=True), "students.0.labels ('a'): expected a valid integer, got true; change it"),
    (student(labels="500"), "students.0.labels ('a'): expected a valid integer, got '500'; change it"),
    (student(temperature="4"), "students.0.temperature ('a'): expected a valid number, got '4'; change it"),
    (student(alpha=True), "students.0.alpha ('a'): expected a valid number, got true; change it"),
    (student(parameters={"e": False}), "students.0.parameters.e ('a'): expected a valid number, got false; change it"),
    (student(stem_stride=True), "students.0.stem_stride ('a'): expected 1 or 2, got true; change it"),
    (student(untrained=1), "students.0.untrained ('a'): expected a valid boolean, got 1; change it"),
    (student(seeds=[True]), "students.0.seeds.0 ('a'): expected a valid integer, got true; change it"),
    (
        student(also=[{"method": "rkd", "weight": "2"}]),
        "students.0.also.0.weight ('a'): expected a valid number, got '2'; change it",
    ),
    (
        student(name="a\0b"),
        "students.0.name: expected characters that can be read, got 'a\\x00b'; remove the control characters",
    ),
    (
        student(missing_class="a\nb"),
        "students.0.missing_class ('a'): expected characters that can be read, got 'a\\nb'; "
        "remove the control characters",
    ),
    (plain(budget={"updates": True}), "budget.updates: expected a valid integer, got true; change it"),
    (plain(budget={"updates": "5"}), "budget.updates: expected a valid integer, got '5'; change it"),
    (student(seeds=[]), "students.0.seeds ('a'): expected at least 1 item, got a list of 0; change it"),
    (student(seeds=[-1]), "students.0.seeds.0 ('a'): expected greater than or equal to 0, got -1; change it"),
    (student(seeds=[3, 3]), "students.0 ('a'): seeds: expected each once, got [3, 3]; remove the repeated ones"),
    (student(name=" "), "students.0.name: expected at least 1 character, got ' '; change it"),
    (student(name="x" * 65), f"students.0.name: expected at most 64 characters, got '{'x' * 59}…; change it"),
    (
        student(name="teacher"),
        "students: expected other names than the teacher's, got teacher; rename it",
    ),
    (student(missing_class=" "), "students.0.missing_class ('a'): expected at least 1 character, got ' '; change it"),
    (student(missing_class=3), "students.0.missing_class ('a'): expected a valid string, got 3; change it"),
    (student(tau=4), "students.0.tau ('a'): expected only known fields, got this one; remove it or correct its name"),
    (plain(students=[]), "students: expected at least 1 item, got a list of 0; change it"),
    (
        plain(students=2 * [{"name": "a", "architecture": "b"}]),
        "students: expected a name each, got a more than once; rename one",
    ),
    (
        plain(students=[{"name": str(i), "architecture": "b", "seeds": list(range(20))} for i in range(21)]),
        "students times seeds: expected at most 400 runs, got 420; split it in two",
    ),
    (
        plain(teacher={"kind": "magic"}),
        "teacher.kind: expected shipped, run, train or ensemble, got magic; choose one of these",
    ),
    (
        plain(teacher={"name": "t"}),
        "teacher.kind: expected shipped, run, train or ensemble, got nothing; choose one of these",
    ),
    (plain(teacher=None), 'teacher: expected an object, got null; give its fields in braces: {"field": value}'),
    (
        plain(teacher={"kind": "run", "run": "../etc"}),
        "teacher.run.run: expected pattern '^[0-9a-f]{8,64}$', got '../etc'; change it",
    ),
    (plain(budget={"updates": 0}), "budget.updates: expected greater than or equal to 1, got 0; change it"),
    (plain(budget={"updates": 1.5}), "budget.updates: expected a valid integer, got 1.5; change it"),
    (plain(budget={"batch_size": 1}), "budget.batch_size: expected greater than or equal to 2, got 1; change it"),
    (plain(optimiser={"learning_rate": 0}), "optimiser.learning_rate: expected greater than 0, got 0; change it"),
    (plain(optimiser={"momentum": 1}), "optimiser.momentum: expected less than 1, got 1; change it"),
    (plain(views=0), "views: expected greater than or equal to 1, got 0; change it"),
    (plain(mode="fast"), "mode: expected 'cached' or 'consistent', got 'fast'; change it"),
    (plain(precision="half"), "precision: expected 'auto', 'float32' or 'bfloat16', got 'half'; change it"),
    (plain(data_seed=2**31), "data_seed: expected less than or equal to 2147483647, got 2147483648; change it"),
    ([], 'the specification: expected an object, got a list of 0; give its fields in braces: {"field": value}'),
]


@pytest.mark.parametrize(("specification", "message"), REFUSALS)
def test_a_refusal_names_the_field_and_what_to_do(specification: object, message: str) -> None:
    with pytest.raises(InvalidSetting) as error:
        read(specification)
    assert str(error.value) == f"the specification cannot be used: {message}"


def test_a_missing_field_is_named() -> None:
    without = plain()
    del without["task"]
    with pytest.raises(InvalidSetting, match="task: expected a value, got nothing; add it"):
        read(without)


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(InvalidSetting, match=r"students\.0\.width.*; views: ") as error:
        read({**student(width=0), "views": 0})
    # A student that is wrong is there all the same.
    assert "at least 1 item" not in str(error.value)


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + full().to_json().encode(),
        full().to_json().encode("utf-16"),
        codecs.BOM_UTF16_LE + full().to_json().encode("utf-16-le"),
        codecs.BOM_UTF16_BE + full().to_json().encode("utf-16-be"),
        full().to_json().encode("utf-32"),
        "\ufeff" + full().to_json(),
    ],
    ids=["UTF-8 with a mark", "UTF-16", "UTF-16 LE", "UTF-16 BE", "UTF-32", "a mark in the text"],
)
def test_what_windows_and_its_editors_write_is_read(data: str | bytes) -> None:
    assert Experiment.from_json(data) == full()


@pytest.mark.parametrize("data", [b"\xff", b"\xff\xfe{", codecs.BOM_UTF8 + b"\xe9", "\ud800"])
def test_what_no_encoding_means_is_refused_in_a_few_words(data: str | bytes) -> None:
    with pytest.raises(
        InvalidSetting, match=r"the text: expected characters in UTF-8 or UTF-16, got .*; save it as"
    ) as error:
        Experiment.from_json(data)
    assert len(str(error.value)) < 250


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        ('{"name": "a", "architecture": "x", "labels": 1, "labels": 2}', "labels"),
        ('{"name": "a", "architecture": "x", "parameters": {"e": 1, "e": 1.0}}', "parameters.e"),
    ],
)
def test_a_field_that_comes_twice_is_refused(text: str, twice: str) -> None:
    with pytest.raises(InvalidSetting) as error:
        Student.from_json(text)
    assert f"{twice}: expected each field once, got this one twice; remove one of them" in str(error.value)


def test_a_field_that_comes_twice_is_found_with_its_place() -> None:
    text = json.dumps(student(also=[{"method": "rkd", "parameters": {"f": 1}}]))
    for once, twice, place in (
        ('"f": 1', '"f": 1, "f": 1', "students.0.also.0.parameters.f ('a')"),
        ('"method"', '"weight": 1, "weight": 2, "method"', "students.0.also.0.weight ('a')"),
        ('"name": "t"', '"name": "t", "name": "t"', "teacher.name"),
        ('"students"', '"students": [{"name": "b", "name": "b"}], "students"', "students"),
    ):
        with pytest.raises(InvalidSetting) as error:
            Experiment.from_json(text.replace(once, twice))
        assert f"used: {place}: expected each field once, got this one twice" in str(error.value)


def test_whole_numbers_are_fine_where_a_broken_one_may_stand() -> None:
    made = read(student(temperature=4, alpha=1, width=1, parameters={"e": 2})).students[0]
    assert (made.temperature, made.alpha, made.width, made.parameters) == (4.0, 1.0, 1.0, {"e": 2.0})
    assert Student(name="a", architecture="x", width=1, temperature=4).width == 1.0


def test_lists_and_ranges_are_tuples_in_python_too() -> None:
    made = Experiment.of(plain(students=[{"name": "a", "architecture": "x", "seeds": range(2)}]))
    assert made.students[0].seeds == (0, 1)


def test_of_many_wrong_fields_ten_are_named_and_the_others_counted() -> None:
    wrong = [{"name": str(place), "architecture": "resnet8", "width": 0} for place in range(5_000)]
    with pytest.raises(InvalidSetting) as error:
        read(plain(students=wrong))
    told = str(error.value)
    assert "students.9.width ('9')" in told
    assert "students.10." not in told
    assert told.endswith("; and 4,990 more like these")


def test_faults_by_the_ten_thousand_take_no_time_each_for_all_others() -> None:
    many = 60_000
    with pytest.raises(InvalidSetting, match=f"and {many - 10:,} more like these"):
        read(plain(students=[{"name": "a", "architecture": "x", "seeds": []}] * many))
    parameters = ",".join(f'"e{place}": 1' for place in (*range(many), many - 1))
    with pytest.raises(InvalidSetting, match=f"parameters.e{many - 1}: expected each field once"):
        Student.from_json(f'{{"name": "a", "architecture": "x", "parameters": {{{parameters}}}}}')


def test_a_text_that_is_longer_than_any_specification_is_refused_unread() -> None:
    with pytest.raises(
        InvalidSetting, match="the text: expected at most 4,000,000 characters, got 4,000,001; split it"
    ):
        Experiment.from_json(" " * 4_000_001)
    with pytest.raises(InvalidSetting, match="the text: expected at most 4,000,000 characters, got more than that"):
        Experiment.from_json(b" " * 16_000_005)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"task": }' + 10_000 * " "])
def test_what_is_no_json_is_refused_in_a_few_words(text: str | bytes) -> None:
    with pytest.raises(InvalidSetting, match=r"the text: expected JSON, got .*; mend brackets") as error:
        Experiment.from_json(text)
    assert len(str(error.value)) < 250


def test_a_student_of_the_teacher_is_written_as_before() -> None:
    """Else every fingerprint from before there was such a field would be another one."""
    assert "taught_by" not in read(plain()).to_json()
    taught = read(plain(students=[{"name": "a", "architecture": "resnet8"}, TAUGHT]))
    assert Experiment.from_json(taught.to_json()) == taught
    assert taught.students[1].taught_by == "a"


def test_dependencies_begin_with_the_first_teacher() -> None:
    students = tuple(
        Student(name=name, architecture="resnet8", taught_by=above)
        for name, above in (("c", "b"), ("b", "a"), ("a", None))
    )
    assert [one.name for one in dependencies(students[0], students)] == ["a", "b"]
    assert dependencies(students[2], students) == ()


def test_an_ensemble_has_two_to_five_members_each_once() -> None:
    first, second = {"kind": "shipped", "name": "t"}, {"kind": "train", "architecture": "resnet8"}
    good = read(plain(teacher={"kind": "ensemble", "members": [first, second]}))
    assert Experiment.from_json(good.to_json()) == good
    for members, words in (
        ([first, first], "expected each once"),
        ([first], "teacher.ensemble.members: expected at least 2"),
        ([{**first, "name": f"t{place}"} for place in range(6)], "at most 5"),
        ([first, {"kind": "ensemble", "members": [first, second]}], "expected shipped, run or train, got ensemble"),
    ):
        with pytest.raises(InvalidSetting) as refused:
            read(plain(teacher={"kind": "ensemble", "members": members}))
        assert words in str(refused.value)
